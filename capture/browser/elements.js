/* What is on the page: everything that a reader can see or act on.
 *
 * Gives { nodes, elements, point(index), field(index), boxes(fullPage) }: `elements[i]` describes `nodes[i]`; parents come before children.
 * Names follow the Accessible Name computation (https://www.w3.org/TR/accname-1.2/), as far as public
 * pages need it: aria-labelledby, aria-label, native label, content, alt, title, placeholder.
 * No value of a field ever leaves the page, only whether it is filled with anything but what was typed.
 */
({fullPage, typed}) => {
  const ROLES = {
    BUTTON: "button", SUMMARY: "button", TEXTAREA: "textbox", IMG: "img", NAV: "navigation", MAIN: "main",
    DIALOG: "dialog", FORM: "form", ASIDE: "complementary",
    H1: "heading", H2: "heading", H3: "heading", H4: "heading", H5: "heading", H6: "heading",
  };
  const INPUTS = {
    button: "button", submit: "button", reset: "button", image: "button", checkbox: "checkbox", radio: "radio",
    range: "slider", number: "spinbutton", search: "searchbox", hidden: null,
  };
  const CONTAINERS = new Set(["dialog", "alertdialog", "form", "navigation", "main", "banner", "contentinfo",
    "complementary", "region", "search"]);
  const NAMED_BY_CONTENT = new Set(["button", "link", "heading", "tooltip", "tab", "menuitem", "option", "text"]);
  const ACTED_ON = new Set(["button", "link", "heading", "tab", "menuitem", "tooltip"]);
  const KNOWN = new Set([...CONTAINERS, ...NAMED_BY_CONTENT, "img", "textbox", "checkbox", "radio", "slider",
    "spinbutton", "searchbox", "combobox", "alert", "status", "switch"]);

  /* What a form's own fields are named may hide its properties, and a library may change how arrays are written. */
  const getter = (kind, name) => Function.prototype.call.bind(Object.getOwnPropertyDescriptor(kind.prototype, name).get);
  const childrenOf = getter(Element, "children");
  const parentOfNode = getter(Node, "parentElement");
  const list = (array) => Object.defineProperty(array, "toJSON", { value: undefined });

  const tidy = (text) => text.replace(/\s+/g, " ").trim();

  const roleOf = (node) => {
    const said = (node.getAttribute("role") || "").split(" ")[0];
    if (KNOWN.has(said)) return said;
    const tag = node.tagName.toUpperCase();
    if (tag === "A") return node.hasAttribute("href") ? "link" : null;
    if (tag === "INPUT") return node.type in INPUTS ? INPUTS[node.type] : "textbox";
    if (tag === "SELECT") return node.multiple ? "listbox" : "combobox";
    if (tag === "IMG") return node.getAttribute("alt") === "" ? null : "img";
    if (tag === "HEADER") return node.closest("article,aside,main,nav,section") ? null : "banner";
    if (tag === "FOOTER") return node.closest("article,aside,main,nav,section") ? null : "contentinfo";
    if (tag === "SECTION") return node.hasAttribute("aria-label") || node.hasAttribute("aria-labelledby") ? "region" : null;
    return ROLES[tag] || null;
  };

  const isRendered = (node) => node.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  const isVisible = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true });

  const isInline = (node) => getComputedStyle(node).display.startsWith("inline");

  const contentOf = (node) => {
    let text = "";
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) text += child.data;
      if (child.nodeType !== Node.ELEMENT_NODE || child.getAttribute("aria-hidden") === "true") continue;
      if (!isRendered(child) && isRendered(node)) continue;
      const own = child.getAttribute("aria-label") || child.getAttribute("alt") || contentOf(child);
      text += isInline(child) && child.tagName !== "BR" ? own : ` ${own} `;
    }
    return tidy(text);
  };

  const headed = (node) => {
    const heading = node.querySelector("h1,h2,h3,h4,h5,h6,[role=heading]");
    return heading ? contentOf(heading) : "";
  };

  const nameOf = (node, role) => {
    const by = (node.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean)
      .map((id) => node.ownerDocument.getElementById(id)).filter(Boolean).map(contentOf).join(" ");
    if (by) return tidy(by);
    const label = tidy(node.getAttribute("aria-label") || "");
    if (label) return label;
    if (node.labels && node.labels.length) return tidy([...node.labels].map(contentOf).join(" "));
    if (node.tagName === "INPUT" && role === "button") return tidy(node.value || node.alt || "");
    if (node.tagName === "IMG") return tidy(node.alt || "");
    if (NAMED_BY_CONTENT.has(role)) {
      const content = contentOf(node);
      if (content) return content;
    }
    if (role === "dialog" || role === "alertdialog") return headed(node);
    return tidy(node.getAttribute("title") || node.getAttribute("placeholder") || "");
  };

  /* Text of its own, that belongs to nothing named: a paragraph, an item, a cell. */
  const saysSomething = (node) => [...node.childNodes].some((child) =>
    child.nodeType === Node.TEXT_NODE
      ? child.data.trim() !== ""
      : child.nodeType === Node.ELEMENT_NODE && roleOf(child) === null && isInline(child) && saysSomething(child));

  const MOST = 10000;  // no reader looks at more; a page of more is cut off there
  const nodes = [];
  const roles = new Map();
  const walk = (node, insideNamed) => {
    if (nodes.length >= MOST) return;
    if (["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "OPTION"].includes(node.tagName)) return;
    if (node.tagName === "LABEL" && node.control) insideNamed = true;
    let role = roleOf(node);
    if (role === null && !insideNamed && node !== document.body && !isInline(node) && isVisible(node) && saysSomething(node)) {
      role = "text";
    }
    if (role !== null) {
      roles.set(node, role);
      nodes.push(node);
    }
    for (const child of childrenOf(node)) walk(child, insideNamed || role === "text" || ACTED_ON.has(role));
  };
  walk(document.body, false);

  const indexes = new Map(nodes.map((node, index) => [node, index]));
  const parentOf = (node) => {
    for (let above = parentOfNode(node); above; above = parentOfNode(above)) {
      if (indexes.has(above) && CONTAINERS.has(roles.get(above))) return indexes.get(above);
    }
    return null;
  };

  const boxOf = (node, full) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    return full ? { x: x + scrollX, y: y + scrollY, width, height } : { x, y, width, height };
  };

  /* What lies on top of an element at its middle and near its corners; null when the element itself does. */
  const coverOf = (node) => {
    const rect = node.getClientRects()[0];
    if (!rect) return null;
    const points = [[0.5, 0.5], [0.15, 0.25], [0.85, 0.25], [0.15, 0.75], [0.85, 0.75]]
      .map(([fx, fy]) => [rect.x + rect.width * fx, rect.y + rect.height * fy])
      .filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
    const covers = points.map(([x, y]) => document.elementFromPoint(x, y))
      .filter((top) => top && top !== node && !node.contains(top) && !top.contains(node)
        && !(node.labels && [...node.labels].some((label) => label.contains(top))));
    if (covers.length * 2 <= points.length) return null;
    for (let above = covers[0]; above; above = parentOfNode(above)) {
      const index = indexes.get(above);
      if (index !== undefined && CONTAINERS.has(roles.get(above))) return index;
    }
    return indexes.get(covers[0]) ?? -1;
  };

  const openerOf = (node) => {
    for (let above = node; above; above = parentOfNode(above)) {
      if (!above.id) continue;
      const opener = nodes.find((other) => isVisible(other) &&
        [other.getAttribute("aria-controls"), other.getAttribute("commandfor"), other.getAttribute("popovertarget")].includes(above.id));
      if (opener) return indexes.get(opener);
    }
    return null;
  };

  const isFilled = (node) => {
    if (["INPUT", "TEXTAREA"].includes(node.tagName)) {
      if (["checkbox", "radio", "submit", "button", "reset", "image", "hidden", "range", "color"].includes(node.type)) return false;
      return node.value !== "" && !typed.includes(node.value.replace(/\s/g, ""));
    }
    return node.isContentEditable && node.textContent.trim() !== "";
  };

  const referredBy = (node, attribute) => (node.getAttribute(attribute) || "").split(/\s+/).filter(Boolean)
    .map((id) => node.ownerDocument.getElementById(id)).filter(Boolean).map(contentOf);

  /* What all the groups and forms around a field are called. */
  const groupsAround = (node) => {
    const names = [];
    for (let above = parentOfNode(node); above; above = parentOfNode(above)) {
      if (!above.matches("fieldset, form, [role=group], [role=radiogroup], [role=form]")) continue;
      const legend = above.querySelector(":scope > legend");
      names.push(legend ? contentOf(legend) : "", nameOf(above, "group"));
    }
    return names;
  };

  const FIELD = "input, select, textarea, [contenteditable]";
  const PART_OF_A_DATE = /^(jour|mois|ann[ée]e|jj|mm|aaaa|day|month|year|dd|yyyy)\b/i;
  const FAR = 4;  // elements up from a field, to where its label may stand untied

  /* The text that stands before a field, where nothing ties a label to it. */
  const textBefore = (node) => {
    for (let [at, up] = [node, 0]; at && up < FAR; at = parentOfNode(at), up += 1) {
      for (let before = at.previousSibling; before; before = before.previousSibling) {
        if (before.nodeType === Node.ELEMENT_NODE && (before.matches(FIELD) || before.querySelector(FIELD))) return "";
        const text = before.nodeType === Node.ELEMENT_NODE ? contentOf(before) : tidy(before.data || "");
        if (text) return text;
      }
    }
    return "";
  };

  /* What a field's markup says of what it is for. */
  const traitsOf = (node) => {
    const native = ["INPUT", "TEXTAREA", "SELECT"].includes(node.tagName);
    if (!native && !node.isContentEditable) return null;
    const labels = [...node.labels || []].map(contentOf).filter(Boolean);
    const said = [...labels, ...referredBy(node, "aria-labelledby"), node.getAttribute("aria-label")].filter(Boolean);
    const untied = said.length === 0 || said.every((text) => PART_OF_A_DATE.test(text));
    const besides = ["describedby", "errormessage", "details"].flatMap((name) => referredBy(node, `aria-${name}`));
    const own = ["placeholder", "title", "aria-description"].map((name) => node.getAttribute(name));
    return {
      kind: ["tel", "email"].includes(node.inputMode) ? node.inputMode : native ? node.type : "",
      autocomplete: node.getAttribute("autocomplete") || "",
      code_names: list([node.getAttribute("name"), node.id].filter(Boolean)),
      hints: list([...said, ...own, ...besides, ...groupsAround(node), untied && textBefore(node.labels?.[0] ?? node)].filter(Boolean)),
    };
  };

  /* Of what is no address of a page (a script, a mail address), only what kind it is. */
  const addressOf = (node) => {
    const href = typeof node.href === "string" ? node.href : node.getAttribute("href");
    if (!href || !URL.canParse(href, node.baseURI)) return null;
    const url = new URL(href, node.baseURI);
    return ["http:", "https:"].includes(url.protocol) ? url.href : url.protocol;
  };

  const elements = list(nodes.map((node) => {
    const role = roles.get(node);
    const visible = isVisible(node) && node.getClientRects().length > 0 && node.getBoundingClientRect().width > 0;
    return {
      role,
      name: role === "text" ? contentOf(node) : nameOf(node, role),
      box: boxOf(node, fullPage),
      parent: parentOf(node),
      visible,
      covered_by: visible ? coverOf(node) : null,
      disabled: node.matches(":disabled") || node.getAttribute("aria-disabled") === "true",
      filled: Boolean(isFilled(node)),
      submits: node.form != null && (node.type === "submit" || node.type === "image"),
      address: role === "link" ? addressOf(node) : null,
      opener: visible ? null : openerOf(node),
      field: traitsOf(node),
    };
  }));
  const point = (index) => {
    const node = nodes[index];
    if (!node.isConnected) return null;
    const inside = ({ x, y, width, height }) => x >= 0 && y >= 0 && x + width <= innerWidth && y + height <= innerHeight;
    if (!inside(node.getClientRects()[0] || {})) node.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const rect = node.getClientRects()[0];
    if (!rect) return null;
    const [x, y] = [rect.x + rect.width / 2, rect.y + rect.height / 2];
    const top = document.elementFromPoint(x, y);
    return top && (top === node || node.contains(top) || top.contains(node)) ? { x, y } : null;
  };

  const field = (index) => list([nameOf(nodes[index], roles.get(nodes[index])), traitsOf(nodes[index])]);
  return { nodes, elements, point, field, boxes: (full) => list(nodes.map((node) => boxOf(node, full))) };
}
