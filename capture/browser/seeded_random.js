/* Replace Math.random by a linear congruential generator (constants of Numerical Recipes), so that each visit gets the
 * same numbers, from 0 (inclusive) to 1.
 */
((seed) => {
  let state = seed >>> 0;
  Math.random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
})
