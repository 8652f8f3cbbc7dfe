/* Make ready for a picture of the whole document: bring in what only loads when it is scrolled to, let what scrolls in
 * place of the document grow to its full height, and lay bars that stick to the window where they are at the end of it.
 * Give up after `limit` ms. Gives a function that undoes it all.
 *
 * A bar is only touched if nothing else moves by it.
 */
async ({limit}) => {
  const FRAME_MS = 500;
  const MOVED_PX = 0.5;
  const MOST_OF = 0.5;  // share of the window from which a box that scrolls is the page
  const begun = performance.now();
  const inTime = () => performance.now() - begun < limit;
  /* Until what is seen now has been drawn, and the page was told of it; a page that draws nothing is not waited for. */
  const nextFrame = () => new Promise((done) => {
    setTimeout(done, FRAME_MS);
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
  });
  const root = document.documentElement;
  const undone = [];
  const restyle = (node, styles) => {
    const before = node.getAttribute("style");
    for (const [name, value] of Object.entries(styles)) node.style.setProperty(name, value, "important");
    return () => (before === null ? node.removeAttribute("style") : node.setAttribute("style", before));
  };
  const everything = () => [...document.body.querySelectorAll("*")];
  const scrolls = (node) => node.scrollHeight > node.clientHeight + 1 && ["auto", "scroll"].includes(getComputedStyle(node).overflowY);

  const grow = (scroller) => {
    const free = { height: "auto", "max-height": "none", "min-height": `${scroller.scrollHeight}px`, overflow: "visible", flex: "none" };
    const undo = [restyle(scroller, free)];
    for (let above = scroller.parentElement; above; above = above.parentElement) {
      undo.push(restyle(above, { height: "auto", "max-height": "none", overflow: "visible" }));
    }
    return () => undo.forEach((one) => one());
  };

  const scrollThrough = async (node, height) => {
    for (let y = 0; y < node.scrollHeight && inTime(); y += height) {
      node.scrollTo({ top: y, behavior: "instant" });
      await nextFrame();
    }
    node.scrollTo({ top: 0, behavior: "instant" });
  };

  for (const node of document.querySelectorAll("img[loading=lazy], iframe[loading=lazy]")) node.loading = "eager";
  const inner = everything().filter(scrolls);
  const page = inner.find((node) => node.clientWidth * node.clientHeight > MOST_OF * innerWidth * innerHeight);
  if (page && root.scrollHeight <= innerHeight) {
    const undo = grow(page);
    root.scrollHeight > innerHeight ? undone.push(undo) : undo();
  }
  for (const node of inner.filter(scrolls)) await scrollThrough(node, node.clientHeight);
  await scrollThrough(root, innerHeight);

  const places = (nodes) => nodes.map((node) => { const { x, y, width, height } = node.getBoundingClientRect(); return [x, y, width, height]; });
  const moved = (one, other) => one.some((sides, at) => sides.some((side, of) => Math.abs(side - other[at][of]) > MOVED_PX));
  /* Bars that the end of the window holds: over the middle of a picture of the whole document, they would hide some of it. */
  const isHeld = (node) => {
    const { position, bottom } = getComputedStyle(node);
    if (!["sticky", "fixed"].includes(position) || bottom === "auto" || !node.checkVisibility()) return false;
    const place = node.getBoundingClientRect();
    return place.height > 0 && place.bottom > innerHeight - innerHeight * MOST_OF && place.height < innerHeight * MOST_OF;
  };
  if (root.scrollHeight > innerHeight) {
    for (const node of everything().filter(isHeld)) {
      const others = everything().filter((other) => !node.contains(other));
      const before = places(others);
      const height = root.scrollHeight;
      const atEnd = { position: "absolute", bottom: "auto", top: `${height - node.getBoundingClientRect().height}px` };
      const inFlow = { position: "relative", inset: "auto" };
      const undo = restyle(node, getComputedStyle(node).position === "sticky" ? inFlow : atEnd);
      const there = node.getBoundingClientRect().bottom <= height + MOVED_PX;
      !there || root.scrollHeight !== height || moved(before, places(others)) ? undo() : undone.push(undo);
    }
  }
  return () => undone.reverse().forEach((one) => one());
}
