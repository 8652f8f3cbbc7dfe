/* Math.random that gives the same numbers each time: a linear congruential generator, which is chance enough for pages. */
((seed) => {
  let state = seed >>> 0;
  Math.random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
})
