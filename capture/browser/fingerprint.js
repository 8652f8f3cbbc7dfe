/* Return a number that changes when the page changes: its address, document, states of its fields and scroll positions. */
() => {
  const rootsIn = (root) => [root, ...[...root.querySelectorAll("*")].flatMap((node) => (node.shadowRoot ? rootsIn(node.shadowRoot) : []))];
  const parts = [location.href, document.title, scrollX, scrollY];
  for (const root of rootsIn(document)) {
    parts.push(root.documentElement?.outerHTML ?? root.innerHTML);
    for (const field of root.querySelectorAll("input, option, details, dialog")) parts.push(field.checked, field.selected, field.open);
    for (const node of root.querySelectorAll("*")) if (node.scrollTop || node.scrollLeft) parts.push(node.scrollTop, node.scrollLeft);
  }
  let hash = 5381;
  for (const character of parts.join("|")) hash = (hash * 33 + character.codePointAt(0)) | 0;  // djb2
  return hash;
}
