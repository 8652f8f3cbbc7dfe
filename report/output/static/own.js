/* The user's own picture of a page: cropped and blacked out in the browser, so that hidden parts are never sent; and
 * the places on it that the sentences of the page are about. */
"use strict";
const ownPicture = (() => {
  const own = document.getElementById("own");
  const canvas = own.querySelector("canvas");
  const pointing = own.querySelector(".pointing");
  const paint = (width, height, draw) => {
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [width, height];
    draw(copy.getContext("2d"));
    [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d").drawImage(copy, 0, 0);
    own.querySelector(".sheet").style.maxWidth = `${width}px`;
  };
  const input = own.querySelector("input");
  let edits = [];  // picture and places before each edit, the latest last
  let places = new Map();  // [x, y, width, height] by sentence, px
  let sentences = [];  // of the page
  let typeset = [];  // the same, as they are displayed
  let last = null;  // the earlier picture: its address and places
  const picture = (shown, trouble = "") => {
    own.querySelector(".pane").hidden = !shown;
    own.querySelector(".editing").hidden = !shown;
    own.querySelector(".without").hidden = !shown && !trouble;
    own.querySelector(".again").hidden = shown || !last;
    own.querySelector(".trouble").textContent = trouble;
    own.querySelector("[data-do=unedit]").hidden = edits.length === 0;
    input.setCustomValidity(trouble);  // the form cannot be submitted while the picture is unreadable
    pointing.hidden = !shown || sentences.length === 0;
    showPlaces();
  };
  const start = () => { drawing.cancel(); edits = []; places = new Map(); };
  const forget = () => { start(); input.value = ""; picture(false); };
  const open = async (source, known) => {
    start();
    picture(false, tutofrais.message("reading"));
    const image = source && await createImageBitmap(source).catch(() => null);
    if (image) paint(image.width, image.height, (pen) => pen.drawImage(image, 0, 0));
    places = new Map(image ? known : []);
    picture(Boolean(image), image ? "" : tutofrais.message("no-picture"));
  };
  const drop = (file) => open(file, []);
  const again = async () => {
    const answer = await fetch(last.address).catch(() => null);
    await open(answer?.ok ? await answer.blob() : null, last.places);
    pointing.querySelector("button")?.focus();
  };
  const draw = (more) => {
    const [pane, sheet] = [own.querySelector(".pane"), own.querySelector(".sheet")];
    return drawing.drawFrame({ surfaces: [{ pane, sheet }], width: canvas.width, height: canvas.height, under: pane, ...more });
  };
  /* Crop the picture once, or black out one part after another until the user ends it. */
  const edit = async (how) => {
    for (let waits = false; ; waits = true) {
      const box = await draw({ waits });
      own.querySelector(".trouble").textContent = "";
      if (box) apply(how, box);
      if (!box || how === "crop") return;
    }
  };
  const apply = (how, box) => {
    const before = document.createElement("canvas");
    [before.width, before.height] = [canvas.width, canvas.height];
    before.getContext("2d").drawImage(canvas, 0, 0);
    edits.push({ before, places: new Map(places) });
    if (how === "crop") crop(before, box);
    else canvas.getContext("2d").fillRect(...box);
    picture(true);
  };
  /* Keep a part of the picture, and the places of which the middle is on it. */
  const crop = (before, [left, top, width, height]) => {
    paint(width, height, (pen) => pen.drawImage(before, -left, -top));
    const moved = [...places].map(([sentence, [x, y, wide, high]]) => {
      const [from, to] = [[Math.max(x - left, 0), Math.max(y - top, 0)], [Math.min(x - left + wide, width), Math.min(y - top + high, height)]];
      return [sentence, [...from, to[0] - from[0], to[1] - from[1]]];
    });
    places = new Map(moved.filter(([, [, , wide, high]]) => wide >= 1 && high >= 1));
  };
  const unedit = () => {
    drawing.cancel();
    const { before, places: known } = edits.pop();
    paint(before.width, before.height, (pen) => pen.drawImage(before, 0, 0));
    places = known;
    picture(true);
    if (!edits.length) own.querySelector("[data-do=black]").focus();
  };

  /* The places of the sentences: a frame with its number on the picture, two buttons beside the sentence. */
  const make = (tag, more) => Object.assign(document.createElement(tag), more);
  const showPlaces = () => {
    for (const old of own.querySelectorAll(".marker.placed")) old.remove();
    for (const [number, sentence] of sentences.entries()) {
      const box = places.get(sentence);
      if (!box) continue;
      const frame = make("div", { className: "marker placed" });
      frame.dataset.number = number + 1;
      const shares = [box[0] / canvas.width, box[1] / canvas.height, box[2] / canvas.width, box[3] / canvas.height];
      [frame.style.left, frame.style.top, frame.style.width, frame.style.height] = shares.map((share) => `${share * 100}%`);
      own.querySelector(".sheet").append(frame);
    }
    for (const [number, item] of [...pointing.querySelectorAll("li")].entries()) {
      const isPlaced = places.has(sentences[number]);
      const [show, remove] = item.querySelectorAll("button");
      show.textContent = tutofrais.message(isPlaced ? "point-again" : "point");
      remove.hidden = !isPlaced;
    }
  };
  const point = async (number) => {
    const box = await draw({ from: places.get(sentences[number]) });
    own.querySelector(".trouble").textContent = "";
    if (box) place(number, box, "pointed");
    pointing.querySelectorAll("li")[number].querySelector("button").focus();
  };
  const place = (number, box, said) => {
    if (box) places.set(sentences[number], box);
    else places.delete(sentences[number]);
    showPlaces();
    pointing.querySelector("[role=status]").textContent = tutofrais.message(said, { n: number + 1 });
  };
  const listSentences = () => {
    pointing.querySelector("ol").replaceChildren(...sentences.map((_, number) => {
      const text = make("span", { textContent: typeset[number], id: `point-${number}` });
      const show = make("button", { type: "button", onclick: () => point(number) });
      const remove = make("button", {
        type: "button", textContent: tutofrais.message("unpoint"),
        onclick: () => { place(number, null, "unpointed"); show.focus(); },
      });
      for (const button of [show, remove]) button.setAttribute("aria-describedby", text.id);
      const item = make("li", {});
      item.append(text, " ", show, " ", remove);
      return item;
    }));
  };
  const boxOf = (group) => group.dataset.box.split(" ").map(Number);

  input.addEventListener("change", () => { if (input.files.length) drop(input.files[0]); });
  const isShown = () => !own.hidden && !own.querySelector(".pane").hidden;
  /* Return the picture as base64 PNG; empty if there is none. */
  const asBase64 = () => (isShown() ? canvas.toDataURL("image/png").split(",")[1] : "");
  const targets = () => (isShown() ? [...places] : []).map(([sentence, [x, y, width, height]]) => ({ sentence, box: { x, y, width, height } }));
  const offer = (offered, holder) => {
    own.hidden = !offered;
    const known = offered ? holder.querySelector(".own-picture img") : null;
    const items = offered ? [...holder.querySelectorAll("li[data-sentence]")] : [];
    [sentences, typeset] = [items.map((item) => item.dataset.sentence), items.map((item) => item.textContent)];
    last = known && { address: known.src, places: [...holder.querySelectorAll(".own-picture g")].map((group) => [group.dataset.sentence, boxOf(group)]) };
    listSentences();
    forget();
  };
  /* Say that a frame is not confirmed yet: it has not blacked anything out. */
  const warnAboutOpenFrame = () => {
    own.querySelector(".trouble").textContent = tutofrais.message("undrawn");
    own.querySelector(".pane").focus();
  };

  return { offer, isOffered: () => !own.hidden, drop, edit, unedit, again, forget, asBase64, targets, warnAboutOpenFrame };
})();
