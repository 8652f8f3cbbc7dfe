/* The picture viewer: five views, synchronised zoom and scrolling, frames of what the sentences point at and of the
   differences. */
"use strict";
(() => {
  const MAX_CANVAS_PX = 32000;  // browsers draw nothing on a taller canvas
  const BLINK_MS = 700;
  const ZOOM_STEP = 1.25;
  const NUMBER_PX = 20;  // height of a frame's number, and width of its first digit
  const DIGIT_PX = 6;
  const MANY = 20;  // with more frames, their numbers would hide the picture
  const PART_PX = [520, 340];  // least width and height of the part that counts, px of the picture
  const LEAST_HIGH = 0.55;  // least height of a pane, share of the window's
  const MARGIN_PX = 28;  // around the part that counts
  const numbers = (text) => (text.trim() ? text.trim().split(/\s+/).map(Number) : []);
  const boxesOf = (text) => { const all = numbers(text); return Array.from({ length: all.length / 4 }, (_, at) => all.slice(at * 4, at * 4 + 4)); };
  const make = (tag, className, more = {}) => Object.assign(document.createElement(tag), { className, ...more });

  const overlap = (one, other) =>
    Math.max(Math.min(one.right, other.right) - Math.max(one.left, other.left), 0) * Math.max(Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top), 0);
  const holds = (one, other) => one.left <= other.left && one.top <= other.top && one.right >= other.right && one.bottom >= other.bottom;

  /* Return the possible positions of a frame's number, the best first: on its left, above, on its right, below, as the
     label of a field is above it; inside, only in a frame so large that its corner hides nothing. */
  const spots = ({ left, top, right, bottom }, wide) => {
    const outside = [
      [left - wide, (top + bottom - NUMBER_PX) / 2], [left - wide, top - NUMBER_PX], [right - wide, top - NUMBER_PX], [right, (top + bottom - NUMBER_PX) / 2], [left, top - NUMBER_PX], [left, bottom],
    ];
    const isLarge = bottom - top > 4 * NUMBER_PX && right - left > 4 * wide;
    return (isLarge ? [...outside, [left, top]] : outside).map(([x, y]) => ({ left: x, top: y, right: x + wide, bottom: y + NUMBER_PX }));
  };
  const union = (boxes) => boxes.reduce((one, other) => {
    const [x, y] = [Math.min(one[0], other[0]), Math.min(one[1], other[1])];
    return [x, y, Math.max(one[0] + one[2], other[0] + other[2]) - x, Math.max(one[1] + one[3], other[1] + other[3]) - y];
  });

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

    /* Scroll to a box of the aligned pictures, px, unless it is in view. */
    reveal([x, y, width, height]) {
      const { pane } = this;
      const ratio = this.sheet.clientWidth / this.width;
      const isIn = (from, size, scrolled, seen) => from >= scrolled && from + size <= scrolled + seen;
      if (isIn(x * ratio, width * ratio, pane.scrollLeft, pane.clientWidth) && isIn(y * ratio, height * ratio, pane.scrollTop, pane.clientHeight)) return;
      pane.scrollTo({ left: (x + width / 2) * ratio - pane.clientWidth / 2, top: (y + height / 2) * ratio - pane.clientHeight / 2 });
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
    frame(node, [x, y, width, height], tall, group = "") {
      node.style.left = `${(x / this.width) * 100}%`;
      node.style.top = `${(y / tall) * 100}%`;
      node.style.width = `${(width / this.width) * 100}%`;
      node.style.height = `${(height / tall) * 100}%`;
      this.framed.push({ node, area: width * height });
      if (node.dataset.number) this.numbered.push({ node, group, box: [x, y, width, height] });
    }

    /* Return a box of this picture in the aligned pictures, px. */
    aligned([x, y, width, height]) {
      const top = this.rows.aligned(y);
      return [x, top, width, this.rows.aligned(y + height) - top];
    }

    /* Append smaller frames after larger ones, so that each can be clicked. */
    appendFrames() {
      this.framed.sort((one, other) => other.area - one.area);
      this.sheet.append(...this.framed.map(({ node }) => node));
    }

    /* Position the numbers of the frames: never over another number, and over other frames as little as possible, or not
       at all if there are many. A number without a position appears when its frame is current or under the pointer. */
    placeNumbers(group) {
      const numbered = this.numbered.filter((one) => one.group === group && one.node.checkVisibility());
      const many = numbered.length > MANY;
      this.sheet.classList.toggle("many", many);
      const { clientWidth, clientHeight } = this.sheet;
      const ratio = clientWidth / this.width;
      const frames = numbered.map(({ node, box: [x, y, width, height] }) => (
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
      this.zoom = "part";  // or 0: fit the width; or CSS px per px of the picture
      this.targets = [];
      this.differences = [];
      this.addTargets();
      this.addDifferences();
      this.addIgnored();
      for (const sheet of Object.values(this.sheets)) sheet.appendFrames();
      this.showPending(tutofrais.pending());
      this.choices = Object.fromEntries([...root.querySelectorAll(".framed input")].map((input) => [input.value, input]));
      root.querySelector(".framed").hidden = !this.targets.length && !this.differences.length;
      this.choices.targets.parentElement.hidden = !this.targets.length;
      this.choices.differences.parentElement.hidden = !this.differences.length;
      if (this.sheets.captured && this.targets.length && !this.targets.some(({ boxes }) => boxes.captured)) this.zoom = 0;
      this.listen();
      this.frames(this.targets.length ? "targets" : "differences");
      this.fit();
      let wide = 0;
      const resized = new ResizeObserver(() => {
        const now = this.shown().pane.clientWidth;
        if (now !== wide) { wide = now; this.fit(); }
        this.placeNumbers();
      });
      for (const { sheet, pane } of Object.values(this.sheets)) { resized.observe(sheet); resized.observe(pane); }
    }

    candidateRows() { return (this.sheets.captured ?? this.first).rows; }

    /* Return the picture that is seen; of two side by side, that of tonight. */
    shown() {
      const { approved, captured, difference } = this.sheets;
      return [captured, approved, difference].find((sheet) => sheet?.pane.checkVisibility()) ?? this.first;
    }

    /* Frame what the sentences point at, in each picture that shows it; a click on a sentence lights its frames. */
    addTargets() {
      for (const item of this.holder.querySelectorAll(".instructions > li")) {
        const { number } = item.dataset;
        const target = { item, group: "targets", frames: [], boxes: {} };
        for (const side of ["approved", "captured"]) {
          const sheet = this.sheets[side];
          const box = item.dataset[`${side}Box`] && numbers(item.dataset[`${side}Box`]);
          if (!sheet || !box || box[1] >= sheet.image.getAttribute("height")) continue;
          target.boxes[side] = sheet.aligned(box);
          this.frameOn(side, () => this.marker(`target ${item.className.split(" ")[0]}`, number, "instruction", target), target);
        }
        if (!target.frames.length) continue;
        this.targets.push(target);
        this.addButton(item.querySelector(".sentence"), "sentence-button plain", target);
        item.querySelector(".truth").dataset.number = number;
      }
    }

    /* Frame a place on the picture that shows it; and tonight's also on the approved one, for the views that lay one
       picture over the other. */
    frameOn(side, newFrame, entry) {
      const add = (sheet, of) => {
        const frame = newFrame();
        frame.dataset.side = side;
        frame.classList.toggle("of-other", of);
        entry.frames.push(frame);
        sheet.frame(frame, entry.boxes[side], this.tall, entry.group);
      };
      add(this.sheets[side], false);
      if (side === "captured" && this.sheets.approved) add(this.sheets.approved, true);
    }

    /* In the views that lay one picture over the other, show the frames only of the picture that is seen there. */
    showSides() {
      const { view } = this.root.dataset;
      const edge = 100 - Number(this.root.querySelector(".share input").value);
      for (const node of this.first.sheet.querySelectorAll(".marker[data-side]")) {
        const isNow = node.dataset.side === "captured";
        const [left, width] = [parseFloat(node.style.left), parseFloat(node.style.width)];
        const cut = view === "swipe" ? Math.max(isNow ? edge - left : left + width - edge, 0) / width : 0;  // share beyond the edge
        const isSeen = view === "blink" ? isNow !== this.over?.hidden : cut < 1;
        node.style.clipPath = cut ? `inset(-2rem ${isNow ? "-3rem" : `${cut * 100}%`} -2rem ${isNow ? `${cut * 100}%` : "-3rem"})` : "";
        node.classList.toggle("off", this.first !== this.sheets.captured && !isSeen);
      }
      this.placeNumbers();
    }

    marker(className, number, message, entry) {
      const frame = make("button", `marker ${className}`, { type: "button", tabIndex: -1 });
      frame.dataset.number = number;
      frame.setAttribute("aria-label", tutofrais.message(message, { n: number }));
      frame.onclick = () => { this.select(entry); entry.item.scrollIntoView({ block: "nearest" }); };
      return frame;
    }

    addButton(node, className, entry) {
      const button = make("button", className, { type: "button" });
      button.append(...node.childNodes);
      button.onclick = () => { this.select(entry); this.show(); };
      node.append(button);
    }

    addDifferences() {
      const rows = this.candidateRows();
      for (const item of this.holder.querySelectorAll(".changes > li[data-box]")) {
        const [x, y, width, height] = numbers(item.dataset.box);
        const removedHeight = Number(item.dataset.removedHeight ?? 0);
        const on = item.dataset.on.split(" ");
        const now = removedHeight ? [x, rows.aligned(y + 1) - removedHeight, width, removedHeight] : [x, rows.aligned(y), width, rows.aligned(y + height) - rows.aligned(y)];
        const before = item.dataset.boxBefore && this.sheets.approved?.aligned(numbers(item.dataset.boxBefore));
        const difference = { item, group: "differences", frames: [], boxes: {} };
        for (const name of Object.keys(this.sheets)) {
          if (!on.includes(name === "difference" ? "captured" : name)) continue;
          difference.boxes[name] = (name === "approved" && before) || now;
          this.frameOn(name, () => this.marker("change", item.value, "difference", difference), difference);
        }
        this.differences.push(difference);
        this.addButton(item, "difference-button plain", difference);
      }
    }

    /* Hatch what is not compared. */
    addIgnored() {
      const rows = this.candidateRows();
      for (const item of this.holder.querySelectorAll(".volatile > li[data-box]")) {
        const [x, y, width, height] = numbers(item.dataset.box);
        this.hatch([x, rows.aligned(y), width, rows.aligned(y + height) - rows.aligned(y)], "volatile");
      }
      for (const sheet of Object.values(this.sheets)) {
        for (const box of boxesOf(sheet.figure.dataset.masks)) sheet.frame(make("span", "marker mask"), sheet.aligned(box), this.tall);
      }
      for (const box of boxesOf(this.sheets.approved?.figure.dataset.drawn ?? "")) this.hatch(this.sheets.approved.aligned(box), "mask");
    }

    /* Hatch a box of the aligned pictures on both pictures; return the hatched parts. */
    hatch(box, className) {
      return ["approved", "captured"].filter((name) => this.sheets[name]).map((name) => {
        const part = make("span", `marker ${className}`, { title: tutofrais.message("ignored") });
        this.sheets[name].frame(part, box, this.tall);
        return part;
      });
    }

    /* Hatch the places that decisions of this browser ignore. */
    showPending(list) {
      for (const part of this.pending ?? []) part.remove();
      this.pending = [];
      const mine = list.filter(({ kind, tutorial, page }) => kind === "ignore" && `${tutorial}/${page}` === this.holder.dataset.page);
      for (const { box, element } of mine) {
        const known = element && this.differences.find(({ item }) => item.dataset.element === element);
        const place = box ? this.first.aligned([box.x, box.y, box.width, box.height]) : known && (known.boxes.approved ?? known.boxes.captured);
        if (place) this.pending.push(...this.hatch(place, "mask"));
      }
      for (const name of ["approved", "captured"]) this.sheets[name]?.appendFrames();
    }

    /* Choose which frames are shown: "targets", "differences" or "none". */
    frames(group) {
      this.root.dataset.frames = group;
      if (this.choices[group]) this.choices[group].checked = true;
      this.placeNumbers();
    }

    placeNumbers() {
      for (const sheet of Object.values(this.sheets)) sheet.placeNumbers(this.root.dataset.frames);
    }

    /* Light the frames of an instruction or of a difference, and scroll the pictures to them. */
    select(entry) {
      if (entry.group === "differences") this.at = this.differences.indexOf(entry);
      entry.item.closest("details")?.setAttribute("open", "");
      this.frames(entry.group);
      for (const { item, frames } of [...this.targets, ...this.differences]) {
        item.classList.toggle("current", item === entry.item);
        for (const frame of frames) frame.classList.toggle("current", item === entry.item);
      }
      const place = union(Object.values(entry.boxes));
      for (const sheet of Object.values(this.sheets)) sheet.reveal(place);
      tutofrais.showStatus(entry.item.querySelector("button").textContent);
    }

    /* Scroll the page to the pictures. */
    show() { this.shown().pane.scrollIntoView({ block: "nearest" }); }

    /* Return the part of the pictures that counts: what the sentences point at, or else what differs; aligned px. */
    part() {
      const { width } = this.first;
      const entries = this.targets.length ? this.targets : this.differences;
      const boxes = entries.flatMap(({ boxes: places }) => Object.values(places));
      if (!boxes.length) return null;
      const [x, y, wide, high] = union(boxes);
      const size = [Math.min(Math.max(wide + 2 * MARGIN_PX, PART_PX[0] * this.scale), width), Math.min(Math.max(high + 2 * MARGIN_PX, PART_PX[1] * this.scale), this.tall)];
      const within = (start, length, whole) => Math.min(Math.max(start, 0), Math.max(whole - length, 0));
      return [within(x + wide / 2 - size[0] / 2, size[0], width), within(y + high / 2 - size[1] / 2, size[1], this.tall), ...size];
    }

    /* Size the pictures for the zoom; by default, the part that counts fills the pane, but no larger than life. */
    fit() {
      const part = this.zoom === "part" ? this.part() : null;
      const { pane: seen } = this.shown();
      for (const { pane, sheet, width } of Object.values(this.sheets)) {
        const whole = seen.clientWidth / width;
        const ratio = part ? Math.max(Math.min(seen.clientWidth / part[2], 1 / this.scale), whole) : this.zoom;
        sheet.style.width = typeof ratio === "number" && ratio > 0 ? `${width * ratio}px` : "100%";
        pane.style.height = part ? `${Math.max(part[3] * ratio, Math.min(this.tall * ratio, innerHeight * LEAST_HIGH)) + 2}px` : "";
        if (part) pane.scrollTo((part[0] + part[2] / 2) * ratio - pane.clientWidth / 2, part[1] * ratio - Math.max((pane.clientHeight - part[3] * ratio) / 2, 0));
      }
    }

    /* Zoom by a factor, around a point of the window or the middle of the pane. */
    change(by, at = null) {
      const { pane, sheet, width } = this.shown();
      const before = sheet.clientWidth / width || 1 / this.scale;
      const { left, top } = pane.getBoundingClientRect();
      const offset = at ? [at[0] - left, at[1] - top] : [pane.clientWidth / 2, pane.clientHeight / 2];
      const [x, y] = [(pane.scrollLeft + offset[0]) / before, (pane.scrollTop + offset[1]) / before];
      this.zoom = Math.min(Math.max(before * by, 0.1), 8);
      this.fit();
      pane.scrollTo(x * this.zoom - offset[0], y * this.zoom - offset[1]);
    }

    view(name) {
      const radio = this.root.querySelector(`input[type=radio][value=${name}]`);
      if (!radio) return;
      radio.checked = true;
      this.root.dataset.view = name;
      const over = ["swipe", "onion", "blink"].includes(name);
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
      this.caption();
      this.showSides();
    }

    /* Say which pictures are shown: both, or the one of the two that the blinking shows. */
    caption() {
      const { view } = this.root.dataset;
      const [before, now] = [this.first, this.sheets.captured ?? this.first].map(({ title }) => title);
      const texts = { swipe: `${before} ↔ ${now}`, onion: `${before} ↔ ${now}`, blink: this.over?.hidden ? before : now };
      this.first.caption.textContent = texts[view] ?? before;
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
      if (!stopped) this.blinking = setInterval(() => { this.over.hidden = !this.over.hidden; this.caption(); this.showSides(); }, BLINK_MS);
    }

    listen() {
      const { root } = this;
      const tools = root.querySelector(".tools");
      tools.addEventListener("change", (event) => {
        if (event.target.closest(".views")) this.view(event.target.value);
        if (event.target.closest(".framed")) this.frames(event.target.value);
      });
      const folded = this.holder.querySelector("details.differences");
      folded?.addEventListener("toggle", () => this.frames(folded.open || !this.targets.length ? "differences" : "targets"));
      document.addEventListener("pending", (event) => this.showPending(event.detail));
      root.querySelector(".share input").addEventListener("input", () => { this.share(); this.showSides(); });
      const DO = {
        closer: () => this.change(ZOOM_STEP), further: () => this.change(1 / ZOOM_STEP),
        part: () => { this.zoom = "part"; this.fit(); }, whole: () => { this.zoom = 0; this.fit(); }, real: () => { this.zoom = 1 / this.scale; this.fit(); },
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
        this.pinch(pane);
      }
    }

    /* Zoom with two fingers; a double tap or double click leads to 1:1 at that point, and back. */
    pinch(pane) {
      const distance = ([one, other]) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      let last = 0;
      pane.addEventListener("touchstart", (event) => { if (event.touches.length === 2) last = distance(event.touches); });
      pane.addEventListener("touchmove", (event) => {
        if (event.touches.length !== 2 || this.drawing) return;
        event.preventDefault();
        const [one, other] = event.touches;
        const now = distance(event.touches);
        if (last) this.change(now / last, [(one.clientX + other.clientX) / 2, (one.clientY + other.clientY) / 2]);
        last = now;
      }, { passive: false });
      pane.addEventListener("touchend", () => { last = 0; });
      pane.addEventListener("dblclick", (event) => {
        if (this.drawing || event.target.closest("button, .edge")) return;
        const { sheet, width } = this.shown();
        const closer = 1 / this.scale / (sheet.clientWidth / width);
        if (closer > 1.05) this.change(closer, [event.clientX, event.clientY]);
        else if (this.zoom === "part") this.change(2, [event.clientX, event.clientY]);
        else this.DO.part();
      });
    }

    /* Let the pointer drag the edge of the swipe view. */
    drag({ sheet }) {
      const edge = make("div", "edge");
      edge.append(make("span", "grip", { textContent: "↔" }));
      sheet.append(edge);
      const input = this.root.querySelector(".share input");
      edge.addEventListener("pointerdown", (event) => { event.preventDefault(); edge.setPointerCapture(event.pointerId); });
      edge.addEventListener("pointermove", (event) => {
        if (!edge.hasPointerCapture(event.pointerId)) return;
        const { left, width } = sheet.getBoundingClientRect();
        input.value = 100 - ((event.clientX - left) / width) * 100;
        this.share();
        this.showSides();
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

    /* Let the user draw a frame on either picture; resolve with its box on the baseline, px, or null. */
    async draw() {
      const { pane, sheet, width } = this.first;
      this.view("side");
      this.drawing = true;
      this.root.classList.add("drawing");
      const surfaces = [this.sheets.approved, this.sheets.captured].filter(Boolean);
      const ratio = sheet.clientWidth / width;
      const under = this.root.querySelector(".pictures");
      let found = null;
      for (;;) {
        const box = await drawing.drawFrame({ surfaces, width, height: this.tall, at: [pane.scrollLeft / ratio, pane.scrollTop / ratio], under });
        found = box && this.toBaseline(box);
        if (!box || found) break;
        tutofrais.showStatus(tutofrais.message("not-approved"));
      }
      this.drawing = false;
      this.root.classList.remove("drawing");
      return found;
    }

    /* Convert a box of the aligned pictures to the baseline; null if the baseline has none of its rows. */
    toBaseline([x, y, width, height]) {
      const { rows } = this.first;
      const [top, bottom] = [rows.own(y), rows.own(y + height)];
      return bottom > top ? { x: Math.round(x), y: top, width: Math.round(width), height: bottom - top } : null;
    }

    /* Return the current difference: the name of its element, or its box on the baseline; null if there is none. */
    currentDifference() {
      const { item, boxes } = this.differences[this.at] ?? {};
      if (!item) return null;
      if (item.dataset.element) return { element: item.dataset.element };
      const place = this.toBaseline(boxes.approved ?? boxes.captured);
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
    else if (key === "0") viewer.DO[viewer.zoom === 0 ? "part" : "whole"]();
    else if (key === "m") {
      const groups = Object.values(viewer.choices).filter((input) => !input.parentElement.hidden).map((input) => input.value);
      viewer.frames(groups[(groups.indexOf(viewer.root.dataset.frames) + 1) % groups.length]);
    }
    else if ((key === "n" || key === "p") && viewer.differences.length) {
      const { length } = viewer.differences;
      const at = (viewer.at ?? (key === "n" ? -1 : 0)) + (key === "n" ? 1 : -1);
      viewer.select(viewer.differences[(at + length) % length]);
      viewer.show();
    }
    else return;
    event.preventDefault();
  });
})();
