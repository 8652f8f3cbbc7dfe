/* Changes that a pair makes to a page, for foreign.toml. Things are found by their order among those that are seen. */
globalThis.changes = (() => {
  const seen = (node) => {
    const { width, height, top } = node.getBoundingClientRect();
    return width > 1 && height > 1 && top + scrollY < 3800 && node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
  const at = (selector, n) => { const found = all(selector); if (!found.length) throw new Error(`no ${selector}`); return found[Math.min(n, found.length - 1)]; };
  const texts = () => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (/\p{L}{3}/u.test(node.data) && !/^(script|style|option|noscript)$/i.test(node.parentElement.tagName) && seen(node.parentElement)) found.push(node);
    }
    return found;
  };
  const isAlone = (node) => node.parentElement.childNodes.length === 1 && /^\s*\p{L}+\s*$/u.test(node.data);
  /* Return the nth text of one word that stands alone in its element. */
  const lone = (n) => { const found = texts().filter(isAlone); if (!found.length) throw new Error("no lone word"); return found[n % found.length]; };
  const matching = (pattern, n) => { const found = texts().filter((node) => pattern.test(node.data)); if (!found.length) throw new Error(`no ${pattern}`); return found[n % found.length]; };
  const replace = (pattern, by, n = 0) => { const node = matching(pattern, n); node.data = node.data.replace(pattern, by); };
  const canvasOf = (image) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas;
  };
  return {
    all, at, texts, lone, replace,
    /* Remove what is below a height (px), or the elements after a number of them; return that number. */
    shorten(kept, tallest) {
      const nodes = [...document.body.querySelectorAll("*")];
      const first = nodes.findIndex((node) => node.getBoundingClientRect().top + scrollY > tallest);
      const number = kept ?? (first < 0 ? nodes.length : first);
      for (const node of nodes.slice(number)) node.remove();
      return number;
    },
    dark() {
      document.documentElement.setAttribute("data-fr-theme", "dark");
      document.documentElement.style.colorScheme = "dark";
      document.body.classList.add("dark");
      if (getComputedStyle(document.body).color === "rgb(0, 0, 0)") document.body.style.cssText += "background: #161616; color: #eee";
    },
    style(node, css) { (node.nodeType === 3 ? node.parentElement : node).style.cssText += `;${css}`; },
    tick(selector, n) { const node = document.querySelectorAll(selector)[n]; node.checked = !node.checked; },
    /* Add a native control in front of the nth paragraph or heading. */
    insert(html, n) { at("p, h2, h3, li", n).insertAdjacentHTML("afterbegin", html); },
    /* Draw a smaller version of a photograph in its place, as a server does that resamples. */
    resample(image, share) {
      const small = document.createElement("canvas");
      [small.width, small.height] = [Math.round(image.naturalWidth * share), Math.round(image.naturalHeight * share)];
      const context = small.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(image, 0, 0, small.width, small.height);
      const { width, height } = image.getBoundingClientRect();
      image.style.cssText += `;width: ${width}px; height: ${height}px`;
      image.src = small.toDataURL("image/png");
    },
    /* Draw something onto a photograph. */
    paint(image, draw) {
      const canvas = canvasOf(image);
      draw(canvas.getContext("2d"), canvas.width, canvas.height);
      image.src = canvas.toDataURL("image/png");
    },
  };
})();
