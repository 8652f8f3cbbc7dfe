/* Return the centres [x, y] (CSS px in the viewport) of visible elements that match the selectors, first match each;
 * with `hide`, hide the floating part of the page that an element is in, if any, and return nothing for it.
 * A selector is CSS, also for elements in open shadow roots, or the words of a button or link.
 * In a frame, points are relative to the frame, and nothing is hidden: it is a window of its own.
 * Leave out elements on which a click would submit a form with fields, change a field or open another page.
 */
({selectors, hide, isFrame}) => {
  const isVisible = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const rootsIn = (root) => [root, ...[...root.querySelectorAll("*")].flatMap((node) => (node.shadowRoot ? rootsIn(node.shadowRoot) : []))];
  const roots = rootsIn(document);
  const BUTTONS = "button, a, summary, input[type=button], input[type=submit], [role=button], [role=link]";
  const normalise = (text) => text.normalize("NFC").replace(/[’ʼ´`‘]/g, "'").replace(/\s+/g, " ").trim().toLowerCase();
  const isCalled = (node, words) => [node.innerText, node.value, node.getAttribute("aria-label")].some((text) => text && normalise(text) === words);
  const findByCss = (selector) => {
    for (const root of roots) {
      const found = root.querySelector(selector);
      if (found) return found;
    }
    return null;
  };
  const findByWords = (words) => roots.flatMap((root) => [...root.querySelectorAll(BUTTONS)])
    .find((node) => isVisible(node) && isCalled(node, normalise(words)));
  const find = (selector) => {
    let found = null;
    try { found = findByCss(selector); } catch { /* words are rarely a selector */ }
    return found ?? findByWords(selector) ?? null;
  };
  const topmostAt = (x, y) => {
    let top = document.elementFromPoint(x, y);
    while (top?.shadowRoot?.elementFromPoint(x, y) && top.shadowRoot.elementFromPoint(x, y) !== top) top = top.shadowRoot.elementFromPoint(x, y);
    return top;
  };
  const isField = (other) => other.matches("input:not([type=submit], [type=button], [type=image]), select, textarea");
  const parentOf = (node) => node.parentElement ?? node.getRootNode().host ?? null;
  /* Return the outermost positioned element around a node, null if it is in the flow of the page. */
  const floatOf = (node) => {
    let found = null;
    for (let one = node; one && one !== document.body; one = parentOf(one)) {
      if (["fixed", "absolute", "sticky"].includes(getComputedStyle(one).position)) found = one;
    }
    return found;
  };
  return selectors.map((selector) => {
    const node = find(selector);
    if (node === null || !isVisible(node)) return null;
    const { x, y, width, height } = node.getBoundingClientRect();
    const centre = [x + width / 2, y + height / 2];
    const hit = topmostAt(...centre)?.closest("button, input, select, textarea, a, label, summary");
    if (["submit", "image"].includes(hit?.type) && [...hit.form?.elements ?? []].some(isField)) return null;
    if (hit && (isField(hit) || hit.control)) return null;
    if (hit?.pathname && (hit.host !== location.host || hit.pathname !== location.pathname)) return null;
    if (!hide || isFrame) return centre;
    const float = floatOf(node);
    float?.style.setProperty("display", "none", "important");
    return float ? null : centre;
  }).filter(Boolean);
}
