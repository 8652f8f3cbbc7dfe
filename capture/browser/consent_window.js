/* Return the words of what floats over the page and asks for consent, by the pattern of its words or of its element's names;
 * of one in a frame, those names; "" if there is none.
 */
(pattern) => {
  const words = new RegExp(pattern, "i");
  const rootsIn = (root) => [root, ...[...root.querySelectorAll("*")].flatMap((node) => (node.shadowRoot ? rootsIn(node.shadowRoot) : []))];
  const floats = (node) => node.matches("dialog, [role=dialog], [role=alertdialog]") || ["fixed", "sticky"].includes(getComputedStyle(node).position);
  const isVisible = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const texts = (node) => [node.innerText ?? "", node.id, node.className, node.title, node.src].filter((text) => typeof text === "string");
  const textInside = (node) => [node, ...node.querySelectorAll("*")].filter((one) => one.shadowRoot).map((one) => one.shadowRoot.textContent);
  const textsOf = (node) => [...texts(node), ...textInside(node), ...[...node.querySelectorAll("iframe")].flatMap(texts)];
  const asking = rootsIn(document).flatMap((root) => [...root.querySelectorAll("*")])
    .filter((node) => floats(node) && isVisible(node))
    .map(textsOf).find((found) => found.some((text) => words.test(text)));
  return asking?.join(" ").trim() ?? "";
}
