/**
 * Which node of the next document does a node of the base become?
 *
 * Knows the two documents and the edits between them; refuses to know the live one. Where no edit
 * speaks of a parent's children they correspond one by one; where one does, it lists the new ones.
 */

/** @import {Edit} from './diff.js' */

/**
 * @param {readonly Edit[]} edits
 * @param {{base: Document, next: Document}} documents
 * @returns {(node: Node) => Node | null} null for what is removed
 */
export function createCorrespondence(edits, { base, next }) {
  /** @type {Map<Node, Map<Node, number>>} */
  const listed = new Map();
  for (const edit of edits) if (edit.type === 'children') listed.set(edit.parent, placesIn(edit));

  /** @param {Node} node @returns {Node | null} */
  function findNext(node) {
    if (node === base) return next;
    const { parentNode: parent } = node;
    const above = parent && findNext(parent);
    if (!above) return null;
    const places = listed.get(parent);
    const index = places ? places.get(node) : [...parent.childNodes].indexOf(asChild(node));
    return index === undefined ? null : above.childNodes[index];
  }

  return findNext;
}

/** @param {Extract<Edit, {type: 'children'}>} edit @returns {Map<Node, number>} */
function placesIn({ children }) {
  return new Map(children.flatMap((child, index) =>
    'kept' in child ? [/** @type {const} */ ([child.kept, index])] : []));
}

/** @param {Node} node */
function asChild(node) {
  return /** @type {ChildNode} */ (node);
}
