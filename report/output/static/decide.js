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
    const left = document.documentElement.scrollHeight - innerHeight - scrollY;  // the last ones never come further up
    const aimed = left < innerHeight ? document.querySelector(":target") : null;
    const sure = [document.activeElement, aimed].find((node) => node?.closest("article.page") && isInView(node));
    if (sure) return sure.closest("article.page");
    const line = Math.max(innerHeight * LOOKED_AT, innerHeight - left);
    return articles.findLast((one) => one.getBoundingClientRect().top <= line) ?? null;
  };
  const pageOf = (node) => node.closest("[data-page]");
  const choiceOf = (holder, kind, more) => {
    const [tutorial, page] = holder.dataset.page.split("/");
    const [captured, approved] = holder.dataset.seen.split("/");
    return { tutorial, page: Number(page), kind, captured, approved, ...more };
  };
  const same = (one, other) => one.tutorial === other.tutorial && one.page === other.page;

  /* How pages are called: as their headings say. */
  const titleOf = ({ tutorial, page }) => {
    const holder = document.querySelector(`[data-page="${CSS.escape(tutorial)}/${page}"]`);
    const title = holder?.querySelector("h1, .title, h3, :scope > a:not(.thumbs)")?.textContent.replace(/\s+/g, " ").trim();
    return title || `${tutorial}/${page}`;
  };
  /* The keyboard goes on where it was, or at what was decided about. */
  const land = () => {
    const node = document.activeElement;
    if (node && node !== body && node.checkVisibility()) return;
    const place = current()?.querySelector(".decide") ?? document.querySelector("h1");
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };
  const afresh = (text, stays = false) => { store("tutofrais told", { text, stays }); location.reload(); };

  const send = async (message) => {
    const answer = await fetch(body.dataset.review, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(message),
    }).catch(() => null);
    if (answer === null) return { error: say("offline"), offline: true };
    return answer.json();
  };
  const doneOf = (pairs, done) => {
    const { kind } = pairs[0][1];
    return pairs.length === 1 ? say(`${kind}-done`) : say("carried-out", { what: say(kind), n: done, of: pairs.length });
  };

  /* Carry out choices about pages: at once in a review, else in the basket. Gives what hindered all of it, or null. */
  const decide = async (pairs, by, picture = "") => {
    const batch = pairs.length > 1 ? String(Date.now()) : undefined;
    if (body.dataset.review) {
      const wrong = [];
      for (const [holder, choice] of pairs) {
        const answer = await send({ by, token: holder.dataset.token, request: choice, picture, batch });
        if (answer.error) wrong.push(answer);
      }
      const trouble = [...new Set(wrong.map(({ error }) => error))].join(" ");
      if (wrong.length === pairs.length) return { text: trouble, offline: wrong.some(({ offline }) => offline) };
      afresh(`${doneOf(pairs, pairs.length - wrong.length)} ${trouble}`.trim(), wrong.length > 0);
      return null;
    }
    const list = choices();
    for (const [, choice] of pairs) {
      const at = list.findIndex((known) => same(known, choice) && known.kind !== "ignore" && choice.kind !== "ignore");
      if (at >= 0) list.splice(at, 1);
      list.push({ ...choice, batch });
    }
    store("tutofrais by", by);
    keep(list);
    tell(doneOf(pairs, pairs.length));
    land();
    return null;
  };

  const undone = (list) => {
    const [{ kind }] = list;
    if (list.length > 1) return say("undone-many", { what: say(kind), n: list.length });
    return say("undone", { page: titleOf(list[0]), what: say(kind) });
  };
  const undo = async (holder) => {
    if (body.dataset.review) {
      const [tutorial, page] = holder ? holder.dataset.page.split("/") : [null, 0];
      const answer = await send({ undo: true, tutorial, page: Number(page) });
      if (answer.error) tell(answer.error, true);
      else afresh(undone(answer.undone));
      return;
    }
    const list = choices();
    const last = list.findLast((choice) => !holder || same(choice, choiceOf(holder, choice.kind)));
    if (!last) { tell(say("nothing")); return; }
    const back = list.filter((choice) => choice === last || (!holder && last.batch && choice.batch === last.batch));
    keep(list.filter((choice) => !back.includes(choice)));
    tell(undone(back));
    land();
  };

  /* The dialog that asks for what a decision needs. */
  const dialog = document.getElementById("ask");
  const form = dialog.querySelector("form");
  dialog.addEventListener("dragover", (event) => event.preventDefault());
  dialog.addEventListener("drop", (event) => {
    event.preventDefault();
    if (ownPicture.isOffered()) ownPicture.drop(event.dataTransfer.files[0]);
  });
  form.addEventListener("submit", (event) => {
    if (!drawing.isGoingOn() || event.submitter?.value === "") return;
    event.preventDefault();
    ownPicture.complain();
  });
  const NEEDS = { approve: ["note"], keep: ["note", "person"], snooze: ["until", "note"], ignore: ["element", "note"], confirm: ["note"] };
  const DAYS_LATER = 14;
  const PROPOSED = " ";  // no name of anything
  const FEW = 5;  // pages that are named
  const dayIn = (days) => {
    const day = new Date();
    day.setDate(day.getDate() + days);
    return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  };
  const drafts = "tutofrais draft";  // what was typed for a decision that was refused
  const typed = () => Object.fromEntries(["note", "person", "until"].map((name) => [name, form.elements[name].value]));
  const begin = ({ kind, holders, proposed }) => {
    form.reset();
    form.elements.by.value = stored("tutofrais by", "");
    for (const name of ["element", "until", "note", "person"]) form.querySelector(`.for-${name}`).hidden = !NEEDS[kind].includes(name);
    form.elements.until.value = dayIn(DAYS_LATER);
    form.elements.until.required = kind === "snooze";
    form.elements.until.min = kind === "snooze" ? dayIn(1) : "";
    const draft = stored(drafts, null);
    if (draft?.kind === kind && draft.page === holders[0].dataset.page) {
      for (const [name, value] of Object.entries(draft.typed)) form.elements[name].value = value;
      store(drafts, null);
    }
    const select = form.elements.element;
    for (const option of [...select.options].slice(1)) option.remove();
    for (const name of new Set([...holders[0].querySelectorAll("[data-element]")].map((node) => node.dataset.element))) {
      select.append(new Option(`« ${name.slice(0, 80)} »`, name));
    }
    if (proposed) propose(proposed);
    ownPicture.offer(kind === "confirm" && Boolean(body.dataset.review));
  };
  const propose = ({ element, box, label }) => {
    const select = form.elements.element;
    if (box) select.append(new Option(label, PROPOSED));
    select.value = element ?? PROPOSED;
  };
  const given = (kind, proposed) => {
    const { note, person, until, element } = form.elements;
    const more = { note: note.value };
    if (kind === "keep") more.person = person.value;
    if (kind === "snooze") more.until = until.value;
    if (kind === "ignore" && element.value === PROPOSED) more.box = proposed.box;
    else if (kind === "ignore" && element.value) more.element = element.value;
    return more;
  };
  /* Ask until what is asked for is carried out or given up; what was typed stays. */
  const ask = ({ kind, called, heading, which, proposed, trouble }) => new Promise((done) => {
    dialog.querySelector("h2").textContent = heading;
    dialog.querySelector("#ask-hint").textContent = say(`${called}-hint`);
    dialog.querySelector("#ask-which").textContent = which;
    dialog.querySelector("#ask-trouble").textContent = trouble;
    dialog.returnValue = "";
    dialog.onclose = () => {
      drawing.giveUp();
      if (dialog.returnValue !== "ok") { done(null); return; }
      store("tutofrais by", form.elements.by.value);
      done({ by: form.elements.by.value, more: given(kind, proposed), picture: ownPicture.pictured() });
    };
    dialog.showModal();
    (form.elements.by.value ? dialog.querySelector(".main") : form.elements.by).focus();
  });

  /* Pages that are chosen together, without those that a decision is not for. */
  const decided = (holder) => holder.classList.contains("settled") || choices().some((one) => one.kind !== "ignore" && same(one, choiceOf(holder, "")));
  const whyNot = (holder, kind) => {
    if (decided(holder)) return "left-decided";
    if (kind === "snooze") return "";
    if (holder.dataset.kind === "personal") return "left-personal";
    return holder.dataset.seen.split("/")[0] ? "" : "left-blank";
  };
  const chosen = (holders, kind) => {
    const left = new Map();
    for (const why of holders.map((holder) => whyNot(holder, kind)).filter(Boolean)) left.set(why, (left.get(why) ?? 0) + 1);
    const told = [...left].map(([why, n]) => say(why, { n })).join(", ");
    return { holders: holders.filter((holder) => !whyNot(holder, kind)), left: told && say("left", { what: told }) };
  };
  const requestMany = (kind, all) => {
    const { holders, left } = chosen(all, kind);
    if (!holders.length) { tell(`${say("none")} ${left}`); return; }
    const names = holders.map((holder) => titleOf(choiceOf(holder)));
    const which = holders.length > FEW ? [] : [`${names.join(", ")}.`];
    const heading = say(holders.length > 1 ? "many" : "one", { what: say(kind), n: holders.length });
    request(kind, holders, { heading, which: [...which, left].join(" ").trim() });
  };

  /* How a decision is called where it means more than elsewhere. */
  const calledOf = (kind, holders) => {
    if (kind === "keep" && holders[0].dataset.kind === "personal") return "keep-by-hand";
    return kind === "approve" && holders.some((holder) => holder.dataset.false) ? "approve-false" : kind;
  };
  const request = async (kind, holders, { heading = null, which = "", proposed = null } = {}) => {
    const called = calledOf(kind, holders);
    drawing.giveUp();
    begin({ kind, holders, proposed });
    if (!which && articles.length > 1) which = `${titleOf(choiceOf(holders[0]))}.`;
    let failed = null;
    for (;;) {
      const answer = await ask({ kind, called, heading: heading ?? say(called), which, proposed, trouble: failed?.text ?? "" });
      if (!answer) break;
      let { more } = answer;
      if (kind === "ignore" && !more.element && !more.box) {
        const box = await tutofrais.draw?.(holders[0]);
        if (!box) return;
        more = { ...more, box };
        proposed = { box, label: say("there") };
        propose(proposed);
      }
      failed = await decide(holders.map((holder) => [holder, choiceOf(holder, kind, more)]), answer.by, answer.picture);
      if (!failed) { store(drafts, null); break; }
      store(drafts, { kind, page: holders[0].dataset.page, typed: typed() });
    }
    ownPicture.forget();
    if (failed && !failed.offline) afresh(failed.text, true);  // something was decided meanwhile
  };

  /* What waits in this browser. */
  const basket = document.getElementById("basket");
  const show = () => {
    const list = body.dataset.review ? [] : choices();
    const said = (holder) => list.filter((choice) => same(choice, choiceOf(holder, choice.kind))).map((choice) => say(`${choice.kind}-done`)).join(" ");
    for (const group of document.querySelectorAll(".decide")) {
      group.querySelector(".decided").textContent = said(pageOf(group));
      if (body.dataset.review) continue;
      const waits = said(pageOf(group)) !== "";
      group.querySelector("[data-do=undo]").hidden = !waits;
      group.querySelector(".to-export").hidden = !waits;
    }
    for (const holder of document.querySelectorAll("li[data-seen]")) {
      holder.classList.toggle("waits", said(holder) !== "");
      holder.querySelector(".mine")?.remove();
      if (!said(holder)) continue;
      const note = Object.assign(document.createElement("p"), { className: "decision mine" });
      note.textContent = said(holder);
      holder.querySelector(".facts").after(note);
    }
    if (!basket) return;
    basket.hidden = list.length === 0;
    basket.querySelector(".waiting").textContent = say("waiting", { n: list.length });
    basket.querySelector("ul").replaceChildren(...list.map((choice) => {
      const item = document.createElement("li");
      item.textContent = say("item", { page: titleOf(choice), what: say(choice.kind) }) + (choice.note ? ` – ${choice.note}` : "");
      return item;
    }));
  };

  /* What is ignored is on the picture that was approved before: it comes first. */
  const inOrder = (list) => list.map(({ batch, ...choice }) => choice).sort((one, other) => (other.kind === "ignore") - (one.kind === "ignore"));
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

  const sure = document.getElementById("sure");
  sure.addEventListener("close", () => { if (sure.returnValue === "ok") { keep([]); land(); } });
  const clear = () => { sure.returnValue = ""; sure.showModal(); };
  const help = () => document.getElementById("help").showModal();
  const DO = { help, black: () => ownPicture.edit("black"), crop: () => ownPicture.edit("crop"), unedit: ownPicture.unedit, without: ownPicture.forget, export: exported, clear, undo: (node) => undo(pageOf(node)) };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.do in DO) DO[button.dataset.do](button);
    if (button.dataset.decide) {
      const kind = button.dataset.decide;
      if (button.closest(".bulk")) requestMany(kind, tutofrais.selected());
      else request(kind, [pageOf(button)], { proposed: proposal(button) });
    }
  });

  const KINDS = { a: "approve", k: "keep", i: "ignore", z: "snooze" };
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
      const kind = name === "a" && page?.dataset.kind === "personal" ? "confirm" : KINDS[name];
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
  show();
  const told = stored("tutofrais told", null);
  if (told) { store("tutofrais told", null); tell(told.text, told.stays); land(); }
  return { say, tell, pageOf, current };
})();
