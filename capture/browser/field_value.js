/* Read what a field shows as its value, also where a library draws it beside the input, or on a button that opens a list.
 *
 * Return an object of functions; the comment of each says what it does. `names` is what names.js returns, `sight` what
 * sight.js returns.
 */
(names, sight) => {
  const { ancestorsOf, attribute, contains, referencesOf, remember, roleOf, styleOf, tagOf } = names;
  const { boundsOf, hasBackground, intersection, isLarge, isSeen, sizeOf, wordsIn } = sight;

  const isWritten = (node) => ["input", "select", "textarea"].includes(tagOf(node)) || node.isContentEditable;
  const LISTS = new Set(["listbox", "tree", "grid"]);
  /* Return whether an element is pressed to open a list, and shows what is chosen there. */
  const opensList = (node) => {
    const isList = roleOf(node) === "combobox" || (roleOf(node) === "button" && LISTS.has(attribute(node, "aria-haspopup")));
    return isList && !isWritten(node) && !node.querySelector("input:not([type=hidden]), textarea");
  };

  /* Return the texts that name an element: those of `label` and of aria-labelledby. */
  const labelsOf = (node) => [...node.labels ?? [], ...referencesOf(node, "aria-labelledby")];

  const MOST_LEVELS = 6;
  const MOST_LINES = 6;  // height of a frame, in sizes of its letters
  const FIELDS = "input:not([type=hidden]), select, textarea";
  const hasEdge = (node) => {
    const { borderBottomWidth, boxShadow } = styleOf(node);
    return hasBackground(node) || parseFloat(borderBottomWidth) > 0 || boxShadow !== "none";
  };
  /* Return the frame that a library draws around the input of a list and its chosen value, null if there is none. */
  const frameOf = remember((node) => {
    if (tagOf(node) !== "input" || roleOf(node) !== "combobox") return null;
    for (const ancestor of [...ancestorsOf(node)].slice(0, MOST_LEVELS)) {
      const { top, bottom } = boundsOf(ancestor);
      const isOfOthers = [...ancestor.querySelectorAll(FIELDS)].some((other) => other !== node && isSeen(other, "textbox"));
      if (isOfOthers || bottom - top > MOST_LINES * sizeOf(ancestor) || labelsOf(node).some((label) => contains(ancestor, label))) return null;
      if (hasEdge(ancestor) && isSeen(ancestor, "group")) return ancestor;
    }
    return null;
  });

  const NARROW_PX = 20;  // an input that is as wide as what is typed in it
  const NO_VALUE = "label, button, kbd, [role=button], [role=listbox], [role=option], [role=status], [aria-live], [class*=placeholder i], [id*=placeholder i]";
  /* Return the words of a value that are drawn in an element, without those of labels, buttons and placeholders. */
  const valueIn = (shown, node) => {
    const labels = labelsOf(node).filter((label) => !contains(node, label));
    const others = [...labels, ...referencesOf(node, "aria-describedby")].filter((other) => !contains(other, node));
    return wordsIn(shown, (child) => child.matches(NO_VALUE) || others.includes(child));
  };
  /* Return the value that a library draws in place of the input of a list, "" if there is none. */
  const drawnValue = (node) => {
    const frame = frameOf(node);
    if (!frame) return "";
    const { left, right } = boundsOf(node);
    const isInPlace = !isSeen(node, "combobox") || right - left <= NARROW_PX
      || [...frame.querySelectorAll("*")].some((other) => !contains(other, node) && wordsIn(other, (child) => child.matches(NO_VALUE)) !== ""
        && isLarge(intersection(boundsOf(other), boundsOf(node))));
    return isInPlace ? valueIn(frame, node) : "";
  };

  /* Return the text that a list shows. */
  const chosenIn = (node) => [...node.selectedOptions].map((option) => option.label).join(" ");
  /* Return the value of a field, "" for none: a list in which nothing is chosen often shows the text of an option without value. */
  const valueOf = (node) => {
    if (tagOf(node) === "select") return node.value === "" ? "" : chosenIn(node);
    if (opensList(node)) return valueIn(node, node);
    if (tagOf(node) === "button") return node.textContent;
    return (node.value ?? node.textContent) || drawnValue(node);
  };
  const plain = (text) => text.normalize("NFC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  /* Return whether two texts are equal: letters and digits count, their case does not. */
  const isAlike = (text, wanted) => plain(text) === plain(wanted) && (plain(text) !== "" || text.trim() === wanted.trim());

  const DAY = { year: "numeric", month: "numeric", day: "numeric" };
  const TIME = { hour: "numeric", minute: "numeric" };
  const WITH_SECONDS = { ...TIME, second: "numeric" };
  const DAY_FORMS = [DAY, { ...DAY, month: "long" }];
  const TIME_FORMS = [TIME, WITH_SECONDS];
  const DATE_FORMS = {
    date: DAY_FORMS,
    month: DAY_FORMS.map(({ year, month }) => ({ year, month })),
    time: TIME_FORMS,
    "datetime-local": DAY_FORMS.flatMap((day) => TIME_FORMS.map((time) => ({ ...day, ...time }))),
  };
  /* Return the value of a field of a date or a time as it is written in the browser's language; nothing for other fields. */
  const datesShown = (node) => {
    const type = tagOf(node) === "input" ? (attribute(node, "type") ?? "").toLowerCase() : "";  // Firefox takes a month for a text
    const date = new Date(`${type === "time" ? "1970-01-01T" : ""}${node.value}${type.includes("time") ? "Z" : ""}`);
    if (!DATE_FORMS[type] || Number.isNaN(date.getTime())) return [];
    const forms = DATE_FORMS[type].filter(({ second }) => second || date.getUTCSeconds() === 0);
    const written = forms.map((form) => new Intl.DateTimeFormat(navigator.language, { ...form, timeZone: "UTC" }).format(date));
    return [...written, node.value.replace("T", " ")];
  };
  /* Return the numbers and words of a date, without leading zeros: 01/11 is another day than 11/1. */
  const dateParts = (text) => (text.toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? []).map((part) => part.replace(/^0+(?=\p{N})/u, "")).join(" ");

  /* Return whether a field is "empty", "filled", or shows the value `wanted`. The value of a list is the text of its chosen
   * option, that of a date or a time may be written as in the browser's language; the value itself is not returned.
   */
  const hasValue = (node, kind, wanted) => {
    const value = valueOf(node).replace(/[\u200b-\u200f\u2060\ufeff]/g, "");  // some libraries keep a line open with one of these
    if (kind === "empty") return value.trim() === "";
    if (kind === "filled") return value.trim() !== "";
    if (datesShown(node).some((date) => dateParts(date) === dateParts(wanted))) return true;
    return isAlike(tagOf(node) === "select" ? chosenIn(node) : value, wanted);
  };

  return { chosenIn, frameOf, hasValue, opensList };
}
