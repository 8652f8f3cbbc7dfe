/* Refuse a consent window that one of autoconsent's rules knows; return the name of its platform, "" if none is open.
 *
 * ENGINE is the source of DuckDuckGo's autoconsent; its messages: https://github.com/duckduckgo/autoconsent/blob/main/api.md
 */
({rules, retries, limit}) => new Promise((resolve) => {
  const receive = (message) => window.autoconsentReceiveMessage(message);
  const end = (name) => {
    clearTimeout(timer);
    delete window.autoconsentSendMessage;
    delete window.autoconsentReceiveMessage;
    delete window.autoconsentHeuristics;
    resolve(name);
  };
  const timer = setTimeout(() => end(""), limit);
  const CONFIG = {
    enabled: true, autoAction: "optOut", enablePrehide: false, enableCosmeticRules: false, enableFilterList: false,
    heuristicMode: "off", detectRetries: retries, isMainWorld: true,
  };
  const answers = {
    init: () => setTimeout(() => receive({ type: "initResp", config: CONFIG, rules: { autoconsent: rules } })),
    report: ({ state }) => { if (["nothingDetected", "optOutFailed"].includes(state?.lifecycle)) end(""); },
    optOutResult: ({ cmp, result }) => end(result ? cmp : ""),
    eval: ({ id }) => receive({ type: "evalResp", id, result: false }),
  };
  window.autoconsentSendMessage = (message) => Promise.resolve(answers[message.type]?.(message));
  ENGINE
})
