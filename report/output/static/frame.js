/* Drawing of a frame on a picture, with the mouse or the arrow keys. */
"use strict";
const drawing = (() => {
  const STEP_PX = 10;
  const STEPS = { ArrowLeft: [-STEP_PX, 0], ArrowRight: [STEP_PX, 0], ArrowUp: [0, -STEP_PX], ArrowDown: [0, STEP_PX] };
  let cancelCurrent = null;  // cancels the frame that is being drawn

  /* Let the user draw a frame on a sheet of width × height px; resolve with [x, y, width, height], or null.
   * `at`: top left corner of the visible part, px; `under`: element above which the hint is shown. */
  const drawFrame = ({ pane, sheet, width, height, at = [0, 0], under = pane }) => new Promise((done) => {
    const frame = Object.assign(document.createElement("div"), { className: "marker drawn" });
    const hint = Object.assign(document.createElement("p"), { className: "drawing-hint", id: "drawing-hint", textContent: tutofrais.message("draw-hint") });
    const stop = new AbortController();
    cancelCurrent?.();
    let box = [at[0] + 20, at[1] + 20, Math.min(200, width / 2), Math.min(100, height / 2)].map(Math.round);
    let [from, moved] = [null, false];
    const show = () => {
      const [x, y] = [Math.min(Math.max(box[0], 0), width - 1), Math.min(Math.max(box[1], 0), height - 1)];
      box = [x, y, Math.min(Math.max(box[2], 1), width - x), Math.min(Math.max(box[3], 1), height - y)];
      const shares = [x / width, y / height, box[2] / width, box[3] / height].map((share) => `${share * 100}%`);
      [frame.style.left, frame.style.top, frame.style.width, frame.style.height] = shares;
    };
    const end = (answer) => { cancelCurrent = null; stop.abort(); frame.remove(); hint.remove(); pane.removeAttribute("aria-describedby"); done(answer); };
    cancelCurrent = () => end(null);
    const place = (event) => {
      const { left, top, width: wide, height: high } = sheet.getBoundingClientRect();
      return [((event.clientX - left) / wide) * width, ((event.clientY - top) / high) * height].map(Math.round);
    };
    const on = (type, listener) => pane.addEventListener(type, listener, { signal: stop.signal });
    on("pointerdown", (event) => { event.preventDefault(); [from, moved] = [place(event), false]; pane.setPointerCapture(event.pointerId); });
    on("pointermove", (event) => {
      if (!from) return;
      const [x, y] = place(event);
      moved = true;
      box = [Math.min(x, from[0]), Math.min(y, from[1]), Math.abs(x - from[0]), Math.abs(y - from[1])];
      show();
    });
    on("pointerup", () => { if (from && moved) end(box); from = null; });
    on("keydown", (event) => {
      if (event.key in STEPS) {
        const first = event.shiftKey ? 2 : 0;
        box[first] += STEPS[event.key][0];
        box[first + 1] += STEPS[event.key][1];
        show();
        frame.scrollIntoView({ block: "nearest", inline: "nearest" });
      } else if (event.key === "Enter") end(box);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      end(null);
    }, { signal: stop.signal, capture: true });
    show();
    sheet.append(frame);
    under.before(hint);
    pane.setAttribute("aria-describedby", hint.id);
    pane.focus({ preventScroll: true });
    hint.scrollIntoView({ block: "start" });
  });

  return { drawFrame, cancel: () => cancelCurrent?.(), isActive: () => cancelCurrent !== null };
})();
