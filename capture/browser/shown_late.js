/* Wait until the part of the page around a node that is hidden as a whole is shown, for up to `limit` ms; return whether
 * it is. Pages hide themselves or their main part until their scripts have loaded, against flicker. A part that a reader
 * opens, such as a window, a menu or the panel of a tab, is not waited for.
 */
async (node, limit) => {
  const POLL_MS = 50;
  const FAINTEST = 0.05;
  const CLOAKED = "[v-cloak], [x-cloak], [ng-cloak], [data-ng-cloak], .ng-cloak, [data-cloak]";
  const MAIN = "html, body, main, [role=main]";
  const OPENED = "dialog, details, [popover], [aria-modal], "
    + "[role=dialog], [role=alertdialog], [role=menu], [role=listbox], [role=tabpanel], [role=tooltip], [role=tree]";
  const MOST_OF_IT = 0.5;
  const ancestors = [];
  for (let one = node; one; one = one.assignedSlot ?? one.parentElement ?? one.getRootNode().host ?? null) ancestors.push(one);
  const hides = (one) => {
    const { display, visibility, opacity } = getComputedStyle(one);
    return display === "none" || visibility !== "visible" || Number(opacity) < FAINTEST;
  };
  const isHidden = () => ancestors.some(hides);
  const NO_WORDS = "script, style, noscript, template";
  const isWords = (text) => (text.parentElement?.matches(NO_WORDS) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const lengthOf = (one) => {
    const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT, isWords);
    let length = 0;
    while (texts.nextNode()) length += texts.currentNode.data.replace(/\s+/g, "").length;
    return length;
  };
  const isMain = (one) => one.matches(`${MAIN}, ${CLOAKED}`) || one.querySelector("main, [role=main]") !== null
    || (one !== node && lengthOf(one) > MOST_OF_IT * lengthOf(document.body));
  const hider = ancestors.filter(hides).at(-1);
  if (!hider || ancestors.some((one) => one.matches(OPENED)) || !isMain(hider)) return false;
  const until = performance.now() + limit;
  while (isHidden() && performance.now() < until) await new Promise((done) => setTimeout(done, POLL_MS));
  return !isHidden();
}
