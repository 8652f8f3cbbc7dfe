/* Find the words that a reader takes for the label of a field that has none of its own: those drawn just before it or above
 * it, or just after a box to tick.
 *
 * Return a function of `page`, { roleOf: role under which an element is listed, shownBy: element that shows it }, which
 * returns an object of functions; the comment of each says what it does. `names` is what names.js returns, `sight` what sight.js
 * returns, `values` what field_value.js returns.
 */
(names, sight, values) => ({ roleOf, shownBy }) => {
  const { ancestorsOf, attribute, childrenOf, contains, isElement, isInline, isRendered, isText, legible, parentOf, referencesOf,
    remember, styleOf, tagOf } = names;
  const { boundsOf, isLarge, isSeen, isTextSeen, rectsOfText, sizeOf, union, wordsIn, wordsOf } = sight;
  const { opensList } = values;

  const TICKED = new Set(["checkbox", "radio", "switch"]);
  const FIELDS = new Set([...TICKED, "combobox", "listbox", "searchbox", "slider", "spinbutton", "textbox"]);
  const OTHERS = new Set(["button", "frame", "img", "link", "menuitem", "menuitemcheckbox", "menuitemradio", "meter", "option", "progressbar",
    "tab", "treeitem"]);
  const DIALOGS = new Set(["dialog", "alertdialog"]);
  const isField = (node) => FIELDS.has(roleOf(node)) || opensList(node);
  const isTicked = (node) => TICKED.has(roleOf(node));
  const isShown = (node) => isSeen(shownBy(node), roleOf(node));

  const labelsOf = (node) => [...node.labels ?? [], ...referencesOf(node, "aria-labelledby")].filter((label) => !contains(node, label));
  const isDrawn = (label) => isSeen(label, "text");
  const isWritten = (node) => ["input", "select", "textarea"].includes(tagOf(node)) || node.isContentEditable;
  /* Return whether a field has words of its own: a label that is seen, a placeholder, or what is written on it. */
  const hasLabel = remember((node) => {
    const isOnIt = !isWritten(node) && !opensList(node) && roleOf(node) !== "combobox" && wordsOf(node) !== "";
    const labels = labelsOf(node).filter(isDrawn).map((label) => wordsIn(label, (child) => child === node));
    return isOnIt || labels.some((words) => words !== "") || (node.matches(":placeholder-shown") && (attribute(node, "placeholder") ?? "").trim() !== "");
  });

  /* Yield what is drawn in a node, forwards or backwards: texts that are seen, ends of lines, fields and other things to use. */
  const partsIn = function* (node, step) {
    if (isText(node)) {
      const parent = parentOf(node);
      if (isTextSeen(node, parent) && /[\p{L}\p{N}]/u.test(node.data)) yield node;
      return;
    }
    if (isElement(node) && tagOf(node) === "br") yield node;
    if (!isElement(node) || !(isRendered(node) || styleOf(node).display === "contents")) return;
    if (isField(node) || OTHERS.has(roleOf(node))) {
      if (isShown(node)) yield node;
      return;
    }
    const children = childrenOf(node);
    for (const child of step > 0 ? children : children.toReversed()) yield* partsIn(child, step);
  };
  /* Yield what is drawn after a node (`step` 1) or before it (-1) in its dialog, the nearest first. */
  const partsBeside = function* (node, step) {
    for (const current of [node, ...ancestorsOf(node)]) {
      const parent = parentOf(current);
      if (!parent || DIALOGS.has(roleOf(current))) return;
      const siblings = childrenOf(parent);
      for (let at = siblings.indexOf(current) + step; siblings[at]; at += step) yield* partsIn(siblings[at], step);
    }
  };
  const isEndOfLine = (part) => isElement(part) && tagOf(part) === "br";
  const firstBeside = (node, step) => {
    for (const part of partsBeside(node, step)) if (!isEndOfLine(part)) return part;
    return null;
  };

  const blockOf = (text) => [...ancestorsOf(text)].find((node) => !isInline(node)) ?? null;
  /* Return the texts that follow each other in the paragraph of the text beside a field; none if something else is nearer. */
  const runBeside = (node, step) => {
    const run = [];
    for (const part of partsBeside(node, step)) {
      if (isEndOfLine(part) && !run.length) continue;
      if (!isText(part) || (run.length && blockOf(part) !== blockOf(run[0]))) break;
      run.push(part);
    }
    return step > 0 ? run : run.toReversed();
  };

  /* Return the words of texts in reading order. */
  const wordsOfRun = (run) => legible(run.map((text, at) => {
    if (at === 0) return text.data;
    const between = text.ownerDocument.createRange();
    between.setStartAfter(run[at - 1]);
    between.setEndBefore(text);
    return (/\s/.test(between.toString()) ? " " : "") + text.data;
  }).join(""));

  const FAR = 15;  // of the size of the letters: words that are farther to the left or right belong to something else
  const BELOW = 2;
  const SAME_LINE = 0.5;
  const isOnLine = (one, other) => Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)
    >= SAME_LINE * Math.min(one.bottom - one.top, other.bottom - other.top);
  const rectOf = (run) => {
    const rects = run.flatMap(rectsOfText).filter(isLarge);
    return rects.length ? union(rects) : null;
  };
  const isBeside = (left, right, size) => isOnLine(left, right) && right.left - left.right >= -size && right.left - left.right <= FAR * size;
  const isAbove = (upper, lower, size) => lower.top - upper.bottom >= -size / 2 && lower.top - upper.bottom <= BELOW * size
    && upper.left < lower.right && upper.right > lower.left - size;
  /* Return whether words lie where a reader takes them for the label of a field. */
  const isPlaced = (run, node) => {
    const [words, field, size] = [rectOf(run), boundsOf(shownBy(node)), run.length && sizeOf(parentOf(run[0]))];
    if (!words) return false;
    return isTicked(node) ? isBeside(field, words, size) : isBeside(words, field, size) || isAbove(words, field, size);
  };

  /* Return whether words, or a field without words between, are beside another field without a label that may be meant as well. */
  const isShared = (run, node) => {
    const [before, after] = isTicked(node) ? [firstBeside(node, -1), firstBeside(run.at(-1), 1)] : [firstBeside(run[0], -1), firstBeside(node, 1)];
    const mayBeMeant = (other) => other !== null && isElement(other) && isField(other) && !hasLabel(other);
    const [own, size] = [boundsOf(shownBy(node)), sizeOf(parentOf(run[0]))];
    const isNextTo = (other) => isOnLine(other, own) || other.top - own.bottom <= size;
    const isNear = (other) => isPlaced(run, other) || isNextTo(boundsOf(shownBy(other)));
    return (mayBeMeant(before) && isTicked(before) && isNear(before)) || (mayBeMeant(after) && !isTicked(after) && isNear(after));
  };
  /* Return whether words are a label of another field that is seen. */
  const isOfAnother = (run, node) => run.some((text) => [...ancestorsOf(text)].some((label) => {
    const control = tagOf(label) === "label" ? label.control : null;
    return control && control !== node && roleOf(control) !== undefined && isShown(control);
  }));

  /* Return the words that a reader takes for the label of a field without one of its own, "" if there are none. */
  const wordsBeside = remember((node) => {
    if (!isField(node) || !isShown(node) || hasLabel(node)) return "";
    const run = runBeside(node, isTicked(node) ? 1 : -1);
    if (!isPlaced(run, node) || isOfAnother(run, node) || isShared(run, node)) return "";
    return wordsOfRun(run);
  });

  return { hasLabel, wordsBeside };
}
