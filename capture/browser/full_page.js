/* Expand the page for a screenshot of the whole document: load lazy content by scrolling through it, give the box that
 * scrolls in place of the document its full height, and move bars that stick to the bottom of the viewport to the end of
 * the document. Give up after `limit` ms. Return a function that restores the page.
 *
 * A bar is moved only if no other element moves because of it.
 */
async ({limit}) => {
  const FRAME_TIMEOUT_MS = 500;
  const MOVED_PX = 0.5;
  const MAIN_SHARE = 0.5;  // fraction of the viewport from which a box that scrolls is the page's main content
  const started = performance.now();
  const inTime = () => performance.now() - started < limit;
  /* Wait until the current frame is drawn and observers were called, or until a page that draws nothing times out. */
  const nextFrame = () => new Promise((done) => {
    setTimeout(done, FRAME_TIMEOUT_MS);
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
  });
  const root = document.documentElement;
  const restorers = [];
  /* Set styles of a node; return a function that restores its style attribute. */
  const restyle = (node, styles) => {
    const before = node.getAttribute("style");
    for (const [name, value] of Object.entries(styles)) node.style.setProperty(name, value, "important");
    return () => (before === null ? node.removeAttribute("style") : node.setAttribute("style", before));
  };
  const allNodes = () => [...document.body.querySelectorAll("*")];
  const isScrollable = (node) => node.scrollHeight > node.clientHeight + 1 && ["auto", "scroll"].includes(getComputedStyle(node).overflowY);

  /* Give a scrollable box and all its ancestors their full height; return a function that restores them. */
  const showWhole = (scroller) => {
    const fullHeight = { height: "auto", "max-height": "none", "min-height": `${scroller.scrollHeight}px`, overflow: "visible", flex: "none" };
    const restoreAll = [restyle(scroller, fullHeight)];
    for (let ancestor = scroller.parentElement; ancestor; ancestor = ancestor.parentElement) {
      restoreAll.push(restyle(ancestor, { height: "auto", "max-height": "none", overflow: "visible" }));
    }
    return () => restoreAll.forEach((restore) => restore());
  };

  const scrollThrough = async (node, height) => {
    for (let y = 0; y < node.scrollHeight && inTime(); y += height) {
      node.scrollTo({ top: y, behavior: "instant" });
      await nextFrame();
    }
    node.scrollTo({ top: 0, behavior: "instant" });
  };

  const isAuto = (node) => getComputedStyle(node).contentVisibility === "auto";
  for (const node of allNodes().filter(isAuto)) restorers.push(restyle(node, { "content-visibility": "visible" }));
  for (const node of document.querySelectorAll("img[loading=lazy], iframe[loading=lazy]")) node.loading = "eager";
  const scrollers = allNodes().filter(isScrollable);
  const main = scrollers.find((node) => node.clientWidth * node.clientHeight > MAIN_SHARE * innerWidth * innerHeight);
  if (main && root.scrollHeight <= innerHeight) {
    const restore = showWhole(main);
    root.scrollHeight > innerHeight ? restorers.push(restore) : restore();
  }
  for (const node of scrollers.filter(isScrollable)) await scrollThrough(node, node.clientHeight);
  await scrollThrough(root, innerHeight);

  const boxesOf = (nodes) => nodes.map((node) => { const { x, y, width, height } = node.getBoundingClientRect(); return [x, y, width, height]; });
  const haveMoved = (before, after) => before.some((box, index) => box.some((value, side) => Math.abs(value - after[index][side]) > MOVED_PX));
  /* Bars in the lower part of the viewport: in the middle of a screenshot of the whole document, they would hide content. */
  const isBottomBar = (node) => {
    const { position, bottom } = getComputedStyle(node);
    if (!["sticky", "fixed"].includes(position) || bottom === "auto" || !node.checkVisibility()) return false;
    const box = node.getBoundingClientRect();
    return box.height > 0 && box.bottom > innerHeight - innerHeight * MAIN_SHARE && box.height < innerHeight * MAIN_SHARE;
  };
  if (root.scrollHeight > innerHeight) {
    for (const bar of allNodes().filter(isBottomBar)) {
      const others = allNodes().filter((other) => !bar.contains(other));
      const before = boxesOf(others);
      const height = root.scrollHeight;
      const atEnd = { position: "absolute", bottom: "auto", top: `${height - bar.getBoundingClientRect().height}px` };
      const inFlow = { position: "relative", inset: "auto" };
      const restore = restyle(bar, getComputedStyle(bar).position === "sticky" ? inFlow : atEnd);
      const isInside = bar.getBoundingClientRect().bottom <= height + MOVED_PX;
      !isInside || root.scrollHeight !== height || haveMoved(before, boxesOf(others)) ? restore() : restorers.push(restore);
    }
  }
  return () => restorers.reverse().forEach((restore) => restore());
}
