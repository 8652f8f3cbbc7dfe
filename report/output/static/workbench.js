"use strict";
// The workbench: sends what a person does, and shows the progress of what is running.
(() => {
  const body = document.body;
  const root = body.dataset.root || "./";
  const trouble = document.getElementById("trouble");
  const job = document.getElementById("job");
  const PLACE = "tutofrais place";

  const by = document.querySelector("[data-setting=by]");
  try { by.value = JSON.parse(localStorage.getItem("tutofrais by")) || by.value; } catch { /* storage is not available */ }
  by.addEventListener("input", () => {
    try { localStorage.setItem("tutofrais by", JSON.stringify(by.value)); } catch { /* storage is not available */ }
  });

  // After an action the page is loaded again: the part that was in view stays where it was, with the focus.
  const anchor = () => {
    const top = (node) => node.getBoundingClientRect().top;
    const parts = [...document.querySelectorAll("main :is(section, li)[id]")].filter((node) => node.checkVisibility());
    const acted = document.activeElement?.closest("main :is(section, li)[id]");
    if (acted && top(acted) < innerHeight && acted.getBoundingClientRect().bottom > 0) return acted;
    return parts.find((node) => top(node) >= 0 && top(node) < innerHeight) ?? parts.findLast((node) => top(node) < 0);
  };
  const keepPlace = () => {
    const focused = document.activeElement?.closest("[id]")?.id ?? "";
    const part = anchor();
    const place = { path: location.pathname, part: part?.id, top: part?.getBoundingClientRect().top ?? scrollY, focused };
    try { sessionStorage.setItem(PLACE, JSON.stringify(place)); } catch { /* as above */ }
  };
  const restorePlace = () => {
    let place = null;
    try { place = JSON.parse(sessionStorage.getItem(PLACE)); sessionStorage.removeItem(PLACE); } catch { /* as above */ }
    history.scrollRestoration = "auto";
    if (place?.path !== location.pathname) return;
    const part = place.part && document.getElementById(place.part);
    const top = part ? scrollY + part.getBoundingClientRect().top - place.top : place.part ? scrollY : place.top;
    scrollTo({ top, behavior: "instant" });
    const node = place.focused && document.getElementById(place.focused);
    if (node) { if (!node.hasAttribute("tabindex")) node.tabIndex = -1; node.focus({ preventScroll: true }); }
  };
  const reload = () => {
    keepPlace();
    history.scrollRestoration = "manual";  // or else the browser goes back to the old distance from the top
    location.reload();
  };

  /* Say what is wrong: beside the control that was used, or at the top of the page. */
  const say = (text, control = null) => {
    for (const node of document.querySelectorAll(".trouble")) node.textContent = "";
    if (!text) return;
    const near = control?.closest("main :is(form, li, section)");
    let place = near ? near.querySelector(":scope > .trouble") : trouble;
    if (!place) {
      place = Object.assign(document.createElement("p"), { className: "trouble", role: "alert" });
      near.append(place);
    }
    const dialog = near?.closest("dialog");
    if (dialog && !dialog.open) dialog.showModal();
    place.textContent = text;
    place.scrollIntoView({ block: "nearest" });
  };

  const send = async (action, control) => {
    body.classList.add("acting");
    say("");
    const wasHidden = job.hidden;
    if (wasHidden) {
      job.querySelector("h2").textContent = body.dataset.working;
      job.querySelector("progress").removeAttribute("value");
      job.hidden = false;
    }
    try {
      const response = await fetch(`${root}act`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(action),
      });
      const answer = await response.json();
      if (!response.ok) { say(answer.error, control); return null; }
      return answer;
    } catch {
      say(body.dataset.offline, control);
      return null;
    } finally {
      body.classList.remove("acting");
      if (wasHidden) job.hidden = true;
    }
  };

  const wordsOf = (node) => ({
    page: Number(node.dataset.page), line: Number(node.dataset.line), sentence: node.dataset.sentence,
    new_sentence: node.querySelector("[name=new_sentence]")?.value ?? "",
    callout_label: node.querySelector("[name=callout_label]")?.value ?? null,
  });

  const actionOf = (node) => {
    const action = { kind: node.dataset.act, by: by.value };
    if (node.dataset.tutorial) action.tutorial = node.dataset.tutorial;
    if (node.dataset.pages) action.pages = node.dataset.pages.split(" ").map(Number);
    const note = node.dataset.note && document.getElementById(node.dataset.note)?.value.trim();
    if (note) action.note = note;
    if (node.dataset.number) action.number = Number(node.dataset.number);
    return action;
  };

  const formAction = (form) => {
    const action = actionOf(form);
    if ("words" in form.dataset) {
      action.words = [wordsOf(form)];
      const option = form.elements.element?.selectedOptions[0];
      if (option?.value) Object.assign(action, { role: option.value, label: option.dataset.label, alone: "alone" in option.dataset });
    }
    const listed = [...form.querySelectorAll("[data-words]")].filter((node) => node.querySelector("[name=wanted]").checked);
    if (listed.length) action.words = listed.map(wordsOf);
    const pages = [...form.querySelectorAll("[name=page]:checked")].map((box) => Number(box.value));
    if (pages.length) action.pages = pages;
    return action;
  };

  /* Open a page of the site in a window of its own, at the right of this one. */
  const openBeside = (address) => {
    const left = Math.min(screenX + outerWidth, screen.availLeft + Math.round(screen.availWidth * 0.4));
    const width = screen.availLeft + screen.availWidth - left;
    open(address, "_blank", `noopener,noreferrer,popup,left=${left},top=${screen.availTop},width=${width},height=${screen.availHeight}`);
  };

  const perform = async (action, control) => {
    if (body.classList.contains("acting")) return;
    control.closest("dialog")?.close();  // the progress is behind it
    const answer = await send(action, control);
    if (answer === null) return;
    if (action.kind === "quit") { say(body.dataset.offline); return; }
    reload();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button, [data-act]");
    if (!button) return;
    if (button.dataset.beside) openBeside(button.dataset.beside);
    if (button.dataset.open) document.getElementById(button.dataset.open).showModal();
    if ("close" in button.dataset) button.closest("dialog").close();
    if (button.dataset.act && button.localName === "button") {
      const action = actionOf(button);
      const form = button.closest("form[data-words]");
      if (form) action.words = [wordsOf(form)];
      perform(action, button);
    }
  });
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    perform(formAction(event.target), event.target);
  });
  document.querySelector("[data-setting=site]")?.addEventListener("change", ({ target }) => perform({ kind: "site", site: target.value }, target));

  // The elements of a page are offered when a sentence of it is being corrected.
  document.addEventListener("toggle", (event) => {
    const details = event.target;
    const select = details.open && details.querySelector?.("select[name=element]");
    if (!select || select.options.length > 1) return;
    select.append(details.closest("[data-page]").querySelector("template.choices").content.cloneNode(true));
    details.querySelector("textarea").focus();
  }, true);
  // The label of a chosen element takes the place of the first quotation.
  document.addEventListener("change", (event) => {
    const option = event.target.name === "element" && event.target.selectedOptions[0];
    if (!option?.value) return;
    const text = event.target.form.elements.new_sentence;
    text.value = text.value.replace(/([«“]\s?)[^»”]*?(\s?[»”])/, (_, before, after) => `${before}${option.dataset.label}${after}`);
  });

  let seen = Number(body.dataset.job);
  let wasRunning = "running" in body.dataset;
  const show = (state) => {
    job.hidden = !state.running;
    job.querySelector("h2").textContent = state.title;
    job.querySelector(".told").textContent = state.lines.at(-1) ?? "";
    Object.assign(job.querySelector("progress"), { max: state.planned || 1, value: state.pages });
  };
  const isWriting = () => document.querySelector("details.correct[open], dialog[open]") !== null;
  const poll = async () => {
    let delay = 2000;
    try {
      const state = await (await fetch(`${root}state`)).json();
      show(state);
      const ended = wasRunning && !state.running;
      if (ended || state.number > seen + (state.running ? 1 : 0)) {
        wasRunning = state.running;
        seen = state.number;
        if (state.stopped) say(body.dataset.stopped);
        else if (state.problem) say(state.problem);
        else if (!isWriting()) { reload(); return; }
      }
      wasRunning = state.running;
      seen = Math.max(seen, state.number);
      delay = state.running ? 400 : 2000;
    } catch {
      say(body.dataset.offline);
    }
    setTimeout(poll, delay);
  };
  restorePlace();
  setTimeout(poll, wasRunning ? 400 : 2000);
})();
