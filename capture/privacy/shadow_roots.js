/* Record the closed shadow roots that scripts create: window[name](host) returns the root of a host element. */
((name) => {
  if (name in window) return;  // the script runs again if the window loads a second document
  const roots = new WeakMap();
  const record = roots.set.bind(roots);
  const rootOf = roots.get.bind(roots);
  const { apply } = Reflect;
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function attachShadow(...options) {
    const root = apply(attach, this, options);
    record(this, root);
    return root;
  };
  Object.defineProperty(window, name, { value: rootOf });
})
