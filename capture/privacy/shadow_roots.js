/* Remember the closed shadow roots that scripts of the page make: a function of that name gives the one of a host. */
((name) => {
  if (name in window) return;  // a window may be given a second document
  const roots = new WeakMap();
  const remember = roots.set.bind(roots);
  const rootOf = roots.get.bind(roots);
  const { apply } = Reflect;
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function attachShadow(...options) {
    const root = apply(attach, this, options);
    remember(this, root);
    return root;
  };
  Object.defineProperty(window, name, { value: rootOf });
})
