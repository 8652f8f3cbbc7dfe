/* A person's own picture of a page: cropped and blacked out here, so that what is under it never leaves the browser. */
"use strict";
const ownPicture = (() => {
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
  const forget = () => { drawing.giveUp(); past = []; mine.value = ""; picture(false); };
  const drop = async (file) => {
    drawing.giveUp();
    past = [];
    picture(false, tutofrais.say("reading"));
    const image = file && await createImageBitmap(file).catch(() => null);
    if (image) paint(image.width, image.height, (pen) => pen.drawImage(image, 0, 0));
    picture(Boolean(image), image ? "" : tutofrais.say("no-picture"));
  };
  const edit = async (how) => {
    const [pane, sheet] = [own.querySelector(".pane"), own.querySelector(".sheet")];
    const box = await drawing.frameOn({ pane, sheet, width: canvas.width, height: canvas.height });
    own.querySelector(".trouble").textContent = "";
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
    drawing.giveUp();
    const before = past.pop();
    paint(before.width, before.height, (pen) => pen.drawImage(before, 0, 0));
    picture(true);
    if (!past.length) own.querySelector("[data-do=black]").focus();
  };
  mine.addEventListener("change", () => { if (mine.files.length) drop(mine.files[0]); });
  /* What there is of it, as base64; empty when there is none. */
  const pictured = () => (own.hidden || own.querySelector(".pane").hidden ? "" : canvas.toDataURL("image/png").split(",")[1]);
  const offer = (offered) => { own.hidden = !offered; forget(); };
  /* A frame that nobody confirmed would blacken nothing. */
  const complain = () => {
    own.querySelector(".trouble").textContent = tutofrais.say("undrawn");
    own.querySelector(".pane").focus();
  };

  return { offer, isOffered: () => !own.hidden, drop, edit, unedit, forget, pictured, complain };
})();
