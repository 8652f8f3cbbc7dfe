/* Notice what a page does in answer to what is typed into a field, and wait for it.
 *
 * Called with the field before something is typed. `{node, end}` is kept in the window of the field under `name`; `end` is
 * called after that. From the first to the end of the wait, calls of timers and requests are noted; they work as before.
 * Return how text gets into the field ("type", "replace" or "set"), and whether its frame is another one than the script's.
 */
(node, name) => {
  const wayToType = () => {
    if (["date", "datetime-local", "month", "week", "time", "color", "range"].includes(node.type)) return "set";
    return node.value === "" && !node.readOnly && !node.matches(":disabled") ? "type" : "replace";
  };
  const LONGEST_TIMER_MS = 1000;  // most pages answer when nothing was typed for 0.3 s, slow ones after 0.8 s
  const REQUESTS_MS = 5000;  // for requests that the answer makes
  const ANNOUNCED_MS = 1000;  // for a list that the field announces; a page may have nothing to suggest
  const POLL_MS = 10;
  const view = node.ownerDocument.defaultView;
  const now = () => performance.now();
  const later = view.setTimeout.bind(view);
  let isTyping = true;
  const due = new Map();
  let pending = 0;
  let noticed = false;
  const putBack = [];
  /* Call `note` with each call of a function of an object, and with what the function returns. */
  const follow = (owner, called, note) => {
    const original = owner[called];
    const followed = new Proxy(original, {
      apply(target, self, values) {
        const result = Reflect.apply(target, self, values);
        note(result, values, self);
        return result;
      },
    });
    if (!Reflect.set(owner, called, followed)) return;
    putBack.push(() => { if (owner[called] === followed) owner[called] = original; });
  };
  const noteTimer = (id, [, delay]) => {
    if (!isTyping || !(delay > 0 && delay <= LONGEST_TIMER_MS)) return;
    noticed = true;
    due.set(id, now() + Number(delay));
  };
  const noteRequest = () => { noticed = true; pending += 1; };
  const noteEnd = () => { pending -= 1; };
  for (const timer of ["setTimeout", "setInterval"]) follow(view, timer, noteTimer);
  for (const clear of ["clearTimeout", "clearInterval"]) follow(view, clear, (_, [id]) => due.delete(id));
  follow(view, "fetch", (promise) => {
    if (!promise?.then) return;
    noteRequest();
    promise.then(noteEnd, noteEnd);
  });
  follow(view.XMLHttpRequest.prototype, "send", (_, __, request) => {
    noteRequest();
    request.addEventListener("loadend", noteEnd, { once: true });
  });

  const waitWhile = async (condition, time) => {
    const until = now() + time;
    while (condition() && now() < until) await new Promise((done) => later(done, POLL_MS));
  };
  const box = node.closest("[role=combobox]") ?? node;
  const idsIn = (attribute) => [node, box].flatMap((one) => (one.getAttribute(attribute) ?? "").split(/\s+/)).filter(Boolean);
  const listsOf = () => [...idsIn("aria-controls"), ...idsIn("aria-owns")].map((id) => node.getRootNode().getElementById?.(id)).filter(Boolean);
  /* Return whether a field says that suggestions belong to it. */
  const announces = () => box.matches("[role=combobox]") || ["list", "both"].includes(node.getAttribute("aria-autocomplete"))
    || node.hasAttribute("list") || (listsOf().length > 0 && box.hasAttribute("aria-expanded"));
  const showsList = () => [node, box].some((one) => one.getAttribute("aria-expanded") === "true")
    || node.list?.options.length > 0 || listsOf().some((list) => list.childElementCount > 0 && list.checkVisibility());
  const end = async () => {
    isTyping = false;
    delete view[name];
    await waitWhile(() => [...due.values()].some((time) => time + POLL_MS > now()), LONGEST_TIMER_MS + POLL_MS);
    for (const restore of putBack) restore();
    await waitWhile(() => pending > 0, REQUESTS_MS);
    if (node.isConnected && announces()) {
      noticed = true;
      await waitWhile(() => !showsList(), ANNOUNCED_MS);
    }
    return noticed;
  };
  Object.defineProperty(view, name, { value: { node, end }, configurable: true });
  return [wayToType(), node.ownerDocument !== document];
}
