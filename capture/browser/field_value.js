/* Return whether a field is "empty", "filled", or has the value `wanted`: letters and digits count, their case does not.
 * The value of a list is the label of what is chosen; the value itself is not returned.
 */
(node, [kind, wanted]) => {
  const valueOf = () => {
    if (node.localName === "select") return node.value === "" ? "" : [...node.selectedOptions].map((option) => option.label).join(" ");
    return node.value ?? node.textContent;
  };
  const plain = (text) => text.normalize("NFC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const value = valueOf();
  if (kind === "empty") return value.trim() === "";
  if (kind === "filled") return value.trim() !== "";
  return plain(value) === plain(wanted) && (plain(value) !== "" || value.trim() === wanted.trim());
}
