/* Decisions and keyboard: dialogs for decisions, stored in the browser or sent to “tutofrais review”. */
"use strict";
const tutofrais = (() => {
  const body = document.body;
  /* Return a translated message of the template “messages”, with its {details}. */
  const message = (key, details = {}) => {
    const found = document.getElementById("messages").content.querySelector(`[data-message="${key}"]`);
    return found.textContent.replace(/\{(\w+)\}/g, (_, name) => details[name] ?? "");
  };
  const status = document.getElementById("status");
  const STATUS_MS = 8000;
  let statusTimer = 0;
  const showStatus = (text, stays = false) => {
    clearTimeout(statusTimer);
    (document.querySelector("dialog[open]") ?? body).append(status);  // a modal dialog hides everything outside it
    status.textContent = text;
    if (!stays) statusTimer = setTimeout(() => { status.textContent = ""; }, STATUS_MS);
  };
  document.documentElement.classList.add("scripts-enabled");
  for (const node of document.querySelectorAll(".scripted[hidden]")) node.hidden = false;

  /* Decisions stored in this browser, one list for each run. Without storage the report can still be read. */
  const key = `tutofrais ${body.dataset.run}`;
  const stored = (name, otherwise) => {
    try { return JSON.parse(localStorage.getItem(name)) ?? otherwise; } catch { return otherwise; }
  };
  const store = (name, value) => { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* storage is not available */ } };
  const pendingDecisions = () => stored(key, []);
  const storeDecisions = (list) => { store(key, list); show(); };

  /* The current page: in a single file, the one in view; null on the overview. */
  const articles = [...document.querySelectorAll("article.page")];
  const READING_LINE = 0.4;  // share of the window's height
  const isInView = (node) => { const { top, bottom } = node.getBoundingClientRect(); return bottom > 0 && top < innerHeight; };
  const current = () => {
    if (articles.length < 2) return articles[0] ?? null;
    const left = document.documentElement.scrollHeight - innerHeight - scrollY;  // px; the last pages cannot scroll up to the line
    const target = left < innerHeight ? document.querySelector(":target") : null;
    const sure = [document.activeElement, target].find((node) => node?.closest("article.page") && isInView(node));
    if (sure) return sure.closest("article.page");
    const line = Math.max(innerHeight * READING_LINE, innerHeight - left);
    return articles.findLast((one) => one.getBoundingClientRect().top <= line) ?? null;
  };
  const holderOf = (node) => node.closest("[data-page]");
  const decisionFor = (holder, kind, more) => {
    const [tutorial, page] = holder.dataset.page.split("/");
    const [captured, approved] = holder.dataset.shownSidecars.split("/");
    return { tutorial, page: Number(page), kind, captured, approved, ...more };
  };
  const TO_DO = ["rewrite", "approve", "look", "check"];
  const same = (one, other) => one.tutorial === other.tutorial && one.page === other.page;

  /* Return the heading of a page. */
  const titleOf = ({ tutorial, page }) => {
    const holder = document.querySelector(`[data-page="${CSS.escape(tutorial)}/${page}"]`);
    const title = holder?.querySelector("h1, .title, h3, th, :scope > a:not(.thumbs)")?.textContent.replace(/\s+/g, " ").trim();
    return title || `${tutorial}/${page}`;
  };
  /* Put the focus on the decision buttons if the focused element has disappeared. */
  const restoreFocus = () => {
    const node = document.activeElement;
    if (node && node !== body && node.checkVisibility()) return;
    const place = current()?.querySelector(".decide") ?? document.querySelector("h1");
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };
  const reloadWithStatus = (text, stays = false) => { store("tutofrais status", { text, stays }); location.reload(); };

  const send = async (request) => {
    const answer = await fetch(body.dataset.review, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(request),
    }).catch(() => null);
    if (answer === null) return { error: message("offline"), offline: true };
    return answer.json();
  };
  const doneMessage = (pairs, done) => {
    const { kind } = pairs[0][1];
    return pairs.length === 1 ? message(`${kind}-done`) : message("carried-out", { what: message(kind), n: done, of: pairs.length });
  };

  /* Send decisions to the review server, or store them in the browser. Return the error if none succeeded, else null. */
  const decide = async (pairs, by, picture = "") => {
    const batch = pairs.length > 1 ? String(Date.now()) : undefined;
    if (body.dataset.review) {
      const failures = [];
      for (const [holder, decision] of pairs) {
        const answer = await send({ by, token: holder.dataset.token, request: decision, picture, batch });
        if (answer.error) failures.push(answer);
      }
      const trouble = [...new Set(failures.map(({ error }) => error))].join(" ");
      if (failures.length === pairs.length) return { text: trouble, offline: failures.some(({ offline }) => offline) };
      reloadWithStatus(`${doneMessage(pairs, pairs.length - failures.length)} ${trouble}`.trim(), failures.length > 0);
      return null;
    }
    const list = pendingDecisions();
    for (const [holder, decision] of pairs) {
      const at = list.findIndex((known) => same(known, decision) && known.kind !== "ignore" && decision.kind !== "ignore");
      if (at >= 0) list.splice(at, 1);
      list.push({ ...decision, batch, left: TO_DO.includes(holder.dataset.task) });
    }
    store("tutofrais by", by);
    storeDecisions(list);
    showStatus(doneMessage(pairs, pairs.length));
    restoreFocus();
    return null;
  };

  const undoneMessage = (list) => {
    const [{ kind }] = list;
    if (list.length > 1) return message("undone-many", { what: message(kind), n: list.length });
    return message("undone", { page: titleOf(list[0]), what: message(kind) });
  };
  const undo = async (holder) => {
    if (body.dataset.review) {
      const [tutorial, page] = holder ? holder.dataset.page.split("/") : [null, 0];
      const answer = await send({ undo: true, tutorial, page: Number(page) });
      if (answer.error) showStatus(answer.error, true);
      else reloadWithStatus(undoneMessage(answer.undone));
      return;
    }
    const list = pendingDecisions();
    const last = list.findLast((decision) => !holder || same(decision, decisionFor(holder, decision.kind)));
    if (!last) { showStatus(message("nothing")); return; }
    const back = list.filter((decision) => decision === last || (!holder && last.batch && decision.batch === last.batch));
    storeDecisions(list.filter((decision) => !back.includes(decision)));
    showStatus(undoneMessage(back));
    restoreFocus();
  };

  /* The dialog that asks for the details of a decision. */
  const dialog = document.getElementById("ask");
  const form = dialog.querySelector("form");
  dialog.addEventListener("dragover", (event) => event.preventDefault());
  dialog.addEventListener("drop", (event) => {
    event.preventDefault();
    if (ownPicture.isOffered()) ownPicture.drop(event.dataTransfer.files[0]);
  });
  form.addEventListener("submit", (event) => {
    if (!drawing.isActive() || event.submitter?.value === "") return;
    event.preventDefault();
    ownPicture.warnAboutOpenFrame();
  });
  const NEEDS = { approve: ["note"], keep: ["note", "person"], snooze: ["until", "note"], ignore: ["element", "note"], confirm: ["note"] };
  const DAYS_LATER = 14;
  const PROPOSED = " ";  // option value for a place; no element has this name
  const MAX_LISTED = 5;  // pages listed by name
  const dayIn = (days) => {
    const day = new Date();
    day.setDate(day.getDate() + days);
    return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  };
  const DRAFT_KEY = "tutofrais draft";  // input of a decision that was refused
  const typed = () => Object.fromEntries(["note", "person", "until"].map((name) => [name, form.elements[name].value]));
  const begin = ({ kind, holders, preselected }) => {
    form.reset();
    form.elements.by.value = stored("tutofrais by", "");
    for (const name of ["element", "until", "note", "person"]) form.querySelector(`.for-${name}`).hidden = !NEEDS[kind].includes(name);
    form.elements.until.value = dayIn(DAYS_LATER);
    form.elements.until.required = kind === "snooze";
    form.elements.until.min = kind === "snooze" ? dayIn(1) : "";
    const draft = stored(DRAFT_KEY, null);
    if (draft?.kind === kind && draft.page === holders[0].dataset.page) {
      for (const [name, value] of Object.entries(draft.typed)) form.elements[name].value = value;
      store(DRAFT_KEY, null);
    }
    const select = form.elements.element;
    for (const option of [...select.options].slice(1)) option.remove();
    for (const name of new Set([...holders[0].querySelectorAll("[data-element]")].map((node) => node.dataset.element))) {
      select.append(new Option(`« ${name.slice(0, 80)} »`, name));
    }
    if (preselected) preselect(preselected);
    ownPicture.offer(kind === "confirm" && Boolean(body.dataset.review), holders[0]);
  };
  const preselect = ({ element, box, label }) => {
    const select = form.elements.element;
    if (box) select.append(new Option(label, PROPOSED));
    select.value = element ?? PROPOSED;
  };
  const given = (kind, preselected) => {
    const { note, person, until, element } = form.elements;
    const more = { note: note.value };
    if (kind === "keep") more.person = person.value;
    if (kind === "confirm" && ownPicture.targets().length) more.targets = ownPicture.targets();
    if (kind === "snooze") more.until = until.value;
    if (kind === "ignore" && element.value === PROPOSED) more.box = preselected.box;
    else if (kind === "ignore" && element.value) more.element = element.value;
    return more;
  };
  /* Show the dialog; resolve with the user's input, or null if cancelled. */
  const ask = ({ kind, messageKey, heading, which, preselected, trouble }) => new Promise((done) => {
    dialog.querySelector("h2").textContent = heading;
    dialog.querySelector("#ask-hint").textContent = message(`${messageKey}-hint`);
    dialog.querySelector("#ask-which").textContent = which;
    dialog.querySelector("#ask-trouble").textContent = trouble;
    dialog.returnValue = "";
    dialog.onclose = () => {
      drawing.cancel();
      if (dialog.returnValue !== "ok") { done(null); return; }
      store("tutofrais by", form.elements.by.value);
      done({ by: form.elements.by.value, more: given(kind, preselected), picture: ownPicture.asBase64() });
    };
    dialog.showModal();
    (form.elements.by.value ? dialog.querySelector(".main") : form.elements.by).focus();
  });

  /* Decisions about several pages, without the pages to which a decision does not apply. */
  const decided = (holder) => holder.classList.contains("has-decision") || pendingDecisions().some((one) => one.kind !== "ignore" && same(one, decisionFor(holder, "")));
  const exclusionReason = (holder, kind) => {
    if (decided(holder)) return "left-decided";
    if (kind === "snooze") return "";
    if (holder.dataset.kind === "personal") return "left-personal";
    return holder.dataset.shownSidecars.split("/")[0] ? "" : "left-blank";
  };
  const chosen = (holders, kind) => {
    const left = new Map();
    for (const why of holders.map((holder) => exclusionReason(holder, kind)).filter(Boolean)) left.set(why, (left.get(why) ?? 0) + 1);
    const reasons = [...left].map(([why, n]) => message(why, { n })).join(", ");
    return { holders: holders.filter((holder) => !exclusionReason(holder, kind)), left: reasons && message("left", { what: reasons }) };
  };
  const requestMany = async (kind, all) => {
    const { holders: fitting, left } = chosen(all, kind);
    if (!fitting.length) { showStatus(`${message("none")} ${left}`); return; }
    const holders = await withoutRegret(kind, fitting);
    if (!holders.length) return;
    const names = holders.map((holder) => titleOf(decisionFor(holder)));
    const which = holders.length > MAX_LISTED ? [] : [`${names.join(", ")}.`];
    const heading = message(holders.length > 1 ? "many" : "one", { what: message(kind), n: holders.length });
    request(kind, holders, { heading, which: [...which, left].join(" ").trim() });
  };

  /* Ask whether pictures on which something is false are to be approved; resolve with the pages that are. */
  const doubt = document.getElementById("false");
  const withoutRegret = (kind, holders) => new Promise((done) => {
    const isFalse = (holder) => Boolean(holder.dataset.hasFalseInstruction);
    const wrong = holders.filter(isFalse);
    if (kind !== "approve" || !wrong.length) { done(holders); return; }
    const names = wrong.slice(0, MAX_LISTED).map((holder) => titleOf(decisionFor(holder))).join(", ");
    const which = wrong.length > MAX_LISTED ? `${names}…` : `${names}.`;
    doubt.querySelector("#false-which").textContent = holders.length > 1 ? message("false-many", { n: wrong.length, of: holders.length, which }) : "";
    const others = doubt.querySelector("[value=others]");
    others.hidden = wrong.length === holders.length;
    others.textContent = message("others", { n: holders.length - wrong.length });
    const harmless = others.hidden ? doubt.querySelector("[value='']") : others;
    for (const button of doubt.querySelectorAll("button")) button.classList.toggle("main", button === harmless);
    doubt.returnValue = "";
    doubt.onclose = () => {
      if (doubt.returnValue === "") done([]);
      else done(doubt.returnValue === "all" ? holders : holders.filter((holder) => !isFalse(holder)));
    };
    doubt.showModal();
    harmless.focus();
  });
  const requestOne = async (kind, holder, more) => {
    if ((await withoutRegret(kind, [holder])).length) request(kind, [holder], more);
  };

  /* Return the message key of a decision; some decisions have a special wording for some pages. */
  const messageKeyFor = (kind, holders) => (kind === "keep" && holders[0].dataset.kind === "personal" ? "keep-by-hand" : kind);
  const request = async (kind, holders, { heading = null, which = "", preselected = null } = {}) => {
    const messageKey = messageKeyFor(kind, holders);
    drawing.cancel();
    begin({ kind, holders, preselected });
    if (!which && articles.length > 1) which = `${titleOf(decisionFor(holders[0]))}.`;
    let failed = null;
    for (;;) {
      const answer = await ask({ kind, messageKey, heading: heading ?? message(messageKey), which, preselected, trouble: failed?.text ?? "" });
      if (!answer) break;
      let { more } = answer;
      if (kind === "ignore" && !more.element && !more.box) {
        const box = await tutofrais.draw?.(holders[0]);
        if (!box) return;
        more = { ...more, box };
        preselected = { box, label: message("there") };
        preselect(preselected);
      }
      failed = await decide(holders.map((holder) => [holder, decisionFor(holder, kind, more)]), answer.by, answer.picture);
      if (!failed) { store(DRAFT_KEY, null); break; }
      store(DRAFT_KEY, { kind, page: holders[0].dataset.page, typed: typed() });
    }
    ownPicture.forget();
    if (failed && !failed.offline) reloadWithStatus(failed.text, true);  // the page has changed: show its new state
  };

  /* Say how many pages are left, and lead from a page that is decided to the next one that is not. */
  const PLACE = /([^/#]+)[/-](\d+)(?:\.html)?$/;
  const showWayOn = (pending) => {
    const settled = new Set(pending.filter(({ kind }) => kind !== "ignore").map(({ tutorial, page }) => `${tutorial}/${page}`));
    const done = new Set(pending.filter(({ kind, left }) => left && kind !== "ignore").map(({ tutorial, page }) => `${tutorial}/${page}`));
    const left = Math.max(body.dataset.left - done.size, 0);
    for (const node of document.querySelectorAll(".progress")) {
      node.textContent = message("progress", { n: left, of: body.dataset.all });
      if (node.matches("p")) node.hidden = done.size === 0;  // on the overview, the headline says it until a decision is stored
    }
    for (const link of document.querySelectorAll(".go-on")) {
      const holder = holderOf(link);
      link.hidden = holder.dataset.task !== "decided" && !settled.has(holder.dataset.page);
      const way = link.dataset.way.trim().split(/\s+/).filter(Boolean);
      const next = way.find((href) => { const [, tutorial, page] = href.match(PLACE); return !settled.has(`${tutorial}/${Number(page)}`); });
      link.dataset.end ??= link.getAttribute("href");
      link.href = next ?? link.dataset.end;
      link.textContent = next ? message(left === 1 ? "go-on-one" : "go-on", { n: left }) : message("go-on-none");
    }
  };

  /* Show the decisions stored in this browser. */
  const basket = document.getElementById("basket");
  const show = () => {
    const list = body.dataset.review ? [] : pendingDecisions();
    showWayOn(list);
    const textFor = (holder) => list.filter((decision) => same(decision, decisionFor(holder, decision.kind))).map((decision) => message(`${decision.kind}-done`)).join(" ");
    for (const group of document.querySelectorAll(".decide")) {
      group.querySelector(".decided").textContent = textFor(holderOf(group));
      if (body.dataset.review) continue;
      const isPending = textFor(holderOf(group)) !== "";
      group.querySelector("[data-do=undo]").hidden = !isPending;
      group.querySelector(".to-export").hidden = !isPending;
    }
    for (const holder of document.querySelectorAll(":is(li, tr)[data-shown-sidecars]")) {
      holder.classList.toggle("pending", textFor(holder) !== "");
      holder.querySelector(".pending-decision")?.remove();
      if (!textFor(holder)) continue;
      const note = Object.assign(document.createElement("p"), { className: "decision pending-decision" });
      note.textContent = textFor(holder);
      if (holder.matches("tr")) holder.lastElementChild.append(note);
      else holder.querySelector(".facts").after(note);
    }
    document.dispatchEvent(new CustomEvent("pending", { detail: list }));
    if (!basket) return;
    basket.hidden = list.length === 0;
    basket.querySelector(".pending-count").textContent = message("waiting", { n: list.length });
    basket.querySelector("ul").replaceChildren(...list.map((decision) => {
      const item = document.createElement("li");
      item.textContent = message("item", { page: titleOf(decision), what: message(decision.kind) }) + (decision.note ? ` – ${decision.note}` : "");
      return item;
    }));
  };

  /* Masks first: their boxes refer to the present baseline, which an approval replaces. */
  const inOrder = (list) => list.map(({ batch, left, ...decision }) => decision).sort((one, other) => (other.kind === "ignore") - (one.kind === "ignore"));
  const exported = () => {
    const { run, baselines } = body.dataset;
    const file = { run, baselines, by: stored("tutofrais by", ""), decisions: inOrder(pendingDecisions()), format: 1 };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1)], { type: "application/json" }));
    link.download = "decisions.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  /* Return the part to preselect for ignoring: the button's volatile region, or the current difference. */
  const preselection = (button) => {
    if (button.dataset.decide !== "ignore") return null;
    const part = button.closest("[data-baseline-box]");
    if (!part) return tutofrais.currentDifference?.(holderOf(button)) ?? null;
    const [x, y, width, height] = part.dataset.baselineBox.split(" ").map(Number);
    return part.dataset.element ? { element: part.dataset.element } : { box: { x, y, width, height }, label: message("there") };
  };

  const sure = document.getElementById("sure");
  sure.addEventListener("close", () => { if (sure.returnValue === "ok") { storeDecisions([]); restoreFocus(); } });
  const clear = () => { sure.returnValue = ""; sure.showModal(); };
  const help = () => document.getElementById("help").showModal();
  const DO = { help, black: () => ownPicture.edit("black"), crop: () => ownPicture.edit("crop"), unedit: ownPicture.unedit, again: ownPicture.again, without: ownPicture.forget, export: exported, clear, undo: (node) => undo(holderOf(node)) };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.do in DO) DO[button.dataset.do](button);
    if (button.dataset.decide) {
      const kind = button.dataset.decide;
      if (button.closest(".bulk")) requestMany(kind, tutofrais.selected());
      else requestOne(kind, holderOf(button), { preselected: preselection(button) });
    }
  });

  const KINDS = { a: "approve", k: "keep", i: "ignore", z: "snooze" };
  const LINKS = { ArrowLeft: "a[rel=prev]", ArrowRight: "a[rel=next]", Home: "nav .all" };
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
  const lastStatus = stored("tutofrais status", null);
  if (lastStatus) { store("tutofrais status", null); showStatus(lastStatus.text, lastStatus.stays); restoreFocus(); }
  return { message, showStatus, holderOf, current, pending: () => (body.dataset.review ? [] : pendingDecisions()) };
})();
