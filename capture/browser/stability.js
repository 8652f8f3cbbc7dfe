/* Wait until a page is stable: fonts and visible images are loaded, for `quiet` ms no node was added, removed or changed
 * and the document kept its size, and nothing says that the page is still loading; that is waited for up to `loading` ms.
 * A page that shows nothing, because it is empty or hidden until its scripts have loaded, is waited for up to `blank` ms.
 * Give up after `limit` ms. Return the state of the page.
 */
async ({quiet, limit, loading, blank, fullPage}) => {
  const RECENT_MS = 1000;
  const POLL_MS = 10;
  const LOADING_POLL_MS = 50;
  const MAX_UNSTABLE = 5;  // boxes reported of an unstable page
  const started = performance.now();
  const remaining = () => Math.max(0, limit - (performance.now() - started));
  const withTimeout = (promise, time = remaining()) => Promise.race([promise, new Promise((done) => setTimeout(done, time))]);
  const styled = await withTimeout(document.fonts.ready, limit / 2);  // style sheets and fonts
  const isAwaited = (image) => image.currentSrc && (fullPage || image.getBoundingClientRect().top < innerHeight);
  const images = [...document.images].filter(isAwaited);
  await withTimeout(Promise.all(images.map((image) => image.decode().catch(() => null))));
  const isInView = (node) => {
    const { width, height, top, left } = node.getBoundingClientRect();
    return width > 0 && height > 0 && top < innerHeight && left < innerWidth
      && node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  const DRAWN = "img, svg, canvas, video, iframe, frame, input, select, textarea, button, object";
  const isDisplayed = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const ERROR = 400;
  /* Return whether the page shows nothing: no text, picture or field. */
  const showsNothing = () => {
    if (!document.body) return true;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) if (/\S/.test(texts.currentNode.data) && isDisplayed(texts.currentNode.parentElement)) return false;
    return ![...document.querySelectorAll("*")].some((node) => (node.matches(DRAWN) || node.shadowRoot) && isDisplayed(node));
  };
  /* Return whether a page that shows nothing may still come: not an error, nor anything but a page. */
  const mayStillCome = () => ["http:", "https:"].includes(location.protocol) && /html/.test(document.contentType)
    && !(performance.getEntriesByType("navigation")[0]?.responseStatus >= ERROR);
  const BUSY = "[aria-busy=true], [role=progressbar]:not([aria-valuenow]), progress:not([value])";
  const REFRESH = /^\s*[0-5](?:\.\d*)?\s*[;,]\s*url/i;  // a page that leads on within 5 s
  const LOADING_TEXT = /^(?:chargement|loading|redirection en cours|redirecting|(?:veuillez )?patiente[rz]|please wait)(?:\s.{0,30})?[.…]*$/i;
  /* Return the visible sign that the page is still loading, "" if there is none. */
  const loadingSign = () => {
    const busy = [...document.querySelectorAll(BUSY)].find(isInView);
    if (busy) return busy.getAttribute("aria-label") || "aria-busy";
    const refresh = [...document.querySelectorAll("meta[http-equiv=refresh i]")].find(({ content }) => REFRESH.test(content));
    if (refresh) return refresh.content;
    const texts = document.createTreeWalker(document.body ?? document, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode.data.trim();
      if (LOADING_TEXT.test(text) && isInView(texts.currentNode.parentElement)) return text;
    }
    return "";
  };
  let lastChange = performance.now();
  const changedNodes = new Map();
  const observer = new MutationObserver((records) => {
    lastChange = performance.now();
    for (const { target } of records) {
      changedNodes.set(target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement, lastChange);
    }
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  const documentSize = () => `${document.documentElement?.scrollWidth}x${document.documentElement?.scrollHeight}`;
  let size = documentSize();
  let [sign, isBlank] = ["", false];
  const elapsed = () => performance.now() - started;
  do {
    while (performance.now() - lastChange < quiet && remaining() > 0) {
      await new Promise((done) => setTimeout(done, POLL_MS));
      const newSize = documentSize();
      if (newSize !== size) { size = newSize; lastChange = performance.now(); }
    }
    sign = loadingSign();
    isBlank = showsNothing();
    if (sign || isBlank) await new Promise((done) => setTimeout(done, LOADING_POLL_MS));
  } while (((sign && elapsed() < loading) || (isBlank && elapsed() < blank && mayStillCome())) && remaining() > 0);
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
  const SHARED = "header, nav, aside, footer, [role=banner], [role=navigation], [role=complementary], [role=contentinfo]";
  const FIELD = "input:not([type=hidden i], [type=submit i], [type=button i], [type=image i], [type=reset i]), select, textarea,"
    + " [contenteditable=true], [role=textbox], [role=combobox]";
  /* Return the visible text of the page without its header, menus and footer, and whether it has fields. */
  const ownContent = () => {
    const main = [...document.querySelectorAll("main, [role=main]")].find((node) => node.checkVisibility());
    const root = main ?? document.body;
    if (!root) return { text: "", hasFields: false };
    const isShared = (node) => root.contains(node.closest(SHARED)) && (!main || !node.closest("header, [role=banner]"));
    const shared = [...root.querySelectorAll(SHARED)].filter((node) => isShared(node) && node.checkVisibility());
    const text = shared.reduce((rest, { innerText }) => rest.replace(innerText, () => ""), root.innerText);
    const hasFields = [...root.querySelectorAll(FIELD)]
      .some((node) => node.checkVisibility() && !shared.some((part) => part.contains(node)));
    return { text, hasFields };
  };
  const fontsThatAre = (status) => [...document.fonts].filter((font) => font.status === status)
    .map((font) => font.family.replaceAll('"', ""));
  return {
    stable: remaining() > 0,
    contentType: document.contentType,
    title: document.title,
    heading: [...document.querySelectorAll("h1, h2, [role=heading]")].find(isInView)?.innerText.trim() ?? "",
    loading: sign,
    language: document.documentElement?.lang ?? "",
    blank: isBlank,
    text: document.body ? document.body.innerText : "",
    own: ownContent(),
    unstable,
    fonts: [...new Set(fontsThatAre("loaded"))],
    late: styled ? null : fontsThatAre("loading")[0] ?? "",
  };
}
