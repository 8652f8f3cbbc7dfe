/* Return whether a control is ticked, chosen, switched on, or unfolded, as it is now. */
(node) => {
  if (node.localName === "summary") return Boolean(node.parentElement?.open);
  if (node.localName === "input" && ["checkbox", "radio"].includes(node.type)) return node.checked;
  return ["aria-checked", "aria-pressed", "aria-selected", "aria-expanded"].some((name) => node.getAttribute(name) === "true");
}
