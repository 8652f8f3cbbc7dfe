/* Decisions: asked for with buttons and keys, kept in the browser or sent to “tutofrais review”, and the keyboard. */
"use strict";
const tutofrais = (() => {
  const body = document.body;
  const say = (key, details = {}) => {
    const found = document.getElementById("texts").content.querySelector(`[data-say="${key}"]`);
    return found.textContent.replace(/\{(\w+)\}/g, (_, name) => details[name] ?? "");
  };
  const status = document.getElementById("status");
  const TOLD_MS = 8000;
  let telling = 0;
  const tell = (text, stays = false) => {
    clearTimeout(telling);
    (document.querySelector("dialog[open]") ?? body).append(status);  // nothing else is seen over a dialog
    status.textContent = text;
    if (!stays) telling = setTimeout(() => { status.textContent = ""; }, TOLD_MS);
  };
  document.documentElement.classList.add("running");
  for (const node of document.querySelectorAll(".scripted[hidden]")) node.hidden = false;

  /* What was decided here, by run. A browser that keeps nothing still lets the page be read. */
  const key = `tutofrais ${body.dataset.run}`;
  const stored = (name, otherwise) => {
    try { return JSON.parse(localStorage.getItem(name)) ?? otherwise; } catch { return otherwise; }
  };
  const store = (name, value) => { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* see above */ } };
  const choices = () => stored(key, []);
  const keep = (list) => { store(key, list); show(); };

  /* The page that is looked at: in one file, that which is in view; none on the overview. */
  const articles = [...document.querySelectorAll("article.page")];
  const LOOKED_AT = 0.4;  // share of the window's height
  const isInView = (node) => { const { top, bottom } = node.getBoundingClientRect(); return bottom > 0 && top < innerHeight; };
  const current = () => {
    if (articles.length < 2) return articles[0] ?? null;
    const focused = document.activeElement.closest("article.page");
    if (focused && isInView(focused)) return focused;
    return articles.findLast((one) => one.getBoundingClientRect().top <= innerHeight * LOOKED_AT) ?? null;
  };
  const pageOf = (node) => node.closest("[data-page]");
  const choiceOf = (holder, kind, more) => {
    const [tutorial, page] = holder.dataset.page.split("/");
    const [captured, approved] = holder.dataset.seen.split("/");
    return { tutorial, page: Number(page), kind, captured, approved, ...more };
  };
  const same = (one, other) => one.tutorial === other.tutorial && one.page === other.page;

  const send = async (message) => {
    const answer = await fetch(body.dataset.review, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(message),
    }).catch(() => null);
    if (answer === null) return { error: say("offline") };
    return answer.json();
  };

  /* Carry out choices about pages: at once in a review, else in the basket. */
  const decide = async (pairs, by, picture = "") => {
    if (!pairs.length) return;
    const what = say(pairs[0][1].kind);
    if (body.dataset.review) {
      const wrong = [];
      for (const [holder, choice] of pairs) {
        const answer = await send({ by, token: holder.dataset.token, choice, picture });
        if (answer.error) wrong.push(answer.error);
      }
      if (wrong.length === pairs.length) { tell(wrong.join(" "), true); return; }
      store("tutofrais told", wrong.join(" ") || say("decided", { what }));
      location.reload();
      return;
    }
    const list = choices();
    for (const [, choice] of pairs) {
      const at = list.findIndex((known) => same(known, choice) && known.kind !== "ignore" && choice.kind !== "ignore");
      if (at >= 0) list.splice(at, 1);
      list.push(choice);
    }
    store("tutofrais by", by);
    keep(list);
    tell(say("decided", { what }));
  };

  const undo = async (holder) => {
    if (body.dataset.review) {
      const [tutorial, page] = holder ? holder.dataset.page.split("/") : [null, 0];
      const answer = await send({ undo: true, tutorial, page: Number(page) });
      if (answer.error) { tell(answer.error, true); return; }
      store("tutofrais told", say("undone"));
      location.reload();
      return;
    }
    const list = choices();
    const at = list.findLastIndex((choice) => !holder || same(choice, choiceOf(holder, choice.kind)));
    if (at < 0) { tell(say("nothing")); return; }
    list.splice(at, 1);
    keep(list);
    tell(say("undone"));
  };

  /* Let a person draw a frame on something of so many px, with the mouse or the arrow keys; gives x, y, width and height,
   * or null. `at`: where the view begins. */
  let drawn = null;  // what gives up the frame that is being drawn
  const frameOn = ({ pane, sheet, width, height, at = [0, 0] }) => new Promise((done) => {
    const STEP_PX = 10;
    const STEPS = { ArrowLeft: [-STEP_PX, 0], ArrowRight: [STEP_PX, 0], ArrowUp: [0, -STEP_PX], ArrowDown: [0, STEP_PX] };
    const frame = Object.assign(document.createElement("div"), { className: "mark drawn" });
    const stop = new AbortController();
    drawn?.();
    let box = [at[0] + 20, at[1] + 20, Math.min(200, width / 2), Math.min(100, height / 2)].map(Math.round);
    let [from, moved] = [null, false];
    const show = () => {
      const [x, y] = [Math.min(Math.max(box[0], 0), width - 1), Math.min(Math.max(box[1], 0), height - 1)];
      box = [x, y, Math.min(Math.max(box[2], 1), width - x), Math.min(Math.max(box[3], 1), height - y)];
      const shares = [x / width, y / height, box[2] / width, box[3] / height].map((share) => `${share * 100}%`);
      [frame.style.left, frame.style.top, frame.style.width, frame.style.height] = shares;
    };
    const end = (answer) => { drawn = null; stop.abort(); frame.remove(); tell(""); done(answer); };
    drawn = () => end(null);
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
      else if (event.key === "Escape") end(null);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    show();
    sheet.append(frame);
    tell(say("draw-hint"), true);
    pane.focus();
  });

  /* A person's own picture of a page: cropped and blacked out here, so that what is under it never leaves the browser. */
  const own = document.getElementById("own");
  const canvas = own.querySelector("canvas");
  const paint = (width, height, draw) => {
    const kept = document.createElement("canvas");
    [kept.width, kept.height] = [width, height];
    draw(kept.getContext("2d"));
    [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d").drawImage(kept, 0, 0);
    own.querySelector(".sheet").style.maxWidth = `${width}px`;
  };
  const mine = own.querySelector("input");
  let past = [];  // the picture before each change, the latest last
  const picture = (shown, trouble = "") => {
    own.querySelector(".pane").hidden = !shown;
    own.querySelector(".editing").hidden = !shown;
    own.querySelector(".without").hidden = !shown && !trouble;
    own.querySelector(".trouble").textContent = trouble;
    own.querySelector("[data-do=unedit]").hidden = past.length === 0;
    mine.setCustomValidity(trouble);  // nothing is confirmed that the picture is believed to be part of
  };
  const forget = () => { drawn?.(); past = []; mine.value = ""; picture(false); };
  const drop = async (file) => {
    drawn?.();
    past = [];
    picture(false, say("reading"));
    const image = file && await createImageBitmap(file).catch(() => null);
    if (image) paint(image.width, image.height, (pen) => pen.drawImage(image, 0, 0));
    picture(Boolean(image), image ? "" : say("no-picture"));
  };
  const edit = async (how) => {
    const [pane, sheet] = [own.querySelector(".pane"), own.querySelector(".sheet")];
    const box = await frameOn({ pane, sheet, width: canvas.width, height: canvas.height });
    if (!box) return;
    const before = document.createElement("canvas");
    [before.width, before.height] = [canvas.width, canvas.height];
    before.getContext("2d").drawImage(canvas, 0, 0);
    past.push(before);
    if (how === "crop") paint(box[2], box[3], (pen) => pen.drawImage(before, -box[0], -box[1]));
    else canvas.getContext("2d").fillRect(...box);
    picture(true);
  };
  const unedit = () => {
    drawn?.();
    const before = past.pop();
    paint(before.width, before.height, (pen) => pen.drawImage(before, 0, 0));
    picture(true);
    if (!past.length) own.querySelector("[data-do=black]").focus();
  };
  mine.addEventListener("change", () => { if (mine.files.length) drop(mine.files[0]); });
  const pictured = () => (own.hidden || own.querySelector(".pane").hidden ? "" : canvas.toDataURL("image/png").split(",")[1]);

  /* The dialog that asks for what a decision needs. */
  const dialog = document.getElementById("ask");
  const form = dialog.querySelector("form");
  dialog.addEventListener("dragover", (event) => event.preventDefault());
  dialog.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!own.hidden) drop(event.dataTransfer.files[0]);
  });
  /* A frame that nobody confirmed would blacken nothing. */
  form.addEventListener("submit", (event) => {
    if (!drawn || event.submitter?.value === "") return;
    event.preventDefault();
    own.querySelector(".trouble").textContent = say("undrawn");
    own.querySelector(".pane").focus();
  });
  const NEEDS = { approve: ["note"], keep: ["note", "person"], later: ["until", "note"], ignore: ["element", "note"], checked: ["note"] };
  const DAYS_LATER = 14;
  const PROPOSED = " ";  // no name of anything
  const ask = (kind, holder, proposed) => new Promise((done) => {
    dialog.querySelector("h2").textContent = say(kind);
    dialog.querySelector("#ask-hint").textContent = say(`${kind}-hint`);
    form.reset();
    form.elements.by.value = stored("tutofrais by", "");
    for (const name of ["element", "until", "note", "person"]) form.querySelector(`.for-${name}`).hidden = !NEEDS[kind].includes(name);
    const day = new Date(Date.now() + DAYS_LATER * 864e5);
    form.elements.until.valueAsDate = day;
    form.elements.until.required = kind === "later";
    const select = form.elements.element;
    for (const option of [...select.options].slice(1)) option.remove();
    for (const name of new Set([...(holder?.querySelectorAll("[data-element]") ?? [])].map((node) => node.dataset.element))) {
      select.append(new Option(`« ${name.slice(0, 80)} »`, name));
    }
    if (proposed?.box) select.append(new Option(proposed.label, PROPOSED));
    if (proposed) select.value = proposed.element ?? PROPOSED;
    own.hidden = kind !== "checked" || !body.dataset.review;
    forget();
    dialog.returnValue = "";
    dialog.onclose = () => {
      if (dialog.returnValue !== "ok") { forget(); done(null); return; }
      store("tutofrais by", form.elements.by.value);
      const given = { note: form.elements.note.value };
      if (kind === "keep") given.person = form.elements.person.value;
      if (kind === "later") given.until = form.elements.until.value;
      if (kind === "ignore" && select.value === PROPOSED) given.box = proposed.box;
      else if (kind === "ignore" && select.value) given.element = select.value;
      done({ by: form.elements.by.value, given, picture: pictured() });
      forget();
    };
    dialog.showModal();
    (form.elements.by.value ? dialog.querySelector(".main") : form.elements.by).focus();
  });

  const request = async (kind, holders, proposed) => {
    const found = holders.filter((holder) => kind !== "approve" || holder.dataset.seen.split("/")[0]);
    if (!found.length) return;
    const answer = await ask(kind, found[0], proposed);
    if (!answer) return;
    let more = answer.given;
    if (kind === "ignore" && !more.element && !more.box) {
      const box = await tutofrais.draw?.(found[0]);
      if (!box) return;
      more = { ...more, box };
    }
    await decide(found.map((holder) => [holder, choiceOf(holder, kind, more)]), answer.by, answer.picture);
  };

  /* What waits in this browser. */
  const basket = document.getElementById("basket");
  const show = () => {
    const list = body.dataset.review ? [] : choices();
    for (const node of document.querySelectorAll(".decided")) {
      const holder = pageOf(node);
      node.textContent = list.filter((choice) => same(choice, choiceOf(holder, choice.kind)))
        .map((choice) => say("decided", { what: say(choice.kind) })).join(" ");
    }
    for (const holder of document.querySelectorAll("li[data-seen]")) {
      const mine = list.filter((choice) => same(choice, choiceOf(holder, choice.kind)));
      holder.classList.toggle("waits", mine.length > 0);
      holder.querySelector(".mine")?.remove();
      if (!mine.length) continue;
      const note = Object.assign(document.createElement("p"), { className: "decision mine" });
      note.textContent = mine.map((choice) => say("decided", { what: say(choice.kind) })).join(" ");
      holder.querySelector(".facts").after(note);
    }
    if (!basket) return;
    basket.hidden = list.length === 0;
    basket.querySelector(".waiting").textContent = say("waiting", { n: list.length });
    basket.querySelector("ul").replaceChildren(...list.map((choice) => {
      const item = document.createElement("li");
      item.textContent = say("item", { page: `${choice.tutorial}/${choice.page}`, what: say(choice.kind) }) + (choice.note ? ` – ${choice.note}` : "");
      return item;
    }));
  };

  /* What is ignored is on the picture that was approved before: it comes first. */
  const inOrder = (list) => [...list].sort((one, other) => (other.kind === "ignore") - (one.kind === "ignore"));
  const exported = () => {
    const { run, baselines } = body.dataset;
    const file = { run, baselines, by: stored("tutofrais by", ""), decisions: inOrder(choices()), format: 1 };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1)], { type: "application/json" }));
    link.download = "decisions.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  /* What to ignore, as the button's own part of the page says, or the difference that is being looked at. */
  const proposal = (button) => {
    if (button.dataset.decide !== "ignore") return null;
    const part = button.closest("[data-place]");
    if (!part) return tutofrais.looked?.(pageOf(button)) ?? null;
    const [x, y, width, height] = part.dataset.place.split(" ").map(Number);
    return part.dataset.element ? { element: part.dataset.element } : { box: { x, y, width, height }, label: say("there") };
  };

  const help = () => document.getElementById("help").showModal();
  const DO = { help, black: () => edit("black"), crop: () => edit("crop"), unedit, without: forget, export: exported, clear: () => keep([]), undo: (node) => undo(pageOf(node)) };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.do in DO) DO[button.dataset.do](button);
    if (button.dataset.decide) {
      const bulk = button.closest(".bulk");
      request(button.dataset.decide, bulk ? tutofrais.selected() : [pageOf(button)], proposal(button));
    }
  });

  const KINDS = { a: "approve", k: "keep", i: "ignore", z: "later" };
  const LINKS = { ArrowLeft: "a[rel=prev]", ArrowRight: "a[rel=next]", Home: ".crumbs a" };
  const isTyping = (node) => node.closest("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, dialog");
  const isMoving = (node) => node.matches("input[type=range], input[type=radio], .pane");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    const name = event.key;
    const page = current();
    if (name === "?") { event.preventDefault(); help(); return; }
    if (name === "u") { undo(page); return; }
    if (name in KINDS) {
      const kind = name === "a" && page?.dataset.kind === "personal" ? "checked" : KINDS[name];
      const button = (page ?? document.querySelector(".bulk"))?.querySelector(`[data-decide="${kind}"]`);
      if (button && button.checkVisibility()) { event.preventDefault(); button.click(); }
      return;
    }
    if (name in LINKS && !isMoving(event.target)) {
      const link = document.querySelector(LINKS[name]);
      if (link) { event.preventDefault(); link.click(); }
    }
  });
  addEventListener("storage", show);
  addEventListener("pageshow", show);
  const told = stored("tutofrais told", "");
  if (told) { tell(told); store("tutofrais told", ""); }
  show();
  return { say, tell, pageOf, current, frameOn };
})();
