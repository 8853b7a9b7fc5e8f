/**
 * Edits between two small documents, found in the plainest way, so that the tests of carrying them
 * over do not depend on how well they are found; and numbers that are random and can be repeated.
 */

/** @import {Edit} from '../../../livereload_sse/client/patch/diff.js' */

/** @param {Document} base @param {Document} next @returns {Edit[]} */
export function findEdits(base, next) {
  /** @type {Edit[]} */
  const edits = [];
  compareElements(base.documentElement, next.documentElement, edits);
  return edits;
}

/** @param {Element} base @param {Element} next @param {Edit[]} edits */
function compareElements(base, next, edits) {
  const names = new Set([...base.attributes, ...next.attributes].map(({ name }) => name));
  for (const name of names) {
    if (base.getAttribute(name) === next.getAttribute(name)) continue;
    edits.push({ type: 'attribute', element: base, name, attribute: next.getAttributeNode(name) });
  }
  compareChildren(base, next, edits);
}

/** @param {Element} base @param {Element} next @param {Edit[]} edits */
function compareChildren(base, next, edits) {
  const partners = pair([...base.childNodes], [...next.childNodes]);
  const children = [...next.childNodes].map((added) => {
    const kept = partners.get(added);
    return kept ? { kept } : { added };
  });
  const isSame = children.length === base.childNodes.length
    && children.every((child, index) => 'kept' in child && child.kept === base.childNodes[index]);
  if (!isSame) edits.push({ type: 'children', parent: base, children });
  for (const [added, kept] of partners) compareNodes(kept, added, edits);
}

/** @param {Node} base @param {Node} next @param {Edit[]} edits */
function compareNodes(base, next, edits) {
  if (base.isEqualNode(next)) return;
  if (base.nodeType === 1) {
    compareElements(/** @type {Element} */ (base), /** @type {Element} */ (next), edits);
  } else {
    const node = /** @type {CharacterData} */ (base);
    edits.push({ type: 'text', node, data: next.nodeValue ?? '' });
  }
}

/** @param {Node[]} base @param {Node[]} next @returns {Map<Node, Node>} next child → base child */
function pair(base, next) {
  /** @type {Map<Node, Node>} */
  const found = new Map();
  /** @type {((one: Node, other: Node) => boolean)[]} */
  const tests = [
    (one, other) => one.isEqualNode(other),
    (one, other) => idOf(one) !== '' && isAlike(one, other),
    isAlike,
  ];
  for (const isPartner of tests) {
    for (const node of next.filter((one) => !found.has(one))) {
      const taken = new Set(found.values());
      const partner = base.find((one) => !taken.has(one) && isPartner(one, node));
      if (partner) found.set(node, partner);
    }
  }
  return found;
}

/** @param {Node} one @param {Node} other */
function isAlike(one, other) {
  return one.nodeName === other.nodeName && idOf(one) === idOf(other);
}

/** @param {Node} node */
function idOf(node) {
  return node.nodeType === 1 ? /** @type {Element} */ (node).id : '';
}

/** A row of numbers from 0 to 1 that is the same for the same seed. */
export function createRandom(/** @type {number} */ seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
