/* Read the tree of a page as it is drawn, and the role and accessible name of each element.
 *
 * Return an object of functions; the comment of each says what it does. Accessible names follow
 * https://www.w3.org/TR/accname-1.2/ (the steps of that algorithm are named [2A] to [2I]) and
 * https://www.w3.org/TR/html-aam-1.0/. Nodes may belong to the documents of frames of the same origin, so nothing here
 * asks for a node's class (`instanceof`). `closedRoots` is the name under which closed shadow roots are recorded.
 */
(closedRoots) => {
  /* Getters of the prototypes, because the fields of a form shadow the form's own properties by their names. */
  const getter = (type, name) => Function.prototype.call.bind(Object.getOwnPropertyDescriptor(type.prototype, name).get);
  const childNodesOf = getter(Node, "childNodes");
  const parentNodeOf = getter(Node, "parentNode");
  const attribute = (node, name) => Element.prototype.getAttribute.call(node, name);
  const hasAttribute = (node, name) => Element.prototype.hasAttribute.call(node, name);
  const isElement = (node) => node.nodeType === Node.ELEMENT_NODE;
  const isText = (node) => node.nodeType === Node.TEXT_NODE;
  const tagOf = (node) => node.localName.toLowerCase();
  const isSvg = (node) => node.namespaceURI === "http://www.w3.org/2000/svg";

  /* Return a function that computes its result once for each node. */
  const remember = (compute) => {
    const known = new Map();
    return (node) => {
      if (!known.has(node)) known.set(node, compute(node));
      return known.get(node);
    };
  };

  // The tree as it is drawn: with shadow roots, slots, and frames of the same origin

  const frameRootOf = (node) => {
    try {
      return ["iframe", "frame"].includes(tagOf(node)) ? node.contentDocument?.documentElement ?? null : null;
    } catch {
      return null;
    }
  };

  /* Return the shadow root of an element, also a closed one that a script created (see shadow_roots.js); null for none. */
  const shadowRootOf = (node) => node.shadowRoot ?? node.ownerDocument.defaultView?.[closedRoots]?.(node) ?? null;

  /* Return the nodes that are drawn in an element. */
  const childrenOf = (node) => {
    const frameRoot = frameRootOf(node);
    if (frameRoot) return [frameRoot];
    const root = shadowRootOf(node);
    if (root) return [...childNodesOf(root)];
    const assigned = tagOf(node) === "slot" ? node.assignedNodes() : [];
    return assigned.length ? assigned : [...childNodesOf(node)];
  };

  /* Return the element in which a node is drawn, null for the root of the page. */
  const parentOf = (node) => {
    if (node.assignedSlot) return node.assignedSlot;
    const parent = parentNodeOf(node);
    if (!parent) return null;
    if (isElement(parent)) return parent;
    return parent.host ?? (parent.nodeType === Node.DOCUMENT_NODE ? parent.defaultView?.frameElement ?? null : null);
  };

  /* Yield the elements around a node, the nearest first. */
  const ancestorsOf = function* (node) {
    for (let ancestor = parentOf(node); ancestor; ancestor = parentOf(ancestor)) yield ancestor;
  };

  /* Return the nearest element around a node, or the node itself, for which a condition holds; null if there is none. */
  const closest = (node, holds) => {
    if (holds(node)) return node;
    for (const ancestor of ancestorsOf(node)) if (holds(ancestor)) return ancestor;
    return null;
  };
  const contains = (node, other) => closest(other, (ancestor) => ancestor === node) !== null;

  const byId = (node, id) => node.getRootNode().getElementById?.(id) ?? null;
  /* Return the elements that an attribute of a node refers to by their ids. */
  const referencesOf = (node, name) =>
    (attribute(node, name) || "").split(/\s+/).filter(Boolean).map((id) => byId(node, id)).filter(Boolean);

  const styleOf = remember((node) => getComputedStyle(node));
  const NEVER_RENDERED = new Set(["script", "style", "noscript", "template", "head", "title", "meta", "link"]);
  /* Return whether an element has a box that is not hidden. */
  const isRendered = remember((node) => !NEVER_RENDERED.has(tagOf(node)) && node.checkVisibility({ visibilityProperty: true }));

  const BOXLESS = new Set(["option", "optgroup", "slot", "area", "map"]);  // in the accessibility tree without a box of their own
  /* Return whether an element is hidden from assistive technology. */
  const isHidden = remember((node) => {
    const parent = parentOf(node);
    if (attribute(node, "aria-hidden") === "true") return true;
    const { display, visibility } = styleOf(node);
    if (display !== "contents" && !BOXLESS.has(tagOf(node)) && !isRendered(node)) return true;
    if (tagOf(node) !== "area" && (display === "none" || visibility !== "visible")) return true;
    return parent !== null && isHiddenTree(parent);
  });
  /* Return whether an element hides all that is in it; an element of `visibility: hidden` may contain visible ones. */
  const isHiddenTree = remember((node) => {
    const parent = parentOf(node);
    return attribute(node, "aria-hidden") === "true" || styleOf(node).display === "none" || (parent !== null && isHiddenTree(parent));
  });

  // Roles

  const ROLES = new Set(("alert alertdialog application article banner blockquote button caption cell checkbox code columnheader "
    + "combobox comment complementary contentinfo definition deletion dialog directory document emphasis feed figure form generic "
    + "grid gridcell group heading image img insertion link list listbox listitem log main mark marquee math menu menubar menuitem "
    + "menuitemcheckbox menuitemradio meter navigation none note option paragraph presentation progressbar radio radiogroup region "
    + "row rowgroup rowheader scrollbar search searchbox separator slider spinbutton status strong subscript suggestion superscript "
    + "switch tab table tablist tabpanel term textbox time timer toolbar tooltip tree treegrid treeitem").split(" "));
  const TAG_ROLES = {
    address: "group", article: "article", aside: "complementary", blockquote: "blockquote", button: "button", caption: "caption",
    code: "code", datalist: "listbox", dd: "definition", del: "deletion", details: "group", dfn: "term", dialog: "dialog",
    dt: "term", em: "emphasis", fieldset: "group", figure: "figure", form: "form", h1: "heading", h2: "heading", h3: "heading",
    h4: "heading", h5: "heading", h6: "heading", hr: "separator", html: "document", ins: "insertion", li: "listitem", main: "main",
    mark: "mark", math: "math", menu: "list", meter: "meter", nav: "navigation", ol: "list", optgroup: "group", option: "option",
    output: "status", p: "paragraph", progress: "progressbar", search: "search", strong: "strong", sub: "subscript",
    summary: "button", sup: "superscript", table: "table", tbody: "rowgroup", tfoot: "rowgroup", thead: "rowgroup",
    textarea: "textbox", time: "time", tr: "row", ul: "list",
  };
  const INPUT_ROLES = {
    button: "button", submit: "button", reset: "button", image: "button", checkbox: "checkbox",
    radio: "radio", range: "slider", number: "spinbutton", search: "searchbox",
  };
  const TEXT_INPUTS = new Set(["text", "search", "tel", "url", "email"]);
  const HEADERS = { row: "rowheader", rowgroup: "rowheader", col: "columnheader", colgroup: "columnheader" };
  const SECTIONS = "article, aside, main, nav, section, [role=article], [role=complementary], [role=main], [role=navigation], [role=region]";
  const GLOBAL_ATTRIBUTES = ["atomic", "busy", "controls", "current", "describedby", "details", "dropeffect", "flowto", "grabbed",
    "hidden", "keyshortcuts", "label", "labelledby", "live", "owns", "relevant", "roledescription"];

  const isNamedByAuthor = (node) => ["aria-label", "aria-labelledby", "title"].some((name) => (attribute(node, name) || "").trim());
  const childOfTag = (node, tag) => [...childNodesOf(node)].find((child) => isElement(child) && tagOf(child) === tag);

  const roleOfInput = (node) => {
    if (node.type === "hidden") return null;
    if (hasAttribute(node, "list") && TEXT_INPUTS.has(node.type)) return "combobox";
    return INPUT_ROLES[node.type] ?? "textbox";
  };
  const roleOfHeader = (node) => HEADERS[node.scope] ?? (node.closest("thead") || node.cellIndex > 0 ? "columnheader" : "rowheader");
  const implicitRoleOf = (node) => {
    const tag = tagOf(node);
    if (isSvg(node)) {
      if (tag === "a") return hasAttribute(node, "href") || hasAttribute(node, "xlink:href") ? "link" : null;
      return tag === "svg" && (isNamedByAuthor(node) || childOfTag(node, "title")) ? "img" : null;
    }
    if (tag === "a" || tag === "area") return hasAttribute(node, "href") ? "link" : null;
    if (tag === "input") return roleOfInput(node);
    if (tag === "select") return node.multiple || node.size > 1 ? "listbox" : "combobox";
    if (tag === "img") return attribute(node, "alt") === "" && !isNamedByAuthor(node) ? "none" : "img";
    if (tag === "header") return node.closest(SECTIONS) ? null : "banner";
    if (tag === "footer") return node.closest(SECTIONS) ? null : "contentinfo";
    if (tag === "section") return isNamedByAuthor(node) ? "region" : null;
    if (tag === "th") return roleOfHeader(node);
    if (tag === "td") return node.closest("table")?.matches("[role=grid], [role=treegrid]") ? "gridcell" : "cell";
    return TAG_ROLES[tag] ?? null;
  };

  const FOCUSED_BY_NATURE = new Set(["button", "input", "select", "textarea", "summary", "iframe"]);
  const isFocusable = (node) => {
    const tag = tagOf(node);
    return hasAttribute(node, "tabindex") || FOCUSED_BY_NATURE.has(tag) || (["a", "area"].includes(tag) && hasAttribute(node, "href"));
  };

  /* Return the ARIA role of an element, null if it has none. */
  const roleOf = remember((node) => {
    for (const role of (attribute(node, "role") || "").toLowerCase().split(/\s+/)) {
      if (!ROLES.has(role)) continue;
      if (role === "image") return "img";
      if (role !== "none" && role !== "presentation") return role;
      // https://www.w3.org/TR/wai-aria-1.2/#conflict_resolution_presentation_none
      if (!isFocusable(node) && !GLOBAL_ATTRIBUTES.some((name) => hasAttribute(node, `aria-${name}`))) return "none";
    }
    return implicitRoleOf(node);
  });

  // Accessible names

  const collapseSpaces = (text) => text.replace(/\s+/g, " ").trim();
  const UNREAD = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202c\u2060\u2066-\u2069\ufeff\p{Co}]/gu;
  /* Remove what nobody reads: soft hyphens, zero-width spaces, marks of the writing direction, and the private-use
   * characters of icon fonts. Joiners stay: letters have another shape beside them. */
  const legible = (text) => collapseSpaces(text.normalize("NFC").replace(UNREAD, ""));

  const NAMED_BY_CONTENT = new Set(["button", "cell", "checkbox", "columnheader", "gridcell", "heading", "link", "menuitem",
    "menuitemcheckbox", "menuitemradio", "option", "radio", "row", "rowheader", "switch", "tab", "tooltip", "treeitem"]);
  const NEVER_NAMED = new Set(["caption", "code", "deletion", "emphasis", "generic", "insertion", "mark", "none", "paragraph",
    "strong", "subscript", "suggestion", "superscript", "time"]);

  const isInline = (node) => {
    const { display } = styleOf(node);
    return display === "inline" || display === "contents" || display === "none" || display.startsWith("ruby");
  };
  const apart = (text, inline) => (inline ? text : ` ${text} `);

  const unescape = (text) => text
    .replace(/\\([0-9a-f]{1,6})\s?/gi, (_, code) => String.fromCodePoint(parseInt(code, 16))).replace(/\\(.)/g, "$1");
  const CONTENT_PARTS = /"(?:[^"\\]|\\.)*"|attr\([^)]*\)/g;
  const CONTENT_ALTERNATIVE = /\/\s*((?:"(?:[^"\\]|\\.)*"|attr\([^)]*\))\s*)+$/;
  /* Return what CSS generates in a pseudo-element, null for nothing: { content, inline }. */
  const generatedBy = (pseudo) => remember((node) => {
    const style = getComputedStyle(node, pseudo);
    const { content } = style;
    if (!content || content === "none" || content === "normal" || style.display === "none" || style.visibility !== "visible") return null;
    return { content, inline: style.display === "inline" || style.float !== "none" };
  });
  const GENERATED = { "::before": generatedBy("::before"), "::after": generatedBy("::after") };
  /* Return the text that CSS generates before or after the content of an element; with `read`, its alternative text. */
  const generatedText = (node, pseudo, read = true) => {
    const generated = GENERATED[pseudo](node);
    if (generated === null) return "";
    const { content, inline } = generated;
    const alternativeText = content.match(CONTENT_ALTERNATIVE);
    const source = alternativeText === null ? content : read ? alternativeText[0] : content.slice(0, alternativeText.index);
    const parts = (source.match(CONTENT_PARTS) ?? []).map((part) => part.startsWith("attr(")
      ? attribute(node, part.slice(5, -1).trim().split(/[\s,]/)[0]) ?? ""
      : unescape(part.slice(1, -1)));
    return apart(parts.join(""), inline);
  };

  const EDITED = new Set(["textbox", "searchbox"]);
  const HAS_PLACEHOLDER = new Set(["combobox", "searchbox", "spinbutton", "textbox"]);
  const RANGES = new Set(["slider", "spinbutton", "progressbar", "meter", "scrollbar"]);

  const chosenOptions = (node) => {
    if (tagOf(node) === "select") return [...node.selectedOptions];
    const chosen = "[role=option][aria-selected=true]";
    return [node, ...referencesOf(node, "aria-owns")].flatMap((list) => [...list.querySelectorAll(chosen)]);
  };

  /* [2C] Return the value of a control inside a label or a name; null if the element is no such control. */
  const embeddedValue = (node, role, search) => {
    if (EDITED.has(role)) return "value" in node ? node.value : contentName(node, search);
    if (role === "combobox" && tagOf(node) === "input") return node.value;
    if (role === "combobox" || role === "listbox") {
      const chosen = chosenOptions(node);
      return chosen.length ? chosen.map((option) => alternative(option, { ...search, inside: true })).join(" ") : contentName(node, search);
    }
    if (!RANGES.has(role)) return null;
    return attribute(node, "aria-valuetext") ?? attribute(node, "aria-valuenow") ?? ("value" in node ? String(node.value) : "");
  };

  /* Words that Firefox itself draws on a button without a value. */
  const DRAWN_BY_FIREFOX = { submit: "Submit Query", reset: "Reset", image: "Submit Query" };
  const LABELLED = new Set(["input", "select", "textarea", "meter", "progress", "output", "button"]);
  const NAMED_BY_CHILD = { fieldset: "legend", table: "caption", figure: "figcaption" };

  const nameFrom = (node, search) => alternative(node, { ...search, inside: true, hidden: isHidden(node) });

  /* Return the texts of a control's labels: of those that are drawn, if any is. */
  const labelName = (node, search) => {
    const labels = [...node.labels ?? []];
    const drawn = labels.filter((label) => !isHidden(label));
    return (drawn.length ? drawn : labels).map((label) => collapseSpaces(nameFrom(label, search))).filter(Boolean).join(" ");
  };

  /* [2E] Return the name that HTML or SVG gives to an element, "" for none. */
  const nativeName = (node, search) => {
    const tag = tagOf(node);
    if (isSvg(node)) return childOfTag(node, "title")?.textContent ?? (tag === "a" && attribute(node, "xlink:title") || "");
    if (LABELLED.has(tag)) {
      const label = labelName(node, search);
      if (label || tag !== "input") return label;
      if (node.type === "image") return [attribute(node, "alt"), attribute(node, "title"), DRAWN_BY_FIREFOX.image].find((text) => text?.trim());
      if (["button", "submit", "reset"].includes(node.type)) return hasAttribute(node, "value") ? node.value : DRAWN_BY_FIREFOX[node.type] ?? "";
      return "";
    }
    if (tag === "img" || tag === "area") return attribute(node, "alt") ?? "";
    if (tag === "optgroup" || tag === "option") return attribute(node, "label") ?? "";
    const naming = tag in NAMED_BY_CHILD && childOfTag(node, NAMED_BY_CHILD[tag]);
    return naming ? nameFrom(naming, search) : "";
  };

  const owned = remember((root) => new Set([...root.querySelectorAll("[aria-owns]")].flatMap((node) => referencesOf(node, "aria-owns"))));

  /* [2F, 2G] Return the text of an element's content. */
  const contentName = (node, search) => {
    const inner = { ...search, inside: true };
    const children = childrenOf(node).filter((child) => isText(child) || (isElement(child) && !owned(child.getRootNode()).has(child)));
    let text = generatedText(node, "::before");
    for (const child of [...children, ...referencesOf(node, "aria-owns")]) {
      const isRead = search.hidden || !isHidden(node);
      text += isText(child) ? (isRead ? child.data : "") : apart(alternative(child, inner), isInline(child) && tagOf(child) !== "br");
    }
    return text + generatedText(node, "::after");
  };

  /* Return the text alternative of an element: accname 1.2, section 4.3.2.
   *
   * search: { target: the element that is being named,
   *           visited: elements that are in the name already,
   *           inside: the element is reached from another one,
   *           referenced: it is reached through aria-labelledby,
   *           hidden: it is in a label or a referenced element that is hidden itself, where hidden content counts }
   */
  const alternative = (node, search) => {
    if (NEVER_RENDERED.has(tagOf(node)) && !isSvg(node)) return "";
    if (!search.hidden && isHidden(node)) return isHiddenTree(node) ? "" : contentName(node, search);  // [2A]
    if (tagOf(node) === "slot") return contentName(node, search);
    const role = roleOf(node);
    if (!search.referenced) {  // [2B]
      const name = referencesOf(node, "aria-labelledby").map((other) => collapseSpaces(
        nameFrom(other, { ...search, referenced: true }),
      )).filter(Boolean).join(" ");
      if (name) return name;
    }
    if (search.visited.has(node)) return "";
    if (search.inside && node !== search.target) {
      const value = embeddedValue(node, role, search);
      if (value !== null) return value;
    }
    search.visited.add(node);
    const label = attribute(node, "aria-label") ?? "";  // [2D]
    if (label.trim()) return label;
    const native = role === "none" ? "" : nativeName(node, search);
    if (collapseSpaces(native)) return native;
    const content = search.inside || NAMED_BY_CONTENT.has(role) ? contentName(node, search) : "";
    if (collapseSpaces(content)) return content;
    const title = attribute(node, "title") ?? "";  // [2I]
    if (title.trim()) return title;
    const placeholder = HAS_PLACEHOLDER.has(role) ? attribute(node, "placeholder") ?? attribute(node, "aria-placeholder") : null;
    return placeholder ?? content;
  };

  const newSearch = (node) => ({ target: node, visited: new Set(), inside: false, referenced: false, hidden: isHidden(node) });
  /* Return the accessible name of an element; of a hidden one, the name that it would have. */
  const nameOf = remember((node) => (NEVER_NAMED.has(roleOf(node)) ? "" : legible(alternative(node, newSearch(node)))));
  /* Return all text of an element, also what is hidden, with the alternative texts of what is in it. */
  const contentOf = (node) => legible(contentName(node, { ...newSearch(node), hidden: true }));

  return {
    ancestorsOf, attribute, childrenOf, closest, contains, contentOf, generatedText, hasAttribute, isElement, isInline, isRendered,
    isSvg, isText, legible, nameOf, parentOf, referencesOf, remember, roleOf, shadowRootOf, styleOf, tagOf, DRAWN_BY_FIREFOX,
  };
}
