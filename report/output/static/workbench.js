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

  // After an action the page is loaded again: it stays where it was, with the focus where it was.
  const keepPlace = () => {
    const focused = document.activeElement?.closest("[id]")?.id ?? "";
    try { sessionStorage.setItem(PLACE, JSON.stringify({ path: location.pathname, top: scrollY, focused })); } catch { /* as above */ }
  };
  const restorePlace = () => {
    let place = null;
    try { place = JSON.parse(sessionStorage.getItem(PLACE)); sessionStorage.removeItem(PLACE); } catch { /* as above */ }
    if (place?.path !== location.pathname) return;
    scrollTo({ top: place.top, behavior: "instant" });
    const node = place.focused && document.getElementById(place.focused);
    if (node) { if (!node.hasAttribute("tabindex")) node.tabIndex = -1; node.focus({ preventScroll: true }); }
  };
  const reload = () => { keepPlace(); location.reload(); };

  const say = (text) => {
    trouble.textContent = text;
    const open = document.querySelector("dialog[open]");
    if (open && text) open.close();
    if (text) trouble.scrollIntoView({ block: "center" });
  };

  const send = async (action) => {
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
      if (!response.ok) { say(answer.error); return null; }
      return answer;
    } catch {
      say(body.dataset.offline);
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

  const perform = async (action) => {
    if (body.classList.contains("acting")) return;
    const answer = await send(action);
    if (answer === null) return;
    if (action.kind === "quit") { say(body.dataset.offline); return; }
    reload();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button, [data-act]");
    if (!button) return;
    if (button.dataset.open) document.getElementById(button.dataset.open).showModal();
    if ("close" in button.dataset) button.closest("dialog").close();
    if (button.dataset.act && button.localName === "button") {
      const action = actionOf(button);
      const form = button.closest("form[data-words]");
      if (form) action.words = [wordsOf(form)];
      perform(action);
    }
  });
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    perform(formAction(event.target));
  });
  document.querySelector("[data-setting=site]")?.addEventListener("change", (event) => perform({ kind: "site", site: event.target.value }));

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
