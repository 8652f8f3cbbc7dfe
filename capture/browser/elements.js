/* Read the elements of the page: everything that a reader can see or act on.
 *
 * Return { nodes, elements, point(index), field(index), boxes(fullPage) }: `elements[i]` describes `nodes[i]`; parents
 * come before children. Boxes and points are in CSS px.
 * Names follow the Accessible Name computation (https://www.w3.org/TR/accname-1.2/), as far as public
 * pages need it: aria-labelledby, aria-label, native label, content, alt, title, placeholder.
 * Values of fields are not returned, only whether a field holds anything but the values in `typed`.
 */
({fullPage, typed}) => {
  const TAG_ROLES = {
    BUTTON: "button", SUMMARY: "button", TEXTAREA: "textbox", IMG: "img", NAV: "navigation", MAIN: "main",
    DIALOG: "dialog", FORM: "form", ASIDE: "complementary",
    H1: "heading", H2: "heading", H3: "heading", H4: "heading", H5: "heading", H6: "heading",
  };
  const INPUT_ROLES = {
    button: "button", submit: "button", reset: "button", image: "button", checkbox: "checkbox", radio: "radio",
    range: "slider", number: "spinbutton", search: "searchbox", hidden: null,
  };
  const CONTAINERS = new Set(["dialog", "alertdialog", "form", "navigation", "main", "banner", "contentinfo",
    "complementary", "region", "search"]);
  const NAMED_BY_CONTENT = new Set(["button", "link", "heading", "tooltip", "tab", "menuitem", "option", "text"]);
  const LEAVES = new Set(["button", "link", "heading", "tab", "menuitem", "tooltip"]);
  const LISTED_ROLES = new Set([...CONTAINERS, ...NAMED_BY_CONTENT, "img", "textbox", "checkbox", "radio", "slider",
    "spinbutton", "searchbox", "combobox", "alert", "status", "switch"]);

  /* Getters of the prototype, because a form's fields may shadow its properties by their names; arrays without toJSON,
   * because a library may have changed how arrays are serialised. */
  const getter = (type, name) => Function.prototype.call.bind(Object.getOwnPropertyDescriptor(type.prototype, name).get);
  const childrenOf = getter(Element, "children");
  const parentOfNode = getter(Node, "parentElement");
  const plainArray = (array) => Object.defineProperty(array, "toJSON", { value: undefined });

  const collapseSpaces = (text) => text.replace(/\s+/g, " ").trim();

  const roleOf = (node) => {
    const declared = (node.getAttribute("role") || "").split(" ")[0];
    if (LISTED_ROLES.has(declared)) return declared;
    const tag = node.tagName.toUpperCase();
    if (tag === "A") return node.hasAttribute("href") ? "link" : null;
    if (tag === "INPUT") return node.type in INPUT_ROLES ? INPUT_ROLES[node.type] : "textbox";
    if (tag === "SELECT") return node.multiple ? "listbox" : "combobox";
    if (tag === "IMG") return node.getAttribute("alt") === "" ? null : "img";
    if (tag === "HEADER") return node.closest("article,aside,main,nav,section") ? null : "banner";
    if (tag === "FOOTER") return node.closest("article,aside,main,nav,section") ? null : "contentinfo";
    if (tag === "SECTION") return node.hasAttribute("aria-label") || node.hasAttribute("aria-labelledby") ? "region" : null;
    return TAG_ROLES[tag] || null;
  };

  const isRendered = (node) => node.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  const isVisible = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true });

  /* Design systems draw check boxes and radios in their label, over an input that is transparent, clipped or not
   * rendered: https://www.scottohara.me/blog/2021/09/24/custom-radio-checkbox-again.html */
  const DRAWN_IN_LABEL = new Set(["checkbox", "radio"]);
  const MIN_DRAWN_PX = 2;  // an element clipped to 1 px is for screen readers only
  const isDrawn = (node) => {
    const { width, height } = node.getBoundingClientRect();
    return isVisible(node) && width >= MIN_DRAWN_PX && height >= MIN_DRAWN_PX;
  };
  /* Return the element that shows a node: its drawn label for a control that is drawn there, else the node itself. */
  const shownBy = (node) => {
    if (node.tagName !== "INPUT" || !DRAWN_IN_LABEL.has(node.type) || isDrawn(node)) return node;
    return [...node.labels].find(isDrawn) ?? node;
  };
  /* Return whether an element belongs to a node: it is the node, inside it, or in one of its labels. */
  const belongsTo = (node, other) =>
    node.contains(other) || [...node.labels ?? []].some((label) => label.contains(other));

  const isInline = (node) => getComputedStyle(node).display.startsWith("inline");

  /* Return the rendered text of a node, with labels and alternative texts in place of its children that have them. */
  const contentOf = (node) => {
    let text = "";
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) text += child.data;
      if (child.nodeType !== Node.ELEMENT_NODE || child.getAttribute("aria-hidden") === "true") continue;
      if (!isRendered(child) && isRendered(node)) continue;
      const content = child.getAttribute("aria-label") || child.getAttribute("alt") || contentOf(child);
      text += isInline(child) && child.tagName !== "BR" ? content : ` ${content} `;
    }
    return collapseSpaces(text);
  };

  const headingOf = (node) => {
    const heading = node.querySelector("h1,h2,h3,h4,h5,h6,[role=heading]");
    return heading ? contentOf(heading) : "";
  };

  const nameOf = (node, role) => {
    const labelledBy = (node.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean)
      .map((id) => node.ownerDocument.getElementById(id)).filter(Boolean).map(contentOf).join(" ");
    if (labelledBy) return collapseSpaces(labelledBy);
    const label = collapseSpaces(node.getAttribute("aria-label") || "");
    if (label) return label;
    if (node.labels && node.labels.length) return collapseSpaces([...node.labels].map(contentOf).join(" "));
    if (node.tagName === "INPUT" && role === "button") return collapseSpaces(node.value || node.alt || "");
    if (node.tagName === "IMG") return collapseSpaces(node.alt || "");
    if (NAMED_BY_CONTENT.has(role)) {
      const content = contentOf(node);
      if (content) return content;
    }
    if (role === "dialog" || role === "alertdialog") return headingOf(node);
    return collapseSpaces(node.getAttribute("title") || node.getAttribute("placeholder") || "");
  };

  /* Return whether a node has text that is not inside an element with a role: a paragraph, a list item, a cell. */
  const hasOwnText = (node) => [...node.childNodes].some((child) =>
    child.nodeType === Node.TEXT_NODE
      ? child.data.trim() !== ""
      : child.nodeType === Node.ELEMENT_NODE && roleOf(child) === null && isInline(child) && hasOwnText(child));

  const MAX_ELEMENTS = 10000;  // the elements after these are not listed
  const nodes = [];
  const roles = new Map();
  const collect = (node, insideNamedElement) => {
    if (nodes.length >= MAX_ELEMENTS) return;
    if (["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "OPTION"].includes(node.tagName)) return;
    if (node.tagName === "LABEL" && node.control) insideNamedElement = true;
    let role = roleOf(node);
    if (role === null && !insideNamedElement && node !== document.body && !isInline(node) && isVisible(node) && hasOwnText(node)) {
      role = "text";
    }
    if (role !== null) {
      roles.set(node, role);
      nodes.push(node);
    }
    for (const child of childrenOf(node)) collect(child, insideNamedElement || role === "text" || LEAVES.has(role));
  };
  collect(document.body, false);

  const indexes = new Map(nodes.map((node, index) => [node, index]));
  /* Return the index of the nearest container around a node, null if there is none. */
  const parentOf = (node) => {
    for (let ancestor = parentOfNode(node); ancestor; ancestor = parentOfNode(ancestor)) {
      if (indexes.has(ancestor) && CONTAINERS.has(roles.get(ancestor))) return indexes.get(ancestor);
    }
    return null;
  };

  /* Return the rectangle of a node in the viewport; of a control that its label draws, that of both together. */
  const shownBox = (node) => {
    const label = shownBy(node);
    const own = node.getBoundingClientRect();
    if (label === node) return own;
    const words = document.createRange();
    words.selectNodeContents(label);
    const rects = [own, label.getBoundingClientRect()].filter(({ width, height }) => width >= MIN_DRAWN_PX && height >= MIN_DRAWN_PX);
    const [x, y] = [Math.min(...rects.map(({ left }) => left)), Math.min(...rects.map(({ top }) => top))];
    const right = Math.max(own.right, words.getBoundingClientRect().right);  // a label is often as wide as the page
    return new DOMRect(x, y, right - x, Math.max(...rects.map(({ bottom }) => bottom)) - y);
  };

  const boxOf = (node, full) => {
    const { x, y, width, height } = shownBox(node);
    return full ? { x: x + scrollX, y: y + scrollY, width, height } : { x, y, width, height };
  };

  /* Return the index of the container that covers an element at most of five points (its centre and near its corners):
   * -1 if that is not listed, null if the element is not covered. */
  const coveringElementOf = (node) => {
    const rect = shownBy(node).getClientRects()[0];
    if (!rect) return null;
    const points = [[0.5, 0.5], [0.15, 0.25], [0.85, 0.25], [0.15, 0.75], [0.85, 0.75]]
      .map(([fx, fy]) => [rect.x + rect.width * fx, rect.y + rect.height * fy])
      .filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
    const covering = points.map(([x, y]) => document.elementFromPoint(x, y))
      .filter((top) => top && !belongsTo(node, top) && !top.contains(node));
    if (covering.length * 2 <= points.length) return null;
    for (let ancestor = covering[0]; ancestor; ancestor = parentOfNode(ancestor)) {
      const index = indexes.get(ancestor);
      if (index !== undefined && CONTAINERS.has(roles.get(ancestor))) return index;
    }
    return indexes.get(covering[0]) ?? -1;
  };

  /* Return the index of the visible control that opens the hidden container around a node, null if there is none. */
  const openerOf = (node) => {
    for (let ancestor = node; ancestor; ancestor = parentOfNode(ancestor)) {
      if (!ancestor.id) continue;
      const opener = nodes.find((other) => isVisible(other) &&
        [other.getAttribute("aria-controls"), other.getAttribute("commandfor"), other.getAttribute("popovertarget")].includes(ancestor.id));
      if (opener) return indexes.get(opener);
    }
    return null;
  };

  /* Return whether a field holds text that the scenario did not type. */
  const isFilled = (node) => {
    if (["INPUT", "TEXTAREA"].includes(node.tagName)) {
      if (["checkbox", "radio", "submit", "button", "reset", "image", "hidden", "range", "color"].includes(node.type)) return false;
      return node.value !== "" && !typed.includes(node.value.replace(/\s/g, ""));
    }
    return node.isContentEditable && node.textContent.trim() !== "";
  };

  const textsReferredBy = (node, attribute) => (node.getAttribute(attribute) || "").split(/\s+/).filter(Boolean)
    .map((id) => node.ownerDocument.getElementById(id)).filter(Boolean).map(contentOf);

  /* Return the names of all groups and forms around a field. */
  const groupNamesAround = (node) => {
    const names = [];
    for (let ancestor = parentOfNode(node); ancestor; ancestor = parentOfNode(ancestor)) {
      if (!ancestor.matches("fieldset, form, [role=group], [role=radiogroup], [role=form]")) continue;
      const legend = ancestor.querySelector(":scope > legend");
      names.push(legend ? contentOf(legend) : "", nameOf(ancestor, "group"));
    }
    return names;
  };

  const FIELD_SELECTOR = "input, select, textarea, [contenteditable]";
  const DATE_PART = /^(jour|mois|ann[ée]e|jj|mm|aaaa|day|month|year|dd|yyyy)\b/i;
  const MAX_LEVELS = 4;  // ancestors of a field beside which its label may be found

  /* Return the nearest text before a field that has no label of its own. */
  const textBefore = (node) => {
    for (let [current, level] = [node, 0]; current && level < MAX_LEVELS; current = parentOfNode(current), level += 1) {
      for (let before = current.previousSibling; before; before = before.previousSibling) {
        if (before.nodeType === Node.ELEMENT_NODE && (before.matches(FIELD_SELECTOR) || before.querySelector(FIELD_SELECTOR))) return "";
        const text = before.nodeType === Node.ELEMENT_NODE ? contentOf(before) : collapseSpaces(before.data || "");
        if (text) return text;
      }
    }
    return "";
  };

  /* Return the attributes and labels that tell what a field asks for; null if the node is no field. */
  const traitsOf = (node) => {
    const native = ["INPUT", "TEXTAREA", "SELECT"].includes(node.tagName);
    if (!native && !node.isContentEditable) return null;
    const labels = [...node.labels || []].map(contentOf).filter(Boolean);
    const names = [...labels, ...textsReferredBy(node, "aria-labelledby"), node.getAttribute("aria-label")].filter(Boolean);
    const unlabelled = names.length === 0 || names.every((text) => DATE_PART.test(text));
    const descriptions = ["describedby", "errormessage", "details"].flatMap((name) => textsReferredBy(node, `aria-${name}`));
    const attributes = ["placeholder", "title", "aria-description"].map((name) => node.getAttribute(name));
    return {
      kind: ["tel", "email"].includes(node.inputMode) ? node.inputMode : native ? node.type : "",
      autocomplete: node.getAttribute("autocomplete") || "",
      code_names: plainArray([node.getAttribute("name"), node.id].filter(Boolean)),
      hints: plainArray([...names, ...attributes, ...descriptions, ...groupNamesAround(node), unlabelled && textBefore(node.labels?.[0] ?? node)].filter(Boolean)),
    };
  };

  /* Return the URL of a link to a page; of any other link (mailto:, javascript:), only its scheme. */
  const addressOf = (node) => {
    const href = typeof node.href === "string" ? node.href : node.getAttribute("href");
    if (!href || !URL.canParse(href, node.baseURI)) return null;
    const url = new URL(href, node.baseURI);
    return ["http:", "https:"].includes(url.protocol) ? url.href : url.protocol;
  };

  const elements = plainArray(nodes.map((node) => {
    const role = roles.get(node);
    const shown = shownBy(node);
    const visible = isVisible(shown) && shown.getClientRects().length > 0 && shown.getBoundingClientRect().width > 0;
    return {
      role,
      name: role === "text" ? contentOf(node) : nameOf(node, role),
      box: boxOf(node, fullPage),
      parent: parentOf(node),
      visible,
      covered_by: visible ? coveringElementOf(node) : null,
      disabled: node.matches(":disabled") || node.getAttribute("aria-disabled") === "true",
      filled: Boolean(isFilled(node)),
      submits: node.form != null && (node.type === "submit" || node.type === "image"),
      address: role === "link" ? addressOf(node) : null,
      opener: visible ? null : openerOf(node),
      field: traitsOf(node),
    };
  }));
  /* Scroll to an element if needed; return the centre of its first box in the viewport, null if it is gone or covered. */
  const point = (index) => {
    const node = nodes[index];
    if (!node.isConnected) return null;
    const inside = ({ x, y, width, height }) => x >= 0 && y >= 0 && x + width <= innerWidth && y + height <= innerHeight;
    const shown = shownBy(node);
    if (!inside(shown.getClientRects()[0] || {})) shown.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const rect = shown.getClientRects()[0];
    if (!rect) return null;
    const [x, y] = [rect.x + rect.width / 2, rect.y + rect.height / 2];
    const top = document.elementFromPoint(x, y);
    return top && (belongsTo(node, top) || top.contains(node)) ? { x, y } : null;
  };

  const field = (index) => plainArray([nameOf(nodes[index], roles.get(nodes[index])), traitsOf(nodes[index])]);
  return { nodes, elements, point, field, boxes: (full) => plainArray(nodes.map((node) => boxOf(node, full))) };
}
