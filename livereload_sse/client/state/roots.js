/**
 * The trees of a page: the document, and every open shadow root in it.
 *
 * Knows how to reach elements in all of them; refuses to know what they are. What stands in a
 * closed shadow root cannot be reached, and is left to its component.
 */

/**
 * The document first, then hosts before what is nested in them.
 *
 * @param {Document} document
 * @returns {(Document | ShadowRoot)[]}
 */
export function openRoots(document) {
  /** @type {(Document | ShadowRoot)[]} */
  const roots = [document];
  for (const root of roots) {
    for (const { shadowRoot } of root.querySelectorAll('*')) {
      if (shadowRoot) roots.push(shadowRoot); // the loop comes to it as well
    }
  }
  return roots;
}

/**
 * All elements of a page that match, in the order of their trees.
 *
 * @template {Element} [E=Element]
 * @param {Document} document
 * @param {string} selector
 * @returns {E[]}
 */
export function queryAll(document, selector) {
  return openRoots(document).flatMap((root) => [
    .../** @type {NodeListOf<E>} */ (root.querySelectorAll(selector)),
  ]);
}
