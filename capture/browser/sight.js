/* Read what a sighted person sees of the elements of a page.
 *
 * Return an object of functions; the comment of each says what it does. All rectangles are in CSS px of the window's
 * viewport, also those of what is in a frame. `names` is what names.js returns. `place` is where a frame of another origin
 * lies in the window ({ x, y, scrollX, scrollY, window }), null for the page itself; see `placeOf` in elements.js.
 */
(names, place) => {
  const { ancestorsOf, childrenOf, generatedText, isElement, isInline, isRendered, isSvg, isText, legible, parentOf, remember,
    roleOf, shadowRootOf, styleOf, tagOf, DRAWN_BY_FIREFOX } = names;
  const SMALLEST_PX = 2;  // an element clipped to 1 px is for screen readers only
  const FAINTEST = 0.05;  // opacity below which nothing is seen
  const EVERYWHERE = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
  const NOWHERE = { left: 0, top: 0, right: 0, bottom: 0 };

  // Rectangles

  const intersection = (one, other) => ({
    left: Math.max(one.left, other.left), top: Math.max(one.top, other.top),
    right: Math.min(one.right, other.right), bottom: Math.min(one.bottom, other.bottom),
  });
  const union = (rects) => ({
    left: Math.min(...rects.map(({ left }) => left)), top: Math.min(...rects.map(({ top }) => top)),
    right: Math.max(...rects.map(({ right }) => right)), bottom: Math.max(...rects.map(({ bottom }) => bottom)),
  });
  const isLarge = ({ left, top, right, bottom }) => right - left >= SMALLEST_PX && bottom - top >= SMALLEST_PX;
  const area = ({ left, top, right, bottom }) => (right - left) * (bottom - top);
  const moved = ({ left, top, right, bottom }, [x, y]) => ({ left: left + x, top: top + y, right: right + x, bottom: bottom + y });

  /* Return the rectangle of the window's viewport in which the page can be seen. */
  const windowOf = () => place?.window ?? { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  /* Return how far the page is scrolled: x, y. */
  const scrolled = () => (place ? [place.scrollX, place.scrollY] : [scrollX, scrollY]);
  const ownOrigin = () => (place ? [place.x, place.y] : [0, 0]);
  /* Return where the document of a node begins in the window's viewport: x, y. */
  const originOf = (node) => {
    const frame = node.ownerDocument.defaultView?.frameElement;
    if (!frame) return ownOrigin();
    const [{ left, top }, [x, y]] = [frame.getBoundingClientRect(), originOf(frame)];
    const { paddingLeft, paddingTop } = getComputedStyle(frame);
    return [left + frame.clientLeft + parseFloat(paddingLeft) + x, top + frame.clientTop + parseFloat(paddingTop) + y];
  };
  const rectsOf = (node) => [...node.getClientRects()].map((rect) => moved(rect, originOf(node)));
  const rectsOfText = (node) => {
    const range = node.ownerDocument.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].map((rect) => moved(rect, originOf(node)));
  };
  const boundsOf = (node) => moved(node.getBoundingClientRect(), originOf(node));

  // Clipping

  const holdsFixed = ({ transform, filter, perspective, contain }) =>
    transform !== "none" || filter !== "none" || perspective !== "none" || /paint|layout|strict|content/.test(contain);
  const SKIPPED_BY = {
    absolute: (style) => style.position === "static" && !holdsFixed(style),
    fixed: (style) => !holdsFixed(style),
  };
  /* Return the nearest element whose overflow can clip a node: an absolute or fixed element escapes some of its ancestors. */
  const clippingParentOf = (node) => {
    const isSkipped = SKIPPED_BY[styleOf(node).position] ?? (() => false);
    let parent = parentOf(node);
    while (parent && parent.ownerDocument === node.ownerDocument && isSkipped(styleOf(parent))) parent = parentOf(parent);
    return parent;
  };

  const lengthOf = (text, whole) => (text.endsWith("%") ? parseFloat(text) / 100 * whole : parseFloat(text) || 0);
  const EMPTY_PATH = /^(?:circle|ellipse)\(0(?:px|%)?\b|^polygon\((?:0(?:px|%)? 0(?:px|%)?(?:, )?)+\)$/;
  /* Return the rectangle to which `clip` or a simple `clip-path` cuts an element and its content. */
  const ownClip = (node) => {
    const { clip, clipPath, position } = styleOf(node);
    const rect = ["absolute", "fixed"].includes(position) && clip.match(/^rect\((.*)\)$/);
    const inset = clipPath.match(/^inset\(([^)]*?)(?:\s+round.*)?\)$/);
    if (EMPTY_PATH.test(clipPath)) return NOWHERE;
    if (!rect && !inset) return EVERYWHERE;
    const { left, top, right, bottom } = boundsOf(node);
    if (rect) {
      const [upper, far, lower, near] = rect[1].split(/,\s*/).map(parseFloat);
      return { left: left + (near || 0), top: top + (upper || 0), right: Number.isNaN(far) ? right : left + far, bottom: Number.isNaN(lower) ? bottom : top + lower };
    }
    const [upper, far = upper, lower = upper, near = far] = inset[1].split(/\s+/);
    const [across, down] = [(part) => lengthOf(part, right - left), (part) => lengthOf(part, bottom - top)];
    return { left: left + across(near), top: top + down(upper), right: right - across(far), bottom: bottom - down(lower) };
  };

  const CLIPS = new Set(["hidden", "clip"]);
  /* Return the rectangle to which the overflow of an element cuts its content; what can be scrolled into view is not cut. */
  const overflowClip = (node) => {
    const { overflowX, overflowY, display } = styleOf(node);
    if ((!CLIPS.has(overflowX) && !CLIPS.has(overflowY)) || display === "inline" || display === "contents") return EVERYWHERE;
    if (["html", "body"].includes(tagOf(node))) return EVERYWHERE;  // that is the overflow of the viewport
    const { left, top, right, bottom } = boundsOf(node);
    return {
      left: CLIPS.has(overflowX) ? left : -Infinity, right: CLIPS.has(overflowX) ? right : Infinity,
      top: CLIPS.has(overflowY) ? top : -Infinity, bottom: CLIPS.has(overflowY) ? bottom : Infinity,
    };
  };

  const { scrollWidth, scrollHeight } = document.documentElement;
  const VIEWPORT = moved({ left: 0, top: 0, right: innerWidth, bottom: innerHeight }, ownOrigin());
  const PAGE = moved(
    moved({ left: 0, top: 0, right: Math.max(scrollWidth, innerWidth), bottom: Math.max(scrollHeight, innerHeight) }, [-scrollX, -scrollY]),
    ownOrigin(),
  );
  const isFixed = remember((node) => {
    const parent = parentOf(node);
    return styleOf(node).position === "fixed" || (parent !== null && isFixed(parent));
  });
  /* Return the rectangle outside which nothing of an element can be seen. */
  const areaOf = remember((node) => {
    const parent = clippingParentOf(node);
    const around = parent ? contentAreaOf(parent) : isFixed(node) ? VIEWPORT : PAGE;
    return intersection(around, ownClip(node));
  });
  const contentAreaOf = remember((node) => scrollableArea(node, intersection(areaOf(node), overflowClip(node))));
  const SCROLLS = new Set(["auto", "scroll"]);
  /* Return the rectangle outside which nothing in an element can be seen: none above or below in a box that scrolls. */
  const scrollableArea = (node, seen) => {
    const scrolls = SCROLLS.has(styleOf(node).overflowY) && node.scrollHeight > node.clientHeight;
    if (!scrolls || !isLarge(seen) || ["html", "body"].includes(tagOf(node))) return seen;
    return { ...seen, top: -Infinity, bottom: Infinity };
  };

  // Seen or not

  const opacityOf = remember((node) => {
    const parent = parentOf(node);
    const { opacity, filter } = styleOf(node);
    return (/opacity\(0%?\)/.test(filter) ? 0 : Number(opacity)) * (parent ? opacityOf(parent) : 1);
  });
  const isBoxless = (node) => styleOf(node).display === "contents";
  const isShown = (node) => (isBoxless(node) || isRendered(node)) && opacityOf(node) >= FAINTEST;

  /* Return the element of `content-visibility: auto` far from the viewport in which a node is not laid out yet, or null. */
  const skippedBy = remember((node) => (node.checkVisibility({ contentVisibilityAuto: true })
    ? null
    : [...ancestorsOf(node)].find((ancestor) => styleOf(ancestor).contentVisibility === "auto") ?? null));

  /* Return the rectangles of an element that can be seen; of an element without any, those of its content. */
  const seenRects = remember((node) => {
    const own = rectsOf(node).map((rect) => intersection(rect, areaOf(node))).filter(isLarge);
    if (own.length) return own;
    if (skippedBy(node)) return rectsOf(skippedBy(node)).map((rect) => ({ ...rect, bottom: Math.max(rect.bottom, rect.top + SMALLEST_PX) }));
    return childrenOf(node).flatMap((child) => {
      if (isText(child)) return rectsOfText(child).map((rect) => intersection(rect, contentAreaOf(node))).filter(isLarge);
      return isElement(child) && isShown(child) ? seenRects(child) : [];
    });
  });

  const channelsOf = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const alphaOf = (colour) => channelsOf(colour)[3] ?? 1;
  /* Return the colour behind the text of an element, null if that is not one colour. */
  const groundOf = remember((node) => {
    const { backgroundImage, backgroundColor, position } = styleOf(node);
    if (backgroundImage !== "none") return null;
    const [alpha, parent] = [alphaOf(backgroundColor), parentOf(node)];
    if (alpha > 0) return alpha === 1 ? backgroundColor : null;
    if (!parent) return "rgb(255, 255, 255)";
    return ["absolute", "fixed"].includes(position) ? null : groundOf(parent);
  });
  const clipsBackground = (node) => styleOf(node).backgroundClip.includes("text");
  /* Return whether the text of an element has the colour of what is behind it. */
  const isColourless = remember((node) => {
    const { color, webkitTextFillColor, webkitTextStrokeWidth, textShadow } = styleOf(node);
    const drawn = webkitTextFillColor || color;
    if (textShadow !== "none" || parseFloat(webkitTextStrokeWidth) > 0) return false;
    if (clipsBackground(node) || [...ancestorsOf(node)].some(clipsBackground)) return false;
    if (alphaOf(drawn) < FAINTEST) return true;
    const ground = groundOf(node);
    return ground !== null && channelsOf(drawn).slice(0, 3).join() === channelsOf(ground).slice(0, 3).join();
  });

  const ICON_FONT = /icon|glyph|awesome|symbol/i;  // such a font draws a picture in place of the letters of "home"
  const drawsText = remember((node) => {
    const { fontSize, fontFamily } = styleOf(node);
    return isShown(node) && parseFloat(fontSize) >= 1 && !ICON_FONT.test(fontFamily.split(",")[0]) && !isColourless(node);
  });
  const isTextSeen = (text, parent) =>
    /\S/.test(text.data) && drawsText(parent)
    && (skippedBy(parent) !== null || rectsOfText(text).some((rect) => isLarge(intersection(rect, contentAreaOf(parent)))));

  // Words

  const PUSHED = new Set(["button", "submit", "reset"]);
  const WITHOUT_WORDS = new Set(["input", "select", "textarea", "img", "iframe", "frame", "canvas", "video", "audio", "object", "embed"]);
  const HINT_TAGS = new Set(["small", "kbd"]);
  const READINGS = new Set(["rt", "rp", "rtc"]);
  /* Return whether an element tells how the characters beside it are pronounced: it is drawn small above them. */
  const isReading = (node) => READINGS.has(tagOf(node));
  const sizeOf = (node) => parseFloat(styleOf(node).fontSize);

  /* What lies between two pieces of text, the strongest last; see `linesIn`. */
  const [SEAM, HINT_SEAM, BREAK] = [1, 2, 3];
  const isInFlow = ({ float, position }) => float === "none" && position !== "absolute" && position !== "fixed";
  const isFlexible = (node) => /flex|grid/.test(styleOf(node).display);
  /* Return what lies between a child that is drawn in an element and the text beside it, 0 for nothing. */
  const seamOf = (child, node) => {
    const isHint = HINT_TAGS.has(tagOf(child)) || sizeOf(child) < sizeOf(node) - 0.5;
    if (isInline(child)) return isHint ? HINT_SEAM : 0;
    const isBeside = styleOf(child).display.startsWith("inline-") || !isInFlow(styleOf(child)) || isFlexible(node);
    return !isBeside ? BREAK : isHint ? HINT_SEAM : SEAM;
  };

  const WIDE = "[\\p{scx=Hani}\\p{scx=Hira}\\p{scx=Kana}]";
  const BREAK_IN_WIDE = new RegExp(`(?<=${WIDE})[ \\t]*\\n\\s*(?=${WIDE})`, "gu");  // no space is drawn for it
  const COLLAPSIBLE = /[ \t\n\r\f]+/g;
  const keepsSpaces = (node) => /^(?:pre|pre-wrap|break-spaces)$/.test(styleOf(node).whiteSpace);
  /* Return pieces without the spaces at the beginning and the end of the box that they are in, which are not drawn. */
  const trimmed = (pieces, node) => {
    if (isInline(node) || keepsSpaces(node)) return pieces;
    const isBlank = ({ text }) => text === " ";
    const [first, last] = [pieces.findIndex((piece) => !isBlank(piece)), pieces.findLastIndex((piece) => !isBlank(piece))];
    return pieces.slice(first, last + 1).map((piece, at, { length }) => {
      if (!piece.text || (at > 0 && at < length - 1)) return piece;
      const text = at === 0 ? piece.text.replace(/^ /, "") : piece.text;
      return { ...piece, text: at === length - 1 ? text.replace(/ $/, "") : text };
    });
  };

  /* Return the words that an element draws as pieces: { text, node } is text, drawn by a node; { seam } lies between two. */
  const piecesOf = (node, isLeftOut) => {
    const tag = tagOf(node);
    if (tag === "input" && PUSHED.has(node.type)) return isShown(node) ? [{ text: node.value || DRAWN_BY_FIREFOX[node.type] || "", node }] : [];
    if (WITHOUT_WORDS.has(tag) || !(isBoxless(node) || isRendered(node))) return [];
    const generated = (pseudo) => {
      const text = generatedText(node, pseudo, false);
      return /[\p{L}\p{N}]/u.test(text) && drawsText(node) && seenRects(node).length ? [{ text }] : [];  // a bullet is no word
    };
    const content = childrenOf(node).flatMap((child) => {
      if (isText(child)) return piecesOfText(child, node);
      if (!isElement(child) || isLeftOut(child) || isReading(child)) return [];
      if (tagOf(child) === "br") return [{ text: " " }];
      const [seam, pieces] = [seamOf(child, node), trimmed(piecesOf(child, isLeftOut), child)];
      return seam && pieces.length ? [{ seam }, ...pieces, { seam }] : pieces;
    });
    return [...generated("::before"), ...content, ...generated("::after")];
  };
  const piecesOfText = (text, parent) => {
    if (!/\S/.test(text.data)) return isFlexible(parent) ? [] : [{ text: " " }];
    if (!isTextSeen(text, parent)) return [];
    return [{ text: text.data.replace(BREAK_IN_WIDE, "").replace(COLLAPSIBLE, " "), node: text }];
  };

  const GAP = 0.2;  // of the size of the letters: a wider gap separates words
  const SAME_LINE = 0.5;  // of the height of the lower text, which lies beside the other one
  const drawingOf = (node) => (isText(node) ? parentOf(node) : node);
  const floatedIn = (node) => [node, ...ancestorsOf(node)].slice(0, 3).some((one) => styleOf(one).float !== "none");
  /* Return the gap between two pieces of text that follow each other on a line, in sizes of their letters; Infinity: on two lines. */
  const gapBetween = (before, after) => {
    if (!before.node || !after.node) return Infinity;
    const [one, other] = [before.node, after.node].map((node) => (isText(node) ? rectsOfText(node) : rectsOf(node)));
    if (!one.length || !other.length) return Infinity;
    const [first, second] = [one.at(-1), other[0]];
    const beside = Math.min(first.bottom, second.bottom) - Math.max(first.top, second.top);
    if (beside < SAME_LINE * Math.min(first.bottom - first.top, second.bottom - second.top)) return Infinity;
    const sizes = [before.node, after.node].map((node) => sizeOf(drawingOf(node)));
    const size = floatedIn(drawingOf(before.node)) ? Math.max(...sizes) : Math.min(...sizes);  // an initial letter keeps its distance
    return Math.abs(Math.max(first.left, second.left) - Math.min(first.right, second.right)) / size;
  };
  /* Return the lines of pieces of text. At a seam, words go on unless there is a space, or they are drawn apart. At the seam
   * of a hint, "lead" has its end in any case. */
  const linesIn = (pieces) => {
    const lines = [""];
    let [seam, isSpaced, last] = [0, true, null];
    for (const piece of pieces) {
      if (piece.seam) seam = Math.max(seam, piece.seam);
      else if (!/\S/.test(piece.text)) {
        isSpaced = true;
        lines[lines.length - 1] += " ";
      } else {
        const isNew = seam === BREAK || (seam && (isSpaced || /^\s/.test(piece.text) || gapBetween(last, piece) > GAP));
        if (isNew) lines.push(" ");
        else if (seam === HINT_SEAM) lines.push("");
        lines[lines.length - 1] += piece.text;
        [seam, isSpaced, last] = [0, /\s$/.test(piece.text), piece];
      }
    }
    return lines;
  };

  const allPiecesOf = remember((node) => piecesOf(node, () => false));
  const NEAR = 0.5;  // size of a gap in a line of text
  /* Return whether the text that an element draws in several boxes runs on: in one line, or from word to word. */
  const runsOn = (node) => {
    const pieces = allPiecesOf(node).filter(({ text }) => /\S/.test(text ?? ""));
    const isOfWords = !isFlexible(node) && pieces.every(({ text }) => !/\S\s+\S/.test(text));
    return pieces.length > 1 && pieces.every((piece, at) => {
      const gap = at === 0 ? 0 : gapBetween(pieces[at - 1], piece);
      return gap <= NEAR || (gap === Infinity && isOfWords);
    });
  };

  const NOT_OF_A_HEADING = new Set(["button", "checkbox", "combobox", "listbox", "menu", "menubar", "radio", "switch", "textbox", "toolbar"]);
  const linesOf = remember((node) => {
    if (roleOf(node) !== "heading") return linesIn(allPiecesOf(node));
    return linesIn(piecesOf(node, (child) => NOT_OF_A_HEADING.has(roleOf(child))));
  });
  /* Return the words of an element that are seen. */
  const wordsOf = remember((node) => legible(linesOf(node).join("")));
  /* Return those words without those of the elements that are left out. */
  const wordsIn = (node, isLeftOut) => legible(linesIn(piecesOf(node, isLeftOut)).join(""));
  /* Return the first line of those words: a label without its hint. */
  const leadOf = (node) => linesOf(node).map(legible).find(Boolean) ?? "";

  const PICTURES = "img, svg, canvas, video, picture, object, embed, iframe, input";
  const hasPicture = ({ backgroundImage, maskImage }) => backgroundImage !== "none" || maskImage !== "none";
  const hasBackground = (node) => {
    const { backgroundColor, borderTopWidth } = styleOf(node);
    return hasPicture(styleOf(node)) || alphaOf(backgroundColor) > FAINTEST || parseFloat(borderTopWidth) > 0;
  };
  const drawsIcon = (node) => node.matches(PICTURES) || hasPicture(styleOf(node)) || ["::before", "::after"].some((pseudo) => {
    const style = getComputedStyle(node, pseudo);
    return !["none", "normal", ""].includes(style.content) && (style.content !== '""' || hasPicture(style) || alphaOf(style.backgroundColor) > FAINTEST);
  });
  /* Return whether an element draws words or a picture, or contains one. */
  const drawsAnything = (node) =>
    wordsOf(node) !== "" || drawsIcon(node) || [...node.querySelectorAll("*")].some((child) => isShown(child) && drawsIcon(child));

  const DRAWS_ITS_TEXT = new Set(["heading", "link", "menuitem", "menuitemcheckbox", "menuitemradio", "tab", "text", "treeitem"]);
  /* Return whether a sighted person sees an element. `role` is that of the element, or "text". */
  const isSeen = (node, role) => isShown(node) && seenRects(node).length > 0 && (!DRAWS_ITS_TEXT.has(role) || isSvg(node) || drawsAnything(node));

  /* Return the first element in the page, among those at a point of the viewport, as a person would hit it. */
  const topmostAt = (x, y) => {
    let [root, top] = [document, null];
    let [left, upper] = [x - ownOrigin()[0], y - ownOrigin()[1]];
    for (;;) {
      const found = root.elementFromPoint(left, upper);
      if (!found || found === top) return top;
      top = found;
      if (shadowRootOf(found)) root = shadowRootOf(found);
      else if (["iframe", "frame"].includes(tagOf(found)) && childrenOf(found)[0]?.ownerDocument === found.contentDocument && found.contentDocument) {
        root = found.contentDocument;
        const [originX, originY] = originOf(root.documentElement);
        [left, upper] = [x - originX, y - originY];
      } else return top;
    }
  };

  return {
    alphaOf, area, boundsOf, drawsText, hasBackground, intersection, isLarge, isReading, isSeen, isTextSeen, leadOf, moved, opacityOf, originOf, rectsOf,
    rectsOfText, runsOn, scrolled, seenRects, sizeOf, topmostAt, union, windowOf, wordsIn, wordsOf, FAINTEST,
  };
}
