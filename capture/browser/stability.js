/* Wait until a page is stable: fonts and visible images are loaded, and for `quiet` ms no node was added, removed or
 * changed and the document kept its size. Give up after `limit` ms. Return the state of the page.
 */
async ({quiet, limit, fullPage}) => {
  const RECENT_MS = 1000;
  const POLL_MS = 10;
  const MAX_UNSTABLE = 5;  // boxes reported of an unstable page
  const started = performance.now();
  const remaining = () => Math.max(0, limit - (performance.now() - started));
  const withTimeout = (promise) => Promise.race([promise, new Promise((done) => setTimeout(done, remaining()))]);
  await withTimeout(document.fonts.ready);
  const isAwaited = (image) => image.currentSrc && (fullPage || image.getBoundingClientRect().top < innerHeight);
  const images = [...document.images].filter(isAwaited);
  await withTimeout(Promise.all(images.map((image) => image.decode().catch(() => null))));
  let lastChange = performance.now();
  const changedNodes = new Map();
  const observer = new MutationObserver((records) => {
    lastChange = performance.now();
    for (const { target } of records) {
      changedNodes.set(target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement, lastChange);
    }
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  const documentSize = () => `${document.documentElement.scrollWidth}x${document.documentElement.scrollHeight}`;
  let size = documentSize();
  while (performance.now() - lastChange < quiet && remaining() > 0) {
    await new Promise((done) => setTimeout(done, POLL_MS));
    const newSize = documentSize();
    if (newSize !== size) { size = newSize; lastChange = performance.now(); }
  }
  observer.disconnect();
  /* As screenshots do with animations="disabled": endless animations return to their start, others jump to their end. */
  for (const animation of document.getAnimations()) {
    const endless = animation.effect?.getComputedTiming().endTime === Infinity;
    try { endless ? animation.cancel() : animation.finish(); } catch { /* one without an end time is left running */ }
  }
  const unstable = remaining() > 0 ? [] : [...changedNodes]
    .filter(([node, time]) => node && node.isConnected && performance.now() - time < RECENT_MS)
    .slice(0, MAX_UNSTABLE)
    .map(([node]) => { const { x, y, width, height } = node.getBoundingClientRect(); return [x + scrollX, y + scrollY, width, height]; });
  const loadedFonts = [...document.fonts].filter((font) => font.status === "loaded");
  return {
    stable: remaining() > 0,
    title: document.title,
    language: document.documentElement.lang,
    blank: !document.body || (document.body.innerText.trim() === ""
      && ![...document.querySelectorAll("img,svg,canvas,video,iframe,input,button,object")].some((node) => node.checkVisibility())),
    text: document.body ? document.body.innerText : "",
    unstable,
    fonts: [...new Set(loadedFonts.map((font) => font.family.replaceAll('"', "")))],
  };
}
