/* Names of the fields of a frame's document, shadow roots included, with something else in them than what was typed.
 *
 * What a page makes of a field's `value` for its own scripts is passed over: the field's own is read.
 */
(typed) => {
  const UNTYPED = ["checkbox", "radio", "submit", "button", "reset", "image", "hidden", "range", "color"];
  const own = (kind) => Object.getOwnPropertyDescriptor(kind.prototype, "value").get;
  const [ofInput, ofArea] = [own(HTMLInputElement), own(HTMLTextAreaElement)];
  const valueOf = (node) => {
    if (node instanceof HTMLInputElement) return UNTYPED.includes(node.type) ? "" : ofInput.call(node);
    if (node instanceof HTMLTextAreaElement) return ofArea.call(node);
    const edited = node.isContentEditable && !node.parentElement?.isContentEditable;
    return edited ? node.textContent : "";
  };
  const nameOf = (node) => node.labels?.[0]?.innerText.trim() || node.getAttribute("aria-label") || node.name || node.id || "?";
  const filled = [];
  const look = (root) => {
    for (const node of root.querySelectorAll("*")) {
      const value = valueOf(node).replace(/\s/g, "");
      if (value !== "" && !typed.includes(value)) filled.push(nameOf(node));
      if (node.shadowRoot) look(node.shadowRoot);
    }
  };
  look(document);
  return filled;
}
