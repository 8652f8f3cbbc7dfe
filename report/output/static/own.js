/* The user's own picture of a page: cropped and blacked out in the browser, so that hidden parts are never sent. */
"use strict";
const ownPicture = (() => {
  const own = document.getElementById("own");
  const canvas = own.querySelector("canvas");
  const paint = (width, height, draw) => {
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [width, height];
    draw(copy.getContext("2d"));
    [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d").drawImage(copy, 0, 0);
    own.querySelector(".sheet").style.maxWidth = `${width}px`;
  };
  const input = own.querySelector("input");
  let edits = [];  // canvases with the picture before each edit, the latest last
  const picture = (shown, trouble = "") => {
    own.querySelector(".pane").hidden = !shown;
    own.querySelector(".editing").hidden = !shown;
    own.querySelector(".without").hidden = !shown && !trouble;
    own.querySelector(".trouble").textContent = trouble;
    own.querySelector("[data-do=unedit]").hidden = edits.length === 0;
    input.setCustomValidity(trouble);  // the form cannot be submitted while the picture is unreadable
  };
  const forget = () => { drawing.cancel(); edits = []; input.value = ""; picture(false); };
  const drop = async (file) => {
    drawing.cancel();
    edits = [];
    picture(false, tutofrais.message("reading"));
    const image = file && await createImageBitmap(file).catch(() => null);
    if (image) paint(image.width, image.height, (pen) => pen.drawImage(image, 0, 0));
    picture(Boolean(image), image ? "" : tutofrais.message("no-picture"));
  };
  /* Crop the picture once, or black out one part after another until the user ends it. */
  const edit = async (how) => {
    const [pane, sheet] = [own.querySelector(".pane"), own.querySelector(".sheet")];
    for (let waits = false; ; waits = true) {
      const box = await drawing.drawFrame({ surfaces: [{ pane, sheet }], width: canvas.width, height: canvas.height, under: pane, waits });
      own.querySelector(".trouble").textContent = "";
      if (box) apply(how, box);
      if (!box || how === "crop") return;
    }
  };
  const apply = (how, box) => {
    const before = document.createElement("canvas");
    [before.width, before.height] = [canvas.width, canvas.height];
    before.getContext("2d").drawImage(canvas, 0, 0);
    edits.push(before);
    if (how === "crop") paint(box[2], box[3], (pen) => pen.drawImage(before, -box[0], -box[1]));
    else canvas.getContext("2d").fillRect(...box);
    picture(true);
  };
  const unedit = () => {
    drawing.cancel();
    const before = edits.pop();
    paint(before.width, before.height, (pen) => pen.drawImage(before, 0, 0));
    picture(true);
    if (!edits.length) own.querySelector("[data-do=black]").focus();
  };
  input.addEventListener("change", () => { if (input.files.length) drop(input.files[0]); });
  /* Return the picture as base64 PNG; empty if there is none. */
  const asBase64 = () => (own.hidden || own.querySelector(".pane").hidden ? "" : canvas.toDataURL("image/png").split(",")[1]);
  const offer = (offered) => { own.hidden = !offered; forget(); };
  /* Say that a frame is not confirmed yet: it has not blacked anything out. */
  const warnAboutOpenFrame = () => {
    own.querySelector(".trouble").textContent = tutofrais.message("undrawn");
    own.querySelector(".pane").focus();
  };

  return { offer, isOffered: () => !own.hidden, drop, edit, unedit, forget, asBase64, warnAboutOpenFrame };
})();
