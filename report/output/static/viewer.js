/* The picture viewer: five views, synchronised zoom and scrolling, framed and numbered differences. */
"use strict";
(() => {
  const MAX_CANVAS_PX = 32000;  // browsers draw nothing on a taller canvas
  const BLINK_MS = 700;
  const ZOOM_STEP = 1.25;
  const NUMBER_PX = 20;  // height of a frame's number, and width of its first digit
  const DIGIT_PX = 6;
  const MANY = 20;  // with more frames, their numbers would hide the picture
  const numbers = (text) => (text.trim() ? text.trim().split(/\s+/).map(Number) : []);
  const boxesOf = (text) => { const all = numbers(text); return Array.from({ length: all.length / 4 }, (_, at) => all.slice(at * 4, at * 4 + 4)); };
  const make = (tag, className, more = {}) => Object.assign(document.createElement(tag), { className, ...more });

  const overlap = (one, other) =>
    Math.max(Math.min(one.right, other.right) - Math.max(one.left, other.left), 0) * Math.max(Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top), 0);
  const holds = (one, other) => one.left <= other.left && one.top <= other.top && one.right >= other.right && one.bottom >= other.bottom;

  /* Return the possible positions of a frame's number, the best first: above, beside, below, inside. */
  const spots = ({ left, top, right, bottom }, wide) =>
    [
      [left, top - NUMBER_PX], [left - wide, top], [right - wide, top - NUMBER_PX], [right, top], [left - wide, (top + bottom - NUMBER_PX) / 2], [left, bottom], [left, top],
    ].map(([x, y]) => ({ left: x, top: y, right: x + wide, bottom: y + NUMBER_PX }));

  /* Parse the gaps of a picture (rows that only the other one has); convert its rows to aligned rows and back. */
  const alignment = (text) => {
    const all = numbers(text);
    const gaps = Array.from({ length: all.length / 2 }, (_, at) => ({ row: all[at * 2], height: all[at * 2 + 1] }));
    return {
      gaps,
      total: gaps.reduce((sum, gap) => sum + gap.height, 0),
      aligned: (row) => row + gaps.filter((gap) => gap.row <= row).reduce((sum, gap) => sum + gap.height, 0),
      own: (row) => {
        let before = 0;
        for (const gap of gaps) {
          if (row < gap.row + before) break;
          if (row < gap.row + before + gap.height) return gap.row;
          before += gap.height;
        }
        return row - before;
      },
    };
  };

  class Sheet {
    constructor(figure) {
      this.figure = figure;
      this.image = figure.querySelector("img");
      this.rows = alignment(figure.dataset.gaps);
      this.width = Number(this.image.getAttribute("width"));
      this.height = Number(this.image.getAttribute("height")) + this.rows.total;
      this.caption = figure.querySelector("figcaption b");
      this.title = this.caption.textContent;
      this.numbered = [];
      this.framed = [];
      this.pane = make("div", "pane", { tabIndex: 0 });
      this.pane.setAttribute("role", "group");
      this.pane.setAttribute("aria-label", this.image.alt);
      this.sheet = make("div", "sheet");
      this.sheet.append(this.canvas());
      this.pane.append(this.sheet);
      figure.append(this.pane);
      figure.querySelector("a").hidden = true;
    }

    /* Return a canvas with the picture and its gaps; the image itself if it is too tall for a canvas. */
    canvas() {
      if (this.height > MAX_CANVAS_PX) return make("img", "whole", { src: this.image.src, alt: "" });
      const canvas = make("canvas", "whole", { width: this.width, height: this.height });
      const draw = () => {
        const pen = canvas.getContext("2d");
        let from = 0;
        for (const gap of [...this.rows.gaps, { row: this.image.naturalHeight, height: 0 }]) {
          const at = this.rows.aligned(from);
          if (gap.row > from) pen.drawImage(this.image, 0, from, this.width, gap.row - from, 0, at, this.width, gap.row - from);
          if (gap.height) this.hatch(pen, this.rows.aligned(gap.row) - gap.height, gap.height);
          from = gap.row;
        }
      };
      this.image.loading = "eager";
      this.image.decode().then(draw, () => { this.figure.querySelector("a").hidden = false; });
      return canvas;
    }

    hatch(pen, top, height) {
      pen.save();
      pen.beginPath();
      pen.rect(0, top, this.width, height);
      pen.clip();
      pen.fillStyle = "#e4e4ea";
      pen.fillRect(0, top, this.width, height);
      pen.strokeStyle = "#9a9aa8";
      for (let x = -height; x < this.width; x += 14) { pen.moveTo(x, top + height); pen.lineTo(x + height, top); }
      pen.stroke();
      pen.restore();
    }

    /* Position a frame at a box of the aligned pictures, px. */
    frame(node, [x, y, width, height], tall) {
      node.style.left = `${(x / this.width) * 100}%`;
      node.style.top = `${(y / tall) * 100}%`;
      node.style.width = `${(width / this.width) * 100}%`;
      node.style.height = `${(height / tall) * 100}%`;
      this.framed.push({ node, area: width * height });
      if (node.dataset.number) this.numbered.push({ node, box: [x, y, width, height] });
    }

    /* Append smaller frames after larger ones, so that each can be clicked. */
    appendFrames() {
      this.framed.sort((one, other) => other.area - one.area);
      this.sheet.append(...this.framed.map(({ node }) => node));
    }

    /* Position the numbers of the frames: never over another number, and over other frames as little as possible, or not
       at all if there are many. A number without a position appears when its frame is current or under the pointer. */
    placeNumbers() {
      const many = this.numbered.length > MANY;
      this.sheet.classList.toggle("many", many);
      const { clientWidth, clientHeight } = this.sheet;
      const ratio = clientWidth / this.width;
      const frames = this.numbered.map(({ node, box: [x, y, width, height] }) => (
        { node, left: x * ratio, top: y * ratio, right: (x + width) * ratio, bottom: (y + height) * ratio }
      ));
      const occupied = [];
      for (const frame of frames) {
        const wide = NUMBER_PX + (frame.node.dataset.number.length - 1) * DIGIT_PX;
        const cost = (spot) => frames.reduce((sum, other) => sum + (other !== frame && holds(other, frame) ? 0 : overlap(spot, other)), 0);
        const free = spots(frame, wide)
          .filter((spot) => spot.left >= 0 && spot.top >= 0 && spot.right <= clientWidth && spot.bottom <= clientHeight)
          .filter((spot) => !occupied.some((other) => overlap(spot, other)))
          .map((spot) => ({ spot, cost: cost(spot) }))
          .filter((one) => !many || one.cost === 0);
        const best = free.reduce((one, other) => (other.cost < one.cost ? other : one), free[0])?.spot;
        frame.node.classList.toggle("crowded", !best);
        frame.node.style.setProperty("--number-left", `${best ? best.left - frame.left : 0}px`);
        frame.node.style.setProperty("--number-top", `${best ? best.top - frame.top : 0}px`);
        if (best) occupied.push(best);
      }
    }
  }

  class Viewer {
    constructor(root) {
      this.root = root;
      this.holder = tutofrais.holderOf(root);
      this.scale = Number(root.dataset.scale);
      this.sheets = Object.fromEntries([...root.querySelectorAll("figure")].map((figure) => [figure.className, new Sheet(figure)]));
      this.first = this.sheets.approved ?? this.sheets.captured;
      this.tall = Math.max(...Object.values(this.sheets).map((sheet) => sheet.height));
      for (const sheet of Object.values(this.sheets)) sheet.sheet.style.setProperty("--tall", this.tall);
      this.zoom = 0;  // 0: fit the width
      this.differences = [];
      this.addMarkers();
      const resized = new ResizeObserver(() => Object.values(this.sheets).forEach((sheet) => sheet.placeNumbers()));
      for (const sheet of Object.values(this.sheets)) resized.observe(sheet.sheet);
      this.listen();
      this.fit();
    }

    candidateRows() { return (this.sheets.captured ?? this.first).rows; }

    addMarkers() {
      const rows = this.candidateRows();
      for (const item of this.holder.querySelectorAll(".changes > li[data-box], .volatile > li[data-box]")) {
        const [x, y, width, height] = numbers(item.dataset.box);
        const removedHeight = Number(item.dataset.removedHeight ?? 0);
        const top = removedHeight ? rows.aligned(y + 1) - removedHeight : rows.aligned(y);
        const box = [x, top, width, removedHeight || rows.aligned(y + height) - rows.aligned(y)];
        const number = item.closest(".changes") ? item.value : 0;
        const frames = Object.entries(this.sheets).filter(([name]) => number || name !== "difference").map(([, sheet]) => {
          const frame = make(number ? "button" : "span", number ? "marker" : "marker volatile");
          if (number) {
            frame.type = "button";
            frame.dataset.number = number;
            frame.tabIndex = -1;
            frame.setAttribute("aria-label", tutofrais.message("difference", { n: number }));
            frame.onclick = () => { this.select(this.differences.findIndex((one) => one.item === item)); item.scrollIntoView({ block: "nearest" }); };
          }
          sheet.frame(frame, box, this.tall);
          return frame;
        });
        if (!number) continue;
        const at = this.differences.push({ item, box, frames }) - 1;
        const button = make("button", "difference-button plain", { type: "button" });
        button.append(...item.childNodes);
        button.onclick = () => { this.select(at); this.show(); };
        item.append(button);
      }
      for (const sheet of Object.values(this.sheets)) {
        for (const [x, y, width, height] of boxesOf(sheet.figure.dataset.masks)) {
          sheet.frame(make("span", "marker mask"), [x, sheet.rows.aligned(y), width, height], this.tall);
        }
        sheet.appendFrames();
      }
    }

    /* Make a difference current, and scroll all pictures to it. */
    select(at) {
      this.at = (at + this.differences.length) % this.differences.length;
      const { item, box } = this.differences[this.at];
      for (const { item: other, frames: theirs } of this.differences) {
        other.classList.toggle("current", other === item);
        for (const frame of theirs) frame.classList.toggle("current", other === item);
      }
      for (const sheet of Object.values(this.sheets)) {
        const ratio = sheet.sheet.clientWidth / sheet.width;
        sheet.pane.scrollTo({
          left: (box[0] + box[2] / 2) * ratio - sheet.pane.clientWidth / 2,
          top: (box[1] + box[3] / 2) * ratio - sheet.pane.clientHeight / 2,
        });
      }
      item.closest("details").open = true;
      tutofrais.showStatus(item.textContent);
    }

    /* Scroll the page to the pictures. */
    show() {
      const shown = Object.values(this.sheets).find(({ pane }) => pane.checkVisibility());
      shown.pane.scrollIntoView({ block: "nearest" });
    }

    fit() {
      for (const sheet of Object.values(this.sheets)) {
        sheet.sheet.style.width = this.zoom ? `${sheet.width * this.zoom}px` : "100%";
      }
    }

    change(by) {
      const shown = this.first.sheet.clientWidth / this.first.width || 1 / this.scale;
      this.zoom = Math.min(Math.max((this.zoom || shown) * by, 0.1), 8);
      this.fit();
    }

    view(name) {
      const radio = this.root.querySelector(`input[type=radio][value=${name}]`);
      if (!radio) return;
      radio.checked = true;
      this.root.dataset.view = name;
      const over = ["swipe", "onion", "blink"].includes(name);
      const titles = Object.values(this.sheets).map((sheet) => sheet.title);
      this.first.caption.textContent = over ? titles.slice(0, 2).join(" ↔ ") : titles[0];
      if (over && !this.over) {
        this.over = this.sheets.captured.canvas();
        this.over.classList.add("over");
        this.first.sheet.querySelector(".whole").after(this.over);
      }
      this.root.querySelector(".share").hidden = !["swipe", "onion"].includes(name);
      this.root.querySelector(".pause").hidden = name !== "blink";
      clearInterval(this.blinking);
      if (this.over) this.over.hidden = !over;
      this.pause(name !== "blink");
      this.share();
    }

    share() {
      const share = Number(this.root.querySelector(".share input").value);
      if (!this.over) return;
      const { view } = this.root.dataset;
      this.over.style.clipPath = view === "swipe" ? `inset(0 0 0 ${100 - share}%)` : "";
      this.over.style.opacity = view === "onion" ? share / 100 : 1;
      this.first.sheet.classList.toggle("swiped", view === "swipe");
      this.first.sheet.style.setProperty("--edge", `${100 - share}%`);
    }

    pause(stopped) {
      clearInterval(this.blinking);
      this.root.querySelector(".pause").setAttribute("aria-pressed", String(stopped));
      if (!stopped) this.blinking = setInterval(() => { this.over.hidden = !this.over.hidden; }, BLINK_MS);
    }

    listen() {
      const { root } = this;
      const tools = root.querySelector(".tools");
      tools.addEventListener("change", (event) => {
        if (event.target.type === "radio") this.view(event.target.value);
        if (event.target.matches(".framed")) root.classList.toggle("bare", !event.target.checked);
      });
      root.querySelector(".share input").addEventListener("input", () => this.share());
      const DO = {
        closer: () => this.change(ZOOM_STEP), further: () => this.change(1 / ZOOM_STEP),
        whole: () => { this.zoom = 0; this.fit(); }, real: () => { this.zoom = 1 / this.scale; this.fit(); },
        pause: (button) => this.pause(button.getAttribute("aria-pressed") !== "true"),
      };
      this.DO = DO;
      tools.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button && button.dataset.do in DO) DO[button.dataset.do](button);
      });
      this.drag(this.first);
      const panes = Object.values(this.sheets).map((sheet) => sheet.pane);
      for (const pane of panes) {
        pane.addEventListener("scroll", () => {
          for (const other of panes) {
            if (other !== pane && (other.scrollTop !== pane.scrollTop || other.scrollLeft !== pane.scrollLeft)) {
              other.scrollTo(pane.scrollLeft, pane.scrollTop);
            }
          }
        });
        this.pan(pane);
      }
    }

    /* Let the pointer drag the edge of the swipe view. */
    drag({ sheet }) {
      const edge = make("div", "edge");
      sheet.append(edge);
      const input = this.root.querySelector(".share input");
      edge.addEventListener("pointerdown", (event) => { event.preventDefault(); edge.setPointerCapture(event.pointerId); });
      edge.addEventListener("pointermove", (event) => {
        if (!edge.hasPointerCapture(event.pointerId)) return;
        const { left, width } = sheet.getBoundingClientRect();
        input.value = 100 - ((event.clientX - left) / width) * 100;
        this.share();
      });
    }

    pan(pane) {
      let from = null;
      pane.addEventListener("pointerdown", (event) => {
        if (this.drawing || event.button !== 0 || event.pointerType === "touch" || event.target.closest("button, .edge")) return;
        from = [event.clientX + pane.scrollLeft, event.clientY + pane.scrollTop];
        pane.setPointerCapture(event.pointerId);
      });
      pane.addEventListener("pointermove", (event) => { if (from) pane.scrollTo(from[0] - event.clientX, from[1] - event.clientY); });
      pane.addEventListener("pointerup", () => { from = null; });
    }

    /* Let the user draw a frame; resolve with its box on the baseline, px, or null. */
    async draw() {
      const { pane, sheet, width, figure } = this.first;
      this.view("side");
      this.drawing = true;
      figure.classList.add("drawing");
      const ratio = sheet.clientWidth / width;
      const box = await drawing.drawFrame({ pane, sheet, width, height: this.tall, at: [pane.scrollLeft / ratio, pane.scrollTop / ratio], under: this.root.querySelector(".pictures") });
      this.drawing = false;
      figure.classList.remove("drawing");
      if (!box) return null;
      return this.toBaseline(box);
    }

    /* Convert a box of the aligned pictures to the baseline; null if the baseline has none of its rows. */
    toBaseline([x, y, width, height]) {
      const { rows } = this.first;
      const [top, bottom] = [rows.own(y), rows.own(y + height)];
      return bottom > top ? { x: Math.round(x), y: top, width: Math.round(width), height: bottom - top } : null;
    }

    /* Return the current difference: the name of its element, or its box on the baseline; null if there is none. */
    currentDifference() {
      const { item, box } = this.differences[this.at] ?? {};
      if (!item) return null;
      if (item.dataset.element) return { element: item.dataset.element };
      const place = this.toBaseline(box);
      return place && { box: place, label: tutofrais.message("difference", { n: item.value }) };
    }
  }

  const viewers = [...document.querySelectorAll(".viewer")].map((root) => new Viewer(root));
  const viewerOf = (holder) => viewers.find((viewer) => viewer.holder === holder);
  tutofrais.draw = (holder) => viewerOf(holder)?.draw() ?? null;
  tutofrais.currentDifference = (holder = tutofrais.current()) => viewerOf(holder)?.currentDifference() ?? null;
  const VIEWS = ["side", "swipe", "onion", "blink", "difference"];
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, dialog");
    const viewer = viewerOf(tutofrais.current());
    if (!viewer || typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const { key } = event;
    if (VIEWS[key - 1]) viewer.view(VIEWS[key - 1]);
    else if (key === "+" || key === "=") viewer.DO.closer();
    else if (key === "-") viewer.DO.further();
    else if (key === "0") viewer.DO.whole();
    else if (key === "m") viewer.root.querySelector(".framed")?.click();
    else if ((key === "n" || key === "p") && viewer.differences.length) {
      viewer.select((viewer.at ?? (key === "n" ? -1 : 0)) + (key === "n" ? 1 : -1));
      viewer.show();
    }
    else return;
    event.preventDefault();
  });
})();
