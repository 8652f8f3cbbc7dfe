/* Read the elements of the page: everything that a reader can see or act on.
 *
 * Return an object: `elements[i]` describes `nodes[i]`, parents before children; `frames` lists those that can be read only
 * by a script of their own; the comment of each function says what it does. Boxes and points are in CSS px. `names` is what
 * names.js returns, `sight` what sight.js returns (`place` is explained there), `values` what field_value.js returns, `beside` what
 * label_beside.js returns.
 * Values of fields are not returned, only whether a field holds anything but the values in `typed`.
 */
({fullPage, typed, place}, names, sight, values, beside) => {
  const { ancestorsOf, attribute, childrenOf, closest, contains, contentOf, generatedText, isElement, isInline, isRendered, isSvg,
    isText, legible, nameOf, parentOf, referencesOf, remember, roleOf, shadowRootOf, styleOf, tagOf } = names;
  const { alphaOf, area, boundsOf, drawsText, hasBackground, intersection, isLarge, isReading, isSeen, leadOf, moved, opacityOf, originOf, rectsOf, runsOn, scrolled,
    seenRects, topmostAt, union, windowOf, wordsIn, wordsOf, FAINTEST } = sight;
  const { chosenIn, frameOf, hasValue, opensList } = values;

  const CONTAINERS = new Set(["dialog", "alertdialog", "form", "navigation", "main", "banner", "contentinfo",
    "complementary", "region", "search", "frame"]);
  const LISTED_ROLES = new Set([...CONTAINERS, "alert", "button", "checkbox", "combobox", "heading", "img", "link", "listbox", "menuitem",
    "menuitemcheckbox", "menuitemradio", "meter", "option", "progressbar", "radio", "searchbox", "slider", "spinbutton", "status",
    "switch", "tab", "textbox", "tooltip", "treeitem"]);
  const LISTED_WITH_NAME = new Set(["figure", "grid", "group", "menu", "menubar", "radiogroup", "table", "tablist", "tabpanel", "toolbar",
    "tree", "treegrid"]);
  const LISTED_IF_DECLARED = new Set(["cell", "columnheader", "gridcell", "rowheader"]);
  const LEAVES = new Set(["button", "heading", "link", "menuitem", "menuitemcheckbox", "menuitemradio", "option", "tab", "tooltip", "treeitem"]);
  const NOT_LISTED = new Set(["script", "style", "noscript", "template"]);

  /* Arrays without toJSON, because a library may have changed how arrays are serialised. */
  const plainArray = (array) => Object.defineProperty(array, "toJSON", { value: undefined });
  const collapseSpaces = (text) => text.replace(/\s+/g, " ").trim();
  const elementsIn = (node) => childrenOf(node).filter(isElement);

  const isFrame = (node) => ["iframe", "frame"].includes(tagOf(node));
  /* Return the role under which an element is listed, null if it is not listed by its role. */
  const listedRoleOf = (node) => {
    const role = isFrame(node) ? "frame" : roleOf(node);
    if (LISTED_ROLES.has(role)) return role;
    if (LISTED_WITH_NAME.has(role)) return nameOf(node) ? role : null;
    if (LISTED_IF_DECLARED.has(role) && node.hasAttribute("role")) return role;
    return role === null && node.isContentEditable && !parentOf(node)?.isContentEditable ? "textbox" : null;
  };

  const hasLetters = (text) => /[\p{L}\p{N}]/u.test(text);
  /* Return whether a node draws text that is not inside an element with a role: a paragraph, a list item, a cell. */
  const hasOwnText = (node) => {
    const children = childrenOf(node);
    if (elementsIn(node).length === 0 && ["::before", "::after"].some((pseudo) => hasLetters(generatedText(node, pseudo, false)))) return true;
    return children.some((child) => (isText(child)
      ? /\S/.test(child.data)
      : isElement(child) && listedRoleOf(child) === null && isInline(child) && hasOwnText(child)));
  };
  const MOST_BOXES = 100;  // words of a sentence, each in a box of its own
  const isBesideText = (node) => isInline(node) || styleOf(node).display.startsWith("inline-") || /flex|grid/.test(styleOf(parentOf(node)).display);
  const isBoxOfText = (node) => isBesideText(node) && !isSvg(node) && !isFrame(node) && !NOT_LISTED.has(tagOf(node))
    && listedRoleOf(node) === null && !hasBackground(node) && elementsIn(node).every(isBoxOfText);
  /* Return whether an element draws a text in boxes beside each other: a price, or words and letters that move in. */
  const isTextInBoxes = (node) => {
    const boxes = elementsIn(node);
    return boxes.length > 1 && boxes.length <= MOST_BOXES && boxes.every(isBoxOfText) && runsOn(node);
  };
  const isOfText = (node) => (isSvg(node) ? tagOf(node) === "text" && hasOwnText(node) : !isInline(node) && (hasOwnText(node) || isTextInBoxes(node)));

  const LANDMARKS = new Set(["banner", "complementary", "contentinfo", "main", "region"]);
  /* Return whether a landmark holds nothing but a line of text, perhaps with links: a footer that is a text itself. */
  const isLineOfText = (node) => hasOwnText(node) && elementsIn(node).every((child) => isInline(child) || NOT_LISTED.has(tagOf(child)));

  const MAX_ELEMENTS = 10000;  // the elements after these are not listed
  const nodes = [];
  const roles = new Map();
  const collect = (node, isInsideNamed) => {
    if (nodes.length >= MAX_ELEMENTS || NOT_LISTED.has(tagOf(node))) return;
    const isNamed = isInsideNamed || (tagOf(node) === "label" && node.control !== null);
    let role = listedRoleOf(node);
    if (LANDMARKS.has(role) && isLineOfText(node)) role = null;
    if (role === null && !isNamed && tagOf(node) !== "body" && isOfText(node) && isSeen(node, "text")) role = "text";
    if (role !== null) {
      roles.set(node, role);
      nodes.push(node);
    }
    const isLeaf = role === "text" || LEAVES.has(role);
    for (const child of elementsIn(node)) collect(child, isNamed || isLeaf);
  };
  collect(document.body, false);
  const indexes = new Map(nodes.map((node, index) => [node, index]));

  const HOLDERS = new Set([...CONTAINERS, ...LISTED_WITH_NAME, ...LISTED_IF_DECLARED, "alert", "combobox", "listbox", "status"]);
  /* Return the nearest listed container, group, list or cell around a node, null if there is none. */
  const holderOf = (node) => {
    for (const ancestor of ancestorsOf(node)) if (HOLDERS.has(roles.get(ancestor))) return ancestor;
    return null;
  };
  const indexOf = (node) => (node ? indexes.get(node) ?? null : null);

  // What shows an element

  /* Design systems draw check boxes and radios in their label, over an input that is transparent, clipped or not
   * rendered: https://www.scottohara.me/blog/2021/09/24/custom-radio-checkbox-again.html
   * Some draw the value of a list over an input that is transparent. */
  const isDrawn = (node) => isSeen(node, "checkbox");
  const labelsOf = (node) => [...node.labels ?? []];
  /* Return the element that shows a node: the list of an option, the frame of a list's transparent input, the label of a
   * control that is drawn there, else the node. */
  const shownBy = (node) => {
    if (tagOf(node) === "option") return node.closest("select") ?? node;
    if (tagOf(node) === "area") return pictureOf(node) ?? node;
    if (tagOf(node) !== "input") return node;
    if (frameOf(node) && !isDrawn(node)) return frameOf(node);
    if (!["checkbox", "radio", "file"].includes(node.type) || isDrawn(node)) return node;
    return labelsOf(node).find(isDrawn) ?? drawnUnder(node) ?? node;
  };
  /* Return the element that draws a transparent control in the same place: its parent, or what is beside it. */
  const drawnUnder = (node) => {
    const own = boundsOf(node);
    const parent = parentOf(node);
    if (!isRendered(node) || !isLarge(own) || !parent) return null;
    const beside = elementsIn(parent).filter((other) => other !== node && other.matches("svg, img, span, div, i"));
    return [...beside, ...hasBackground(parent) ? [parent] : []].find((other) => isDrawn(other) && isLarge(intersection(own, boundsOf(other)))) ?? null;
  };
  const { hasLabel, wordsBeside } = beside({ roleOf: (node) => roles.get(node), shownBy: (node) => shownBy(node) });
  const pictureOf = (areaNode) => {
    const map = areaNode.closest("map");
    return map && areaNode.ownerDocument.querySelector(`img[usemap="#${CSS.escape(map.name)}"]`);
  };
  /* Return whether an element belongs to a node: it is in the node, in what shows it, or in one of its labels. */
  const belongsTo = (node, other) =>
    contains(node, other) || contains(shownBy(node), other) || labelsOf(node).some((label) => contains(label, other));

  /* Return the rectangle of a link in an image map, CSS px of the viewport. */
  const boxOfArea = (node) => {
    const { left, top, right, bottom } = boundsOf(pictureOf(node));
    const numbers = (attribute(node, "coords") || "").split(",").map(Number);
    if (node.shape === "default" || numbers.length < 3) return { left, top, right, bottom };
    const [x, y, radius] = numbers;
    const [xs, ys] = node.shape === "circle"
      ? [[x - radius, x + radius], [y - radius, y + radius]]
      : [numbers.filter((_, at) => at % 2 === 0), numbers.filter((_, at) => at % 2 === 1)];
    return { left: left + Math.min(...xs), top: top + Math.min(...ys), right: left + Math.max(...xs), bottom: top + Math.max(...ys) };
  };

  const DIALOGS = new Set(["dialog", "alertdialog"]);
  const FILLS = 0.9;  // share of the window that only a backdrop covers
  /* Return the element that draws a dialog: not its transparent backdrop, as large as the window. */
  const panelOf = (node) => {
    const { left, top, right, bottom } = boundsOf(node);
    const { right: width, bottom: height } = moved(windowOf(), [-windowOf().left, -windowOf().top]);
    if (right - left < FILLS * width || bottom - top < FILLS * height || alphaOf(styleOf(node).backgroundColor) === 1) return node;
    const drawn = elementsIn(node).filter((child) => isSeen(child, "group") && area(boundsOf(child)) > 0);
    return drawn.length === 1 ? panelOf(drawn[0]) : node;
  };

  /* Return the rectangle of a node; of a control that its label draws, that of both together. */
  const shownBox = (node) => {
    if (tagOf(node) === "area" && pictureOf(node)) return boxOfArea(node);
    if (DIALOGS.has(roles.get(node))) return boundsOf(panelOf(node));
    const shown = shownBy(node);
    const own = boundsOf(node);
    if (shown === node) return isLarge(own) ? own : contentBox(node) ?? own;
    if (tagOf(node) === "option" || shown === frameOf(node)) return boundsOf(shown);
    const words = shown.ownerDocument.createRange();
    words.selectNodeContents(shown);
    const parts = [own, boundsOf(shown)].filter(isLarge);
    const wordsRight = words.getBoundingClientRect().right + boundsOf(shown).left - shown.getBoundingClientRect().left;
    return { ...union(parts), right: Math.max(isLarge(own) ? own.right : -Infinity, wordsRight) };  // a label is often as wide as the page
  };
  /* Return the rectangle around what an element without a size of its own draws, null if that is nothing. */
  const contentBox = (node) => {
    const rects = seenRects(node);
    return rects.length ? union(rects) : null;
  };
  /* Return a rectangle of the viewport as x, y, width, height, with `full` on the picture of the whole page. */
  const onPicture = ({ left, top, right, bottom }, full) => {
    const [x, y] = full ? scrolled() : [0, 0];
    return { x: left + x, y: top + y, width: right - left, height: bottom - top };
  };
  const boxOf = (node, full) => onPicture(shownBox(node), full);

  // Covered or not

  const SHARES = [[0.5, 0.5], [0.15, 0.25], [0.85, 0.25], [0.15, 0.75], [0.85, 0.75]];
  const pointsIn = ({ left, top, right, bottom }) => SHARES
    .map(([across, down]) => [left + (right - left) * across, top + (bottom - top) * down])
    .filter(([x, y]) => x >= windowOf().left && y >= windowOf().top && x < windowOf().right && y < windowOf().bottom);
  const largestFirst = (rects) => [...rects].sort((one, other) => area(other) - area(one));

  const REPLACED = "img, video, canvas, iframe, svg, object, embed";
  /* Return whether an element at a point hides what is under it, up to an ancestor that both share. */
  const isOpaque = (top, node) => {
    if (opacityOf(top) < FAINTEST) return false;
    for (let one = top; one && !contains(one, node); one = parentOf(one)) {
      if (one.matches(REPLACED) || hasBackground(one)) return true;
    }
    return [...top.childNodes].some((child) => isText(child) && /\S/.test(child.data));
  };
  const ACTED_ON = new Set(["button", "checkbox", "combobox", "link", "listbox", "menuitem", "menuitemcheckbox", "menuitemradio", "option",
    "radio", "searchbox", "slider", "spinbutton", "switch", "tab", "textbox", "treeitem"]);
  const isFormControl = (node) => ["input", "select", "textarea", "label"].includes(tagOf(node));

  /* Return whether an element at a point of a node keeps a reader from seeing the node, or from acting on it. */
  const covers = (top, node) => {
    if (!top || belongsTo(node, top) || contains(top, node)) return false;
    if (isOpaque(top, node)) return true;
    return ACTED_ON.has(roles.get(node)) && !isFormControl(top);
  };

  /* Return the fixed element that lies over the whole window, null if there is none. */
  const windowCover = remember(() => {
    const whole = windowOf();
    const roots = pointsIn(whole).map(([x, y]) => {
      const top = topmostAt(x, y);
      return top ? [top, ...ancestorsOf(top)].filter((one) => styleOf(one).position === "fixed").at(-1) : undefined;
    });
    const shown = roots[0] && intersection(boundsOf(roots[0]), whole);
    return shown && roots.every((root) => root === roots[0]) && area(shown) >= FILLS * area(whole) ? roots[0] : null;
  });

  /* Return whether an element that covers a node is, or is in, a layer as large as the window. */
  const isOfLayer = (top, node) => [top, ...ancestorsOf(top)].some((one) => !contains(one, node)
    && isLarge(intersection(boundsOf(one), windowOf())) && area(intersection(boundsOf(one), windowOf())) >= FILLS * area(windowOf()));
  const MOST_WORDS = 120;  // characters of a cover's text
  /* Return what covers a rectangle of a node at most of five points (its centre and near its corners), null if nothing does:
   * index of the container that covers it (-1 if that is not listed), its words, the share of the window that it takes, and
   * whether it is clear: nothing is drawn there, but a click falls on a layer as large as the window. */
  const coverAt = (rect, node) => {
    const points = pointsIn(rect);
    const tops = points.length ? points.map(([x, y]) => topmostAt(x, y)) : [windowCover(document)];
    const covering = tops.filter((top) => covers(top, node));
    if (covering.length * 2 <= tops.length) return null;
    const container = closest(covering[0], (ancestor) => CONTAINERS.has(roles.get(ancestor)) && !contains(ancestor, node));
    const whole = [covering[0], ...ancestorsOf(covering[0])].filter((ancestor) => !contains(ancestor, node)).at(-1);
    const shown = intersection(boundsOf(whole), windowOf());
    return {
      index: indexOf(container ?? closest(covering[0], (ancestor) => indexes.has(ancestor))) ?? -1,
      words: (wordsOf(whole) || nameOf(whole)).slice(0, MOST_WORDS),
      share: isLarge(shown) ? area(shown) / area(windowOf()) : 0,
      clear: covering.every((top) => !isOpaque(top, node) && isOfLayer(top, node)),
    };
  };
  /* Return what covers an element, null if nothing does. `rects` are its rectangles that can be seen. */
  const coverOf = (node, rects) => {
    if (styleOf(shownBy(node)).pointerEvents === "none") return null;  // a point of it belongs to what is under it
    const [rect] = tagOf(node) === "area" ? [boxOfArea(node)] : largestFirst(rects);
    return rect ? coverAt(rect, node) : null;
  };

  const CONTROLS = ["aria-controls", "commandfor", "popovertarget"];
  const openers = remember(() => nodes.filter((node) => CONTROLS.some((name) => attribute(node, name)) && isSeen(shownBy(node), roles.get(node))));
  /* Return the index of the visible control that opens the hidden container around a node, null if there is none. */
  const openerOf = (node) => {
    for (const ancestor of [node, ...ancestorsOf(node)]) {
      const summary = tagOf(ancestor) === "details" && !ancestor.open && elementsIn(ancestor).find((child) => tagOf(child) === "summary");
      if (summary && !contains(summary, node)) return indexOf(summary);
      const id = attribute(ancestor, "id");
      const opener = id && openers(document).find((other) => CONTROLS.some((name) => (attribute(other, name) || "").split(/\s+/).includes(id)));
      if (opener) return indexOf(opener);
    }
    return null;
  };

  // Fields

  const UNWRITTEN = new Set(["checkbox", "radio", "submit", "button", "reset", "image", "hidden", "range", "color"]);
  /* Return whether a field holds text that the scenario did not type. */
  const isFilled = (node) => {
    if (["input", "textarea"].includes(tagOf(node))) {
      return !UNWRITTEN.has(node.type) && node.value !== "" && !typed.includes(node.value.replace(/\s/g, ""));
    }
    return node.isContentEditable && node.textContent.trim() !== "";
  };

  const textsReferredBy = (node, name) => referencesOf(node, name).map(contentOf);

  /* Return the names of all groups and forms around a field. */
  const groupNamesAround = (node) => [...ancestorsOf(node)]
    .filter((ancestor) => ancestor.matches("fieldset, form, [role=group], [role=radiogroup], [role=form], [role=listbox], [role=dialog], dialog"))
    .flatMap((group) => {
      const legend = elementsIn(group).find((child) => tagOf(child) === "legend");
      return [legend ? contentOf(legend) : "", nameOf(group)];
    });

  const FIELD_SELECTOR = "input, select, textarea, [contenteditable]";
  const DATE_PART = /^(jour|mois|ann[ée]e|jj|mm|aaaa|day|month|year|dd|yyyy)\b/i;
  const MAX_LEVELS = 4;  // ancestors of a field beside which its label may be found

  /* Return the nearest text before a field that has no label of its own. */
  const textBefore = (node) => {
    for (let [current, level] = [node, 0]; current && level < MAX_LEVELS; current = parentOf(current), level += 1) {
      for (let before = current.previousSibling; before; before = before.previousSibling) {
        if (isElement(before) && (before.matches(FIELD_SELECTOR) || before.querySelector(FIELD_SELECTOR))) return "";
        const text = isElement(before) ? contentOf(before) : collapseSpaces(before.data || "");
        if (text) return text;
      }
    }
    return "";
  };

  const CHOICES = new Set(["checkbox", "menuitemcheckbox", "menuitemradio", "option", "radio", "switch"]);
  const KEY_LETTERS = 2;  // a key of a keypad that a page draws has no longer label
  const KEY_NAME = /^(?:touche|chiffre|key|digit|taste|tecla|tasto)?\s*\S{1,2}$/i;
  const isKey = (node) => ["button", "link", "text", "image"].includes(roles.get(node)) && KEY_NAME.test(nameOf(node) || wordsOf(node));
  /* Return the nearest text before a keypad, from one of its keys. */
  const textBeforeKeys = (node) => {
    for (const current of [node, ...ancestorsOf(node)]) {
      for (let before = current.previousSibling; before; before = before.previousSibling) {
        const text = isElement(before) ? contentOf(before) : collapseSpaces(before.data || "");
        if (text.split(" ").some((word) => !KEY_NAME.test(word))) return text.slice(0, MOST_WORDS);
      }
    }
    return "";
  };
  const CHOICE_SELECTOR = "input[type=radio], input[type=checkbox], [role=radio], [role=checkbox], [role=switch], [role=option]";
  /* Return the nearest text before a choice and the choices beside it: the question that they answer. */
  const questionBefore = (node) => {
    for (let [current, level] = [labelsOf(node)[0] ?? node, 0]; current && level < MAX_LEVELS; current = parentOf(current), level += 1) {
      for (let before = current.previousSibling; before; before = before.previousSibling) {
        if (isElement(before) && (before.matches(CHOICE_SELECTOR) || before.querySelector(CHOICE_SELECTOR) || tagOf(before) === "label")) continue;
        const text = isElement(before) ? contentOf(before) : collapseSpaces(before.data || "");
        if (text) return text.slice(0, MOST_WORDS);
      }
    }
    return "";
  };
  /* Return the headers of a field's column and row in a table. */
  const headersOf = (node) => {
    const cell = node.closest("td");
    const first = cell?.closest("table")?.rows[0]?.cells[cell.cellIndex];
    return [first, cell?.parentElement?.querySelector("th")].filter((header) => header && header !== cell).map(contentOf);
  };
  /* Return the text after a field that has no label, up to the next field. */
  const textAfter = (node) => {
    for (let after = node.nextSibling; after; after = after.nextSibling) {
      if (isElement(after) && (after.matches(FIELD_SELECTOR) || after.querySelector(FIELD_SELECTOR))) return "";
      const text = isElement(after) ? contentOf(after) : collapseSpaces(after.data || "");
      if (text) return text.slice(0, MOST_WORDS);
    }
    return "";
  };
  const PRESSED = new Set(["button", "tab", "menuitem", "treeitem"]);
  /* Return the names of the groups, forms and dialogs left out, around something that can be pressed. */
  const choiceGroupsAround = (node) => [...ancestorsOf(node)]
    .filter((ancestor) => ancestor.matches("fieldset, [role=group], [role=radiogroup], [role=listbox], [role=tablist], [role=menu], [role=tree]"))
    .flatMap((group) => [contentOf(elementsIn(group).find((child) => tagOf(child) === "legend") ?? document.createElement("i")), nameOf(group)]);

  /* Return the attributes and labels that tell what a field, a choice or a keypad asks for; null for other nodes. */
  const traitsOf = (node) => {
    const native = ["input", "textarea", "select"].includes(tagOf(node));
    const choice = CHOICES.has(roles.get(node)) || ["radio", "checkbox"].includes(node.type);
    if (!native && !node.isContentEditable && !choice && !isKey(node)) {
      const hints = [...PRESSED.has(roles.get(node)) ? choiceGroupsAround(node) : [], wordsBeside(node)].filter(Boolean);
      if (!PRESSED.has(roles.get(node)) && !hints.length) return null;
      return { kind: "", autocomplete: "", code_names: plainArray([]), hints: plainArray(hints), beside: wordsBeside(node) };
    }
    const labels = labelsOf(node).map(contentOf).filter(Boolean);
    const named = [...labels, ...textsReferredBy(node, "aria-labelledby"), attribute(node, "aria-label")].filter(Boolean);
    const unlabelled = named.length === 0 || named.every((text) => DATE_PART.test(text));
    const unseen = labels.length === 0 && referencesOf(node, "aria-labelledby").length === 0;  // what a sighted reader reads
    const written = !choice && (native || node.isContentEditable);
    const descriptions = ["describedby", "errormessage", "details"].flatMap((name) => textsReferredBy(node, `aria-${name}`));
    const attributes = ["placeholder", "title", "aria-description", "aria-placeholder", "aria-roledescription"].map((name) => attribute(node, name));
    return {
      kind: ["tel", "email"].includes(node.inputMode) ? node.inputMode : native ? node.type : "",
      autocomplete: attribute(node, "autocomplete") || "",
      code_names: plainArray([attribute(node, "name"), attribute(node, "id")].filter(Boolean)),
      hints: plainArray([...named, ...attributes, ...descriptions, ...groupNamesAround(node),
        isKey(node) ? textBeforeKeys(node) : (unlabelled || unseen) && written && textBefore(labelsOf(node)[0] ?? node),
        unlabelled && written && textAfter(node), ...(written ? headersOf(node) : []), choice && questionBefore(node), wordsBeside(node)].filter(Boolean)),
      beside: wordsBeside(node),
    };
  };

  /* Return the URL of a link to a page; of any other link (mailto:, javascript:), only its scheme. */
  const addressOf = (node) => {
    const href = typeof node.href === "string" ? node.href : attribute(node, "href") ?? attribute(node, "xlink:href");
    if (!href || !URL.canParse(href, node.baseURI)) return null;
    const url = new URL(href, node.baseURI);
    return ["http:", "https:"].includes(url.protocol) ? url.href : url.protocol;
  };

  /* Return the fields and choices that a click on a node, or a key pressed in it, may reach, as [role, name, traits]. */
  const MOST_REACHED = 300;
  const reachedFrom = (node, byKey) => {
    const around = [node, ...ancestorsOf(node)];
    const label = around.find((other) => tagOf(other) === "label");
    const inside = [...node.querySelectorAll(`${FIELD_SELECTOR}, ${CHOICE_SELECTOR}, label`)].map((other) => (tagOf(other) === "label" ? other.control : other));
    const holders = around.filter((other) => CHOICES.has(roles.get(other)));
    const controlled = byKey ? ["controls", "owns", "activedescendant"].flatMap((name) => referencesOf(node, `aria-${name}`)) : [];
    const beside = !byKey ? [] : [...node.options ?? [], ...node.list?.options ?? [], ...controlled.flatMap((other) => [other, ...other.querySelectorAll("[role=option]")]),
      ...(node.type === "radio" ? [...document.querySelectorAll("input[type=radio]")].filter((other) => other.name === node.name && other.form === node.form) : [])];
    const reached = new Set([label?.control, ...holders, ...inside, ...beside].filter((other) => other && other !== node));
    return plainArray([...reached].slice(0, MOST_REACHED).map((other) => {
      const role = roles.get(other) ?? (["radio", "checkbox"].includes(other.type) ? other.type : tagOf(other) === "option" ? "option" : attribute(other, "role") ?? "");
      return plainArray([role, (tagOf(other) === "option" && legible(attribute(other, "label") || other.text)) || nameOf(other), traitsOf(other) ?? { hints: plainArray([nameOf(node)]) }]);
    }));
  };

  // What an element is called

  const FIELDS = new Set(["checkbox", "combobox", "listbox", "radio", "searchbox", "slider", "spinbutton", "switch", "textbox"]);
  const joined = (texts) => [...new Set(texts.filter(Boolean))].join(" ");
  /* Return the first line of what names a group or a table: a question without its hint; "" if that is the whole name. */
  const questionOf = (node) => {
    const own = elementsIn(node).filter((child) => ["legend", "caption", "figcaption"].includes(tagOf(child)));
    const [naming] = [...referencesOf(node, "aria-labelledby"), ...own].filter(isDrawn);
    const question = naming ? leadOf(naming) : "";
    return question === nameOf(node) ? "" : question;
  };
  /* Return the words that a sighted person reads on an element, or on the labels of a field, and their first line. */
  const wordsAt = (node, role) => {
    if (CONTAINERS.has(role)) return ["", ""];
    if (LISTED_WITH_NAME.has(role)) return ["", questionOf(node)];
    if (tagOf(node) === "option") return [legible(attribute(node, "label") || node.text), ""];
    if (!FIELDS.has(role)) return [wordsOf(node), leadOf(node)];
    const labels = [...labelsOf(node), ...referencesOf(node, "aria-labelledby")].filter(isDrawn);
    const own = ["input", "select", "textarea"].includes(tagOf(node)) || node.isContentEditable ? [] : [node];
    const drawn = labels.length ? labels : own;
    return [joined(drawn.map(wordsOf)) || legible(attribute(node, "placeholder") || ""), joined(drawn.map(leadOf))];
  };
  /* Return other words that a reader may call a field by, each on its own: those of each label or beside it, and what a list shows. */
  const furtherLabelsOf = (node, role) => {
    if (!FIELDS.has(role) && !opensList(node)) return [];
    const labels = [...labelsOf(node), ...referencesOf(node, "aria-labelledby")].filter((label) => !contains(node, label) && isDrawn(label));
    const texts = labels.flatMap((label) => (contains(label, node) ? [wordsIn(label, (child) => child === node)] : [wordsOf(label), leadOf(label)]));
    const shown = opensList(node) ? wordsOf(node) : role === "combobox" && tagOf(node) === "select" && !hasLabel(node) ? chosenIn(node) : "";
    return [...new Set([...texts, wordsBeside(node), shown].filter(Boolean))];
  };
  /* Return the words that stand in an empty field, if they can be seen. */
  const placeholderOf = (node) => {
    if (!node.matches(":placeholder-shown")) return "";
    const style = getComputedStyle(node, "::placeholder");
    return alphaOf(style.color) * Number(style.opacity) === 0 ? "" : legible(attribute(node, "placeholder") || "");
  };
  const headingOf = (node) => {
    const heading = node.querySelector("h1, h2, h3, h4, h5, h6, [role=heading]");
    return heading ? wordsOf(heading) || nameOf(heading) : "";
  };
  const nameAt = (node, role) => {
    if (role === "text") return wordsOf(node);
    return nameOf(node) || (DIALOGS.has(role) ? headingOf(node) : "");
  };

  const isDisabled = (node) =>
    closest(node, (ancestor) => attribute(ancestor, "aria-disabled") === "true" || ancestor.matches("[inert]")) !== null || node.matches(":disabled");

  const isSet = (node, name) => !["false", "", null].includes(attribute(node, name));
  /* Return the states of an element that a reader sees, such as "checked". */
  const statesOf = (node) => {
    const tag = tagOf(node);
    const checked = ["checkbox", "radio"].includes(node.type) && tag === "input" ? node.checked : attribute(node, "aria-checked") === "true";
    const opened = tag === "summary" ? parentOf(node)?.open : attribute(node, "aria-expanded") === "true";
    const all = {
      checked,
      mixed: node.indeterminate === true || attribute(node, "aria-checked") === "mixed",
      pressed: attribute(node, "aria-pressed") === "true",
      selected: tag === "option" ? node.selected : attribute(node, "aria-selected") === "true",
      expanded: opened === true,
      invalid: isSet(node, "aria-invalid"),
      current: isSet(node, "aria-current"),
    };
    return plainArray(Object.keys(all).filter((state) => all[state]));
  };

  /* Return the element that has the keyboard focus, also in shadow roots and frames of the same origin; null for none. */
  const activeIn = (root) => {
    const active = root?.activeElement;
    if (!active || ["body", "html"].includes(tagOf(active))) return null;
    return activeIn(shadowRootOf(active)) ?? (isFrame(active) ? activeIn(active.contentDocument) : null) ?? active;
  };
  const active = activeIn(document);
  const focused = active && (indexes.has(active) ? active : closest(active, (ancestor) => indexes.has(ancestor)));

  const textNodesIn = (node) => childrenOf(node).flatMap((child) => (isText(child) ? [child] : isElement(child) ? textNodesIn(child) : []));
  const MOST_LETTERINGS = 40;
  const CASES = { uppercase: "u", lowercase: "l", capitalize: "c" };
  const letteringIn = (node) => {
    const { fontWeight, fontStyle, textTransform } = styleOf(node);
    return fontWeight + (fontStyle === "normal" ? "" : "i") + (CASES[textTransform] ?? "");
  };
  /* Return the weights and styles of the letters that an element draws, in reading order; see `lettering` in elements.py. */
  const letteringOf = (node, role) => {
    if (CONTAINERS.has(role) || LISTED_WITH_NAME.has(role)) return "";
    const isField = ["input", "select", "textarea"].includes(tagOf(node));
    const letterings = [...isField ? labelsOf(node) : [node]].flatMap(textNodesIn)
      .filter((text) => /\S/.test(text.data) && isRendered(parentOf(text)) && drawsText(parentOf(text))).map((text) => letteringIn(parentOf(text)));
    const all = isField && isRendered(node) ? [...letterings, letteringIn(node)] : letterings;
    return all.filter((lettering, at) => lettering !== all[at - 1]).slice(0, MOST_LETTERINGS).join(" ");
  };

  const describe = (node) => {
    const role = roles.get(node);
    const visible = tagOf(node) === "area" ? pictureOf(node) !== null : isSeen(shownBy(node), role);
    const [words, lead] = wordsAt(node, role);
    const cover = visible ? coverOf(node, seenRects(shownBy(node))) : null;
    return {
      role,
      name: nameAt(node, role),
      words,
      lead,
      placeholder: visible ? placeholderOf(node) : "",
      further_labels: plainArray(visible ? furtherLabelsOf(node, role) : []),
      opens_list: opensList(node),
      box: boxOf(node, fullPage),
      parent: indexOf(holderOf(node)),
      visible,
      covered_by: cover?.index ?? null,
      cover,
      clear_cover: cover?.clear ?? false,
      disabled: isDisabled(node),
      states: statesOf(node),
      focused: node === focused,
      lettering: visible ? letteringOf(node, role) : "",
      filled: Boolean(isFilled(node)),
      submits: node.form != null && (node.type === "submit" || node.type === "image"),
      address: role === "link" ? addressOf(node) : null,
      opener: visible ? null : openerOf(node),
      field: traitsOf(node),
    };
  };
  const elements = plainArray(nodes.map(describe));
  /* List one more element, as text if it has no role; return its description. */
  const add = (node) => {
    roles.set(node, listedRoleOf(node) ?? "text");
    indexes.set(node, nodes.length);
    nodes.push(node);
    return describe(node);
  };

  const JOINERS = /[\u200c\u200d\ufe0e\ufe0f]/g;
  /* Return a text as `normalise` in elements.py does, without spaces: those between two boxes are in no text node. */
  const squeezed = (text) => legible(text).replace(JOINERS, "").replace(/[’ʼ´`‘]/g, "'").replace(/\s/g, "").toLowerCase();
  const UNSPACED = /[\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u;
  /* Return whether words may begin or end between two characters, of which `outside` is beside the words; see elements.py. */
  const isEdge = (before, after, outside) => {
    if (outside === undefined) return true;
    if (/\p{M}/u.test(after)) return false;
    return UNSPACED.test(before) || UNSPACED.test(after) || !/[\p{L}\p{N}\p{M}_]/u.test(outside);
  };
  /* Return the range of words, squeezed, in text nodes; null if they are not found there. */
  const rangeOfWords = (texts, words) => {
    const places = texts.flatMap((text) => text.data.split("").map((_, at) => [text, at]));
    const characters = places.map(([text, at]) => text.data[at]);
    for (let from = 0; from < places.length; from += 1) {
      if (/\s/.test(characters[from]) || !isEdge(characters[from - 1], characters[from], characters[from - 1])) continue;
      let [to, read] = [from, ""];
      while (to < places.length && squeezed(read).length < words.length) read += characters[to++];
      if (squeezed(read) !== words || !isEdge(characters[to - 1], characters[to], characters[to])) continue;
      const range = texts[0].ownerDocument.createRange();
      range.setStart(...places[from]);
      range.setEnd(places[to - 1][0], places[to - 1][1] + 1);
      return range;
    }
    return null;
  };
  /* Return the smallest box around words in the text of an element, null if they are not found there. `words` are normalised. */
  const boxOfWords = (index, words, full) => {
    const texts = textNodesIn(nodes[index]);
    const withoutReadings = texts.filter((text) => !isReading(parentOf(text)));
    const range = [withoutReadings, texts].map((some) => rangeOfWords(some, squeezed(words))).find(Boolean);
    return range ? onPicture(moved(range.getBoundingClientRect(), originOf(nodes[index])), full) : null;
  };

  // Acts

  const isInside = ({ left, top, right, bottom }) =>
    left >= windowOf().left && top >= windowOf().top && right <= windowOf().right && bottom <= windowOf().bottom;
  const isHit = (node, [x, y]) => {
    const top = topmostAt(x, y);
    return top !== null && (belongsTo(node, top) || (contains(top, node) && styleOf(shownBy(node)).pointerEvents === "none"));
  };
  /* Return the rectangles of an element, of its content if it has no size of its own, wherever they are now. */
  const rectsNow = (node) => {
    const own = rectsOf(node).filter(isLarge);
    return own.length ? own : elementsIn(node).flatMap(rectsNow);
  };
  const pointsOf = (node) => (tagOf(node) === "area" ? [boxOfArea(node)] : largestFirst(rectsNow(shownBy(node)))).flatMap(pointsIn);
  /* Scroll to an element if needed; return a point of the viewport where a click falls on it, null if it is gone or covered. */
  const point = (index) => {
    const node = nodes[index];
    if (!node.isConnected) return null;
    const shown = shownBy(node);
    const find = () => pointsOf(node).find((place) => isHit(node, place));
    let found = isInside(boundsOf(shown)) ? find() : undefined;
    for (const block of ["center", "nearest", "end"]) {
      if (found) break;
      shown.scrollIntoView({ block, inline: "nearest", behavior: "instant" });
      found = find();
    }
    return found ? { x: found[0], y: found[1] } : null;
  };
  /* Return what covers an element also when a reader scrolls to it, null if nothing does. The page stays where it is. */
  const coverInView = (index) => {
    const shown = shownBy(nodes[index]);
    const positions = [...ancestorsOf(shown)].map((node) => [node, node.scrollLeft, node.scrollTop]);
    shown.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const cover = coverOf(nodes[index], rectsNow(shown));
    for (const [node, left, top] of positions) node.scrollTo({ left, top, behavior: "instant" });
    return cover;
  };

  // Frames of another origin: a script of theirs reads them, given their place

  const urlOf = (node) => (URL.canParse(node.src, node.baseURI) ? new URL(node.src, node.baseURI) : null);
  /* Return whether a frame is of another origin, or shows nothing of its address: it was blocked, or waits to be scrolled to. */
  const isApart = (node) => {
    const inside = node.contentDocument;
    return inside === null || (inside.URL === "about:blank" && !inside.body?.childElementCount && /^https?:$/.test(urlOf(node)?.protocol));
  };
  const frames = plainArray(nodes.filter((node) => isFrame(node) && isSeen(node, "frame") && isApart(node))
    .map((node) => ({ index: indexOf(node), url: urlOf(node)?.href ?? "" })));
  /* Return where the content of a frame lies now: see `place` in sight.js. */
  const placeOf = (index) => {
    const node = nodes[index];
    const [{ left, top }, { paddingLeft, paddingTop }] = [boundsOf(node), getComputedStyle(node)];
    const [x, y] = [left + node.clientLeft + parseFloat(paddingLeft), top + node.clientTop + parseFloat(paddingTop)];
    const inside = { left: x, top: y, right: x + node.clientWidth, bottom: y + node.clientHeight };
    return { x, y, scrollX: scrolled()[0], scrollY: scrolled()[1], window: intersection(inside, windowOf()) };
  };
  /* Return for each of these boxes in a frame what covers the frame there, null if nothing does. */
  const coversOver = (index, boxes) => {
    const [x, y] = fullPage ? scrolled() : [0, 0];
    return plainArray(boxes.map((box) =>
      coverAt({ left: box.x - x, top: box.y - y, right: box.x - x + box.width, bottom: box.y - y + box.height }, nodes[index])));
  };
  /* Scroll so that a box in a frame, relative to the frame's content, is in the window. */
  const bringIntoView = (index, { y, height }) => {
    const middle = () => placeOf(index).y + y + height / 2;
    if (middle() >= 0 && middle() <= innerHeight) return;
    nodes[index].scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    scrollBy({ top: middle() - innerHeight / 2, behavior: "instant" });
  };
  /* Scroll to an element of this frame; return its box, relative to the frame's content. */
  const scrollInFrame = (index) => {
    shownBy(nodes[index]).scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    const { x, y, width, height } = shownBy(nodes[index]).getBoundingClientRect();
    return { x, y, width, height };
  };
  /* Note where this frame lies now. */
  const moveTo = (next) => Object.assign(place, next);

  /* A message of 33 to 90 kB takes 45 ms instead of 5: Firefox sends its end when its beginning has been acknowledged, and the
   * receiver's system waits 40 ms before it does so (RFC 896, RFC 1122 4.2.3.2). A longer message is acknowledged at once. */
  const [SLOW_FROM, SLOW_TO] = [32000, 120000];
  /* Return a value as JSON, without lone surrogates, which no decoder accepts; spaces make one longer that would be slow. */
  const toJson = (value) => {
    const json = JSON.stringify(value, (_, inner) => (typeof inner === "string" ? inner.toWellFormed() : inner));
    return json.length > SLOW_FROM ? json.padEnd(SLOW_TO) : json;
  };
  const reached = ([index, byKey]) => reachedFrom(nodes[index], byKey);
  const field = (index) => plainArray([nameAt(nodes[index], roles.get(nodes[index])), traitsOf(nodes[index])]);

  return {
    nodes, elements, frames, point, field, reached, add, hasValue, boxOfWords, coverInView,
    placeOf, moveTo, coversOver, bringIntoView, scrollInFrame,
    toJson, json: () => toJson(plainArray([elements, frames])),
    boxAt: (index) => boxOf(nodes[index], fullPage),
    boxes: (full) => plainArray(nodes.map((node) => boxOf(node, full))),
  };
}
