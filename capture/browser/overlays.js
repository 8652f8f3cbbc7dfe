/* Return the centres [x, y] (CSS px in the viewport) of visible elements that match the selectors, first match each.
 * Leave out elements on which a click would submit a form with fields, change a field or open another page.
 */
(selectors) => selectors.map((selector) => {
  const node = document.querySelector(selector);
  if (node === null || !node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return null;
  const { x, y, width, height } = node.getBoundingClientRect();
  const centre = [x + width / 2, y + height / 2];
  const hit = document.elementFromPoint(...centre)?.closest("button, input, select, textarea, a, label, summary");
  const isField = (other) => other.matches("input:not([type=submit], [type=button], [type=image]), select, textarea");
  if (["submit", "image"].includes(hit?.type) && [...hit.form?.elements ?? []].some(isField)) return null;
  if (hit && (isField(hit) || hit.control)) return null;
  if (hit?.pathname && (hit.host !== location.host || hit.pathname !== location.pathname)) return null;
  return centre;
}).filter(Boolean)
