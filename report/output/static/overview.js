/* The overview: filters, search, and decisions about several pages at once. */
"use strict";
(() => {
  const filters = document.querySelector(".filters");
  if (!filters) return;
  const TYPING = "input:not([type=checkbox]), textarea, select, dialog";
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const sections = [...document.querySelectorAll("section.tutorial")].map((section) => ({
    section,
    title: fold(section.querySelector("h2").textContent),
    pages: [...section.querySelectorAll("[data-page]")].map((item) => ({ item, task: item.dataset.task, words: null })),
  }));
  const all = sections.flatMap(({ pages }) => pages);

  const filter = () => {
    const wanted = new Set([...filters.querySelectorAll("[name=task]:checked")].map((box) => box.value));
    const words = fold(filters.elements.words.value).split(/\s+/).filter(Boolean);
    const tutorial = filters.elements.tutorial?.value ?? "";
    let shown = 0;
    for (const { section, title, pages } of sections) {
      let any = false;
      for (const page of pages) {
        if (words.length) page.words ??= `${title} ${fold(page.item.textContent)}`;
        const fits = (!wanted.size || wanted.has(page.task)) && words.every((word) => page.words.includes(word))
          && (!tutorial || section.id === tutorial);
        page.item.hidden = !fits;
        any ||= fits;
        shown += fits;
      }
      section.hidden = !any;
      const isFiltered = wanted.size > 0 || words.length > 0;
      const folded = section.querySelector(".decided-pages");
      if (folded) {
        folded.hidden = !folded.querySelector("[data-page]:not([hidden])");
        folded.open = isFiltered && !folded.hidden;
      }
      const table = section.querySelector(".personal");
      if (table) table.hidden = !table.querySelector("[data-page]:not([hidden])");
    }
    filters.querySelector(".shown").textContent = shown === all.length ? "" : tutofrais.message("shown", { n: shown, of: all.length });
    count();
  };

  const isShown = (item) => item.checkVisibility();
  const bulk = document.querySelector(".bulk");
  const boxes = () => [...document.querySelectorAll(".pick:checked")];
  const count = () => {
    const picked = boxes().filter((box) => isShown(box.closest("[data-page]")));
    bulk.classList.toggle("idle", picked.length === 0);
    bulk.querySelector(".selected").textContent = picked.length ? tutofrais.message("selected", { n: picked.length }) : "";
    for (const button of bulk.querySelectorAll("[data-decide]")) button.hidden = picked.length === 0;
  };
  tutofrais.selected = () => boxes().map((box) => box.closest("[data-page]")).filter(isShown);
  for (const item of document.querySelectorAll(":is(li, tr)[data-shown-sidecars]:not([data-task=nothing])")) {
    const title = item.querySelector("h3, th");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", className: "pick" });
    box.setAttribute("aria-label", tutofrais.message("select", { page: title.textContent.replace(/\s+/g, " ").trim() }));
    title.prepend(box);
  }
  document.addEventListener("change", (event) => { if (event.target.matches(".pick")) count(); });
  bulk.addEventListener("click", (event) => {
    if (event.target.closest("[data-do=all]")) {
      for (const box of document.querySelectorAll(".pick")) box.checked = isShown(box);
      count();
    }
  });
  filters.addEventListener("input", filter);
  filters.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest(TYPING)) {
      event.preventDefault();
      filters.elements.words.focus();
    }
    if (event.key === "Escape" && event.target === filters.elements.words) { filters.reset(); filter(); }
    if (event.key === "ArrowRight" && !tutofrais.current() && !event.target.closest(TYPING)) [...document.querySelectorAll(".card h3 a, .personal th a")].find(isShown)?.click();
  });
  document.querySelector(".totals").hidden = true;
  filter();
})();
