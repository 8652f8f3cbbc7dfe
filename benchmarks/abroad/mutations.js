/* Change one thing on a page. `mutate(kind, css, label)` is called when the page has loaded; `css` and `label` find the
 * thing that the tutorial's instruction points at.
 */
(() => {
  const textOf = (node) => (node.labels?.[0] ?? node).textContent.replace(/\s+/g, " ").trim();
  const find = (css, label) => [...document.querySelectorAll(css)].find((node) => textOf(node).startsWith(label));
  const shown = (node) => node.labels?.[0] ?? node;
  const both = (node) => new Set([node, shown(node)]);
  const style = (node, css) => both(node).forEach((one) => { one.style.cssText += `;${css}`; });
  const replacePage = (html) => { document.body.innerHTML = html; };
  const add = (html) => document.body.insertAdjacentHTML("beforeend", html);

  const FALSE = {
    renamed: (node) => { shown(node).textContent = "Tout autre chose"; },
    removed: (node) => both(node).forEach((one) => one.remove()),
    "display none": (node) => style(node, "display: none !important"),
    "visibility hidden": (node) => style(node, "visibility: hidden !important"),
    transparent: (node) => style(node, "opacity: 0 !important"),
    "off the page": (node) => style(node, "position: absolute !important; left: -9999px !important"),
    "no size": (node) => style(node, "display: inline-block; transform: scale(0) !important"),
    clipped: (node) => style(node, "position: absolute !important; clip-path: inset(50%) !important"),
    covered: (node) => {
      const { left, top, width, height } = shown(node).getBoundingClientRect();
      add(`<div style="position: absolute; z-index: 99999; background: #fff; left: ${left + scrollX - 4}px;`
        + ` top: ${top + scrollY - 4}px; width: ${width + 8}px; height: ${height + 8}px"></div>`);
    },
  };
  const TRUE = {
    moved: (node) => shown(node).insertAdjacentHTML("beforebegin", "<div style='height: 60px; width: 1px'></div>"),
    coloured: (node) => { shown(node).style.background = "gold"; },
    "larger letters": () => { document.documentElement.style.fontSize = "112%"; },
    "in capitals": (node) => { shown(node).style.textTransform = "uppercase"; },
    "words for screen readers": (node) => shown(node).insertAdjacentHTML("beforeend",
      "<span style='position: absolute; width: 1px; height: 1px; overflow: hidden; clip: rect(0,0,0,0)'> (nouvelle fenêtre)</span>"),
    "an icon": (node) => shown(node).insertAdjacentHTML("afterbegin", "<svg width='12' height='12'><rect width='12' height='12'/></svg>"),
    "another order": (node) => shown(node).parentElement.append(...[...shown(node).parentElement.childNodes].reverse()),
  };
  const NOTHING = {
    "other ids": () => document.querySelectorAll("h1, h2, p").forEach((node, at) => { node.dataset.build = at; }),
    comments: () => { for (let n = 0; n < 20; n += 1) document.body.append(document.createComment(n)); },
    "a hidden block": () => add("<div hidden>Bloc caché</div>"),
    "a script": () => add("<script>window.version = 7</" + "script>"),
  };
  const UNKNOWN = {
    "page not found": () => { document.title = "Erreur 404"; replacePage("<h1>Page introuvable</h1><p>Retournez à l'accueil.</p>"); },
    maintenance: () => replacePage("<h1>Site en maintenance</h1><p>Revenez dans une heure.</p>"),
    "consent window": () => add("<div style='position: fixed; inset: 0; z-index: 99999; background: #000d; color: #fff; padding: 200px'>"
      + "Nous utilisons des cookies. <button>Tout accepter</button> <button>Tout refuser</button></div>"),
    "still loading": () => replacePage("<main><p>Chargement…</p></main>"),
    challenge: () => { document.title = "Just a moment..."; replacePage("<h1>Vérification de sécurité</h1><p>Prouvez que vous êtes humain.</p>"); },
  };
  const KINDS = { ...FALSE, ...TRUE, ...NOTHING, ...UNKNOWN };
  window.mutate = (kind, css, label) => addEventListener("load", () => KINDS[kind](find(css, label)));
})();
