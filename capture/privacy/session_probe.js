/* Return, for a frame's document with its shadow roots, the names of fields that hold another value than the scenario
 * typed, and path and name of each link and button that may sign a person out.
 *
 * Values are read with the getter of the prototype, because a page may override that of a field.
 *
 * Closed shadow roots created by scripts are recorded by shadow_roots.js. Those declared in the HTML can only be found
 * where they are visible: in Firefox, caretPositionFromPoint() returns a node inside them (see PREFERENCES).
 */
({ typed, closed, visible, fullPage }) => {
  const NOT_TYPED_INTO = ["checkbox", "radio", "submit", "button", "reset", "image", "hidden", "range", "color"];
  const HOST = /^(ARTICLE|ASIDE|BLOCKQUOTE|BODY|DIV|FOOTER|H[1-6]|HEADER|MAIN|NAV|P|SECTION|SPAN|.+-.+)$/i;
  const [STEP_X, STEP_Y] = [40, 12];  // px; smaller than any legible field
  const MOST_PX = 50000;  // height of a document that is searched; screenshots end there, too
  const own = (kind) => Object.getOwnPropertyDescriptor(kind.prototype, "value").get;
  const [ofInput, ofArea] = [own(HTMLInputElement), own(HTMLTextAreaElement)];
  const valueOf = (node) => {
    if (node instanceof HTMLInputElement) return NOT_TYPED_INTO.includes(node.type) ? "" : ofInput.call(node);
    if (node instanceof HTMLTextAreaElement) return ofArea.call(node);
    const edited = node.isContentEditable && !node.parentElement?.isContentEditable;
    return edited ? node.textContent : "";
  };
  const nameOf = (node) => node.labels?.[0]?.innerText.trim() || node.getAttribute("aria-label") || node.name || node.id || "?";
  const CLICKABLE = "a, button, summary, input[type=submit], input[type=button], input[type=image], [role=button], [role=link],"
    + " [role=menuitem], [onclick]";
  const MAY_SIGN_OUT = /conn|log|sign|session|quit/i;
  const nameOfClickable = (node) => [node.innerText, ...["aria-label", "title", "value"].map((name) => node.getAttribute(name)),
    ...[...node.querySelectorAll("img[alt]")].map((image) => image.alt)].filter(Boolean).join(" ").slice(0, 200);
  const pathOf = (node) => {
    const url = node.getAttribute("href") ?? node.getAttribute("formaction") ?? (node.type === "submit" && node.form?.getAttribute("action"));
    return url && URL.canParse(url, node.baseURI) ? new URL(url, node.baseURI).pathname : "";
  };
  const links = [];
  const filled = [];
  const searched = new Set();
  const search = (root) => {
    if (searched.has(root)) return;
    searched.add(root);
    for (const node of root.querySelectorAll("*")) {
      const value = valueOf(node).replace(/\s/g, "");
      if (value !== "" && !typed.includes(value)) filled.push(nameOf(node));
      if (node.matches(CLICKABLE) && node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
        const [name, path] = [nameOfClickable(node), pathOf(node)];
        if (MAY_SIGN_OUT.test(name) || MAY_SIGN_OUT.test(path)) links.push(`${path} ${name}`);
      }
      const shadowRoot = node.shadowRoot ?? window[closed]?.(node);
      if (shadowRoot) search(shadowRoot);
    }
  };
  /* Search the closed shadow root at a point of the viewport, px. */
  const searchAt = (x, y) => {
    const top = document.elementFromPoint(x, y);
    if (!top || top.shadowRoot || !HOST.test(top.tagName)) return;
    const root = document.caretPositionFromPoint(x, y)?.offsetNode?.getRootNode();
    if (root instanceof ShadowRoot) search(root);
  };
  const searchViewport = () => {
    for (let y = STEP_Y / 2; y < innerHeight; y += STEP_Y) {
      for (let x = STEP_X / 2; x < innerWidth; x += STEP_X) searchAt(x, y);
    }
  };
  search(document);
  if (visible && fullPage) {
    const [left, top] = [scrollX, scrollY];
    for (let y = 0; y < Math.min(document.documentElement.scrollHeight, MOST_PX); y += innerHeight) {
      scrollTo({ top: y, behavior: "instant" });
      searchViewport();
    }
    scrollTo({ left, top, behavior: "instant" });
  } else if (visible) searchViewport();
  return [filled, links];
}
