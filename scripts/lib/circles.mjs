/**
 * Circles of imports, for the checks of both languages.
 *
 * @module
 */

/** @typedef {Map<string, Set<string>>} Graph what each node imports */

/**
 * @param {Graph} graph
 * @returns {string[][]} the nodes of each circle; the last one is the first again
 */
export function circles(graph) {
  /** @type {string[][]} */
  const found = [];
  const done = new Set();
  /** @type {string[]} */
  const path = [];
  const visit = (/** @type {string} */ node) => {
    const start = path.indexOf(node);
    if (start !== -1) {
      found.push([...path.slice(start), node]);
      return;
    }
    if (done.has(node)) return;
    path.push(node);
    for (const imported of graph.get(node) ?? []) visit(imported);
    path.pop();
    done.add(node);
  };
  for (const node of graph.keys()) visit(node);
  return found;
}
