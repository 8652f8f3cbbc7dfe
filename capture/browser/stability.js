/* Wait until the page stands still: fonts and visible images are ready, and for `quiet` ms nothing was added,
 * removed, rewritten or laid out anew; give up after `limit` ms. Then say what the page is.
 */
async ({quiet, limit, fullPage}) => {
  const RECENT_MS = 1000;
  const begun = performance.now();
  const left = () => Math.max(0, limit - (performance.now() - begun));
  const within = (promise) => Promise.race([promise, new Promise((done) => setTimeout(done, left()))]);
  await within(document.fonts.ready);
  const isSeen = (image) => image.currentSrc && (fullPage || image.getBoundingClientRect().top < innerHeight);
  const seen = [...document.images].filter(isSeen);
  await within(Promise.all(seen.map((image) => image.decode().catch(() => null))));
  let changed = performance.now();
  const touched = new Map();
  const observer = new MutationObserver((records) => {
    changed = performance.now();
    for (const { target } of records) touched.set(target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement, changed);
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  const sizeNow = () => `${document.documentElement.scrollWidth}x${document.documentElement.scrollHeight}`;
  let size = sizeNow();
  while (performance.now() - changed < quiet && left() > 0) {
    await new Promise((done) => setTimeout(done, 10));
    const now = sizeNow();
    if (now !== size) { size = now; changed = performance.now(); }
  }
  observer.disconnect();
  /* What moves for ever is stopped where it began, what moves once is at its end: as screenshots show them. */
  for (const animation of document.getAnimations()) {
    const endless = animation.effect?.getComputedTiming().endTime === Infinity;
    try { endless ? animation.cancel() : animation.finish(); } catch { /* an animation that cannot end is left alone */ }
  }
  const restless = left() > 0 ? [] : [...touched]
    .filter(([node, when]) => node && node.isConnected && performance.now() - when < RECENT_MS)
    .slice(0, 5)
    .map(([node]) => { const { x, y, width, height } = node.getBoundingClientRect(); return [x + scrollX, y + scrollY, width, height]; });
  const loaded = [...document.fonts].filter((font) => font.status === "loaded");
  return {
    still: left() > 0,
    title: document.title,
    language: document.documentElement.lang,
    blank: !document.body || (document.body.innerText.trim() === ""
      && ![...document.querySelectorAll("img,svg,canvas,video,iframe,input,button,object")].some((node) => node.checkVisibility())),
    text: document.body ? document.body.innerText : "",
    restless,
    fonts: [...new Set(loaded.map((font) => font.family.replaceAll('"', "")))],
  };
}
