/* Of a frame's document, shadow roots included: names of the fields with something else in them than what was typed,
 * and what may be a way out for somebody who is known there: what it is called, and where it leads.
 *
 * What a page makes of a field's `value` for its own scripts is passed over: the field's own is read.
 *
 * A closed shadow root that a script made is remembered (shadow_roots.js). One that came with the HTML can only be found where
 * it shows something: in Firefox, the caret's place at a point tells the node there (see PREFERENCES).
 */
({ typed, closed, visible, fullPage }) => {
  const UNTYPED = ["checkbox", "radio", "submit", "button", "reset", "image", "hidden", "range", "color"];
  const HOST = /^(ARTICLE|ASIDE|BLOCKQUOTE|BODY|DIV|FOOTER|H[1-6]|HEADER|MAIN|NAV|P|SECTION|SPAN|.+-.+)$/i;
  const [STEP_X, STEP_Y] = [40, 12];  // px; a field that anybody could read something in is larger
  const MOST_PX = 50000;  // of a document's height; what is below is in no picture either
  const own = (kind) => Object.getOwnPropertyDescriptor(kind.prototype, "value").get;
  const [ofInput, ofArea] = [own(HTMLInputElement), own(HTMLTextAreaElement)];
  const valueOf = (node) => {
    if (node instanceof HTMLInputElement) return UNTYPED.includes(node.type) ? "" : ofInput.call(node);
    if (node instanceof HTMLTextAreaElement) return ofArea.call(node);
    const edited = node.isContentEditable && !node.parentElement?.isContentEditable;
    return edited ? node.textContent : "";
  };
  const nameOf = (node) => node.labels?.[0]?.innerText.trim() || node.getAttribute("aria-label") || node.name || node.id || "?";
  const ACTED_ON = "a, button, summary, input[type=submit], input[type=button], input[type=image], [role=button], [role=link],"
    + " [role=menuitem], [onclick]";
  const MAY_LEAD_OUT = /conn|log|sign|session|quit/i;
  const called = (node) => [node.innerText, ...["aria-label", "title", "value"].map((name) => node.getAttribute(name)),
    ...[...node.querySelectorAll("img[alt]")].map((image) => image.alt)].filter(Boolean).join(" ").slice(0, 200);
  const pathOf = (node) => {
    const where = node.getAttribute("href") ?? node.getAttribute("formaction") ?? (node.type === "submit" && node.form?.getAttribute("action"));
    return where && URL.canParse(where, node.baseURI) ? new URL(where, node.baseURI).pathname : "";
  };
  const ways = [];
  const filled = [];
  const looked = new Set();
  const look = (root) => {
    if (looked.has(root)) return;
    looked.add(root);
    for (const node of root.querySelectorAll("*")) {
      const value = valueOf(node).replace(/\s/g, "");
      if (value !== "" && !typed.includes(value)) filled.push(nameOf(node));
      if (node.matches(ACTED_ON) && node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
        const [name, path] = [called(node), pathOf(node)];
        if (MAY_LEAD_OUT.test(name) || MAY_LEAD_OUT.test(path)) ways.push(`${path} ${name}`);
      }
      const inside = node.shadowRoot ?? window[closed]?.(node);
      if (inside) look(inside);
    }
  };
  /* What shows at a point, inside a closed root. */
  const lookInside = (x, y) => {
    const top = document.elementFromPoint(x, y);
    if (!top || top.shadowRoot || !HOST.test(top.tagName)) return;
    const root = document.caretPositionFromPoint(x, y)?.offsetNode?.getRootNode();
    if (root instanceof ShadowRoot) look(root);
  };
  const lookThroughWindow = () => {
    for (let y = STEP_Y / 2; y < innerHeight; y += STEP_Y) {
      for (let x = STEP_X / 2; x < innerWidth; x += STEP_X) lookInside(x, y);
    }
  };
  look(document);
  if (visible && fullPage) {
    const [left, top] = [scrollX, scrollY];
    for (let y = 0; y < Math.min(document.documentElement.scrollHeight, MOST_PX); y += innerHeight) {
      scrollTo({ top: y, behavior: "instant" });
      lookThroughWindow();
    }
    scrollTo({ left, top, behavior: "instant" });
  } else if (visible) lookThroughWindow();
  return [filled, ways];
}
