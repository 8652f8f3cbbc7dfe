/* Drawing of a frame on pictures of the same size, with the mouse, a finger or the arrow keys. */
"use strict";
const drawing = (() => {
  const STEP_PX = 10;
  const STEPS = { ArrowLeft: [-STEP_PX, 0], ArrowRight: [STEP_PX, 0], ArrowUp: [0, -STEP_PX], ArrowDown: [0, STEP_PX] };
  const CORNERS = ["nw", "ne", "sw", "se"];
  let current = null;  // the frame that is being drawn

  const make = (tag, className, textContent = "") => Object.assign(document.createElement(tag), { className, textContent });
  const frameWithHandles = () => {
    const frame = make("div", "marker drawn");
    frame.append(...CORNERS.map((corner) => make("span", `handle ${corner}`)));
    return frame;
  };
  const button = (text, className, onclick) => Object.assign(make("button", className, text), { type: "button", onclick });

  /* Let the user draw a frame on sheets of width × height px; resolve with [x, y, width, height], or null.
   * `surfaces`: the pictures, each a pane with a sheet; the frame is drawn on any of them, and shows on all.
   * `at`: top left corner of the visible part, px; `under`: element above which the buttons are shown;
   * `from`: the frame to begin with; `waits`: nothing is drawn yet, and giving up is the end of a series. */
  const drawFrame = ({ surfaces, width, height, under, at = [0, 0], from = null, waits = false }) => new Promise((done) => {
    const stop = new AbortController();
    const frames = surfaces.map(frameWithHandles);
    const bar = make("div", "drawing-bar");
    const hint = Object.assign(make("p", "drawing-hint", `${tutofrais.message("draw-hint")} `), { id: "drawing-hint" });
    hint.append(make("span", "keyboard", tutofrais.message("draw-keys")));
    let box = (from ?? [at[0] + 20, at[1] + 20, Math.min(200, width / 2), Math.min(100, height / 2)]).map(Math.round);
    let gesture = null;  // returns the box for a place of the pointer
    const show = (isDrawn = true) => {
      const [x, y] = [Math.min(Math.max(box[0], 0), width - 1), Math.min(Math.max(box[1], 0), height - 1)];
      box = [x, y, Math.min(Math.max(box[2], 1), width - x), Math.min(Math.max(box[3], 1), height - y)];
      const shares = [x / width, y / height, box[2] / width, box[3] / height].map((share) => `${share * 100}%`);
      for (const frame of frames) {
        [frame.style.left, frame.style.top, frame.style.width, frame.style.height] = shares;
        frame.hidden = !isDrawn;
      }
      confirm.disabled = !isDrawn;
    };
    const isDrawn = () => !frames[0].hidden;
    const end = (answer) => {
      current = null;
      stop.abort();
      for (const node of [...frames, bar]) node.remove();
      for (const { pane } of surfaces) pane.removeAttribute("aria-describedby");
      done(answer);
    };
    const confirm = button(tutofrais.message("draw-confirm"), "main", () => end(box));
    const giveUp = button(tutofrais.message(waits ? "draw-end" : "draw-cancel"), "", () => end(null));
    current?.cancel();
    current = { cancel: () => end(null), isDrawn };

    const placeOn = (sheet) => (event) => {
      const { left, top, width: wide, height: high } = sheet.getBoundingClientRect();
      return [((event.clientX - left) / wide) * width, ((event.clientY - top) / high) * height].map(Math.round);
    };
    const between = ([x, y], [right, bottom]) => [Math.min(x, right), Math.min(y, bottom), Math.abs(right - x), Math.abs(bottom - y)];
    const begin = (event, [x, y]) => {
      const [left, top, wide, high] = box;
      const corner = event.target.closest(".handle")?.classList[1];
      if (corner) {
        const fixed = [corner.includes("w") ? left + wide : left, corner.includes("n") ? top + high : top];
        return (to) => between(fixed, to);
      }
      if (isDrawn() && event.target.closest(".drawn")) return (to) => [left + to[0] - x, top + to[1] - y, wide, high];
      return (to) => between([x, y], to);
    };
    for (const { pane, sheet } of surfaces) {
      const place = placeOn(sheet);
      const on = (type, listener) => pane.addEventListener(type, listener, { signal: stop.signal });
      on("pointerdown", (event) => { event.preventDefault(); pane.focus({ preventScroll: true }); gesture = begin(event, place(event)); pane.setPointerCapture(event.pointerId); });
      on("pointermove", (event) => { if (gesture) { box = gesture(place(event)); show(); } });
      on("pointerup", () => { gesture = null; });
      on("keydown", (event) => {
        if (event.key in STEPS) {
          const first = event.shiftKey ? 2 : 0;
          if (isDrawn()) {
            box[first] += STEPS[event.key][0];
            box[first + 1] += STEPS[event.key][1];
          }
          show();
          frames[0].scrollIntoView({ block: "nearest", inline: "nearest" });
        } else if (event.key === "Enter") end(isDrawn() ? box : null);
        else return;
        event.preventDefault();
        event.stopPropagation();
      });
    }
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      end(null);
    }, { signal: stop.signal, capture: true });
    bar.append(hint, confirm, giveUp);
    under.before(bar);
    surfaces.forEach(({ pane, sheet }, number) => { sheet.append(frames[number]); pane.setAttribute("aria-describedby", hint.id); });
    show(!waits);
    surfaces[0].pane.focus({ preventScroll: true });
    bar.scrollIntoView({ block: "nearest" });
  });

  return { drawFrame, cancel: () => current?.cancel(), isActive: () => current !== null && current.isDrawn() };
})();
