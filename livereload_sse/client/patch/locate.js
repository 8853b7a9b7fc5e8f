/**
 * From a node of the base document to the live node that it became.
 *
 * Knows the way down from the root and where on it scripts have been; refuses to know what is to be
 * changed. A node is found by evidence alone, and where there could be two of it, or none, it is
 * not found: then the reason is what the person reads in the log.
 */

import { childrenOf, createAgreement, isBlankText, isTelling } from './agree.js';
import { matchChildren } from './match.js';

/** @import {AttributeOf} from './agree.js' */
/** @import {Matching} from './match.js' */

export const CHANGED = 'a script has changed this part of the page';
export const DISORDERED = 'a script has put this part of the page in another order';
const COPIED = 'a script has copied this part of the page';
const UNKNOWN = 'scripts have changed too much of the page';

/**
 * @typedef {object} Place
 * @property {Node | null} node the live one
 * @property {string} reason why there is none
 *
 * @typedef {object} Locator
 * @property {(node: Node) => Node | null} find
 * @property {(node: Node) => string} explain why `find` finds nothing
 * @property {(node: Node) => boolean} isEqual the live node is the same in all that is written
 * @property {(node: Node) => boolean} holds all of the node is found in the live one
 * @property {(parent: Node) => boolean} isDisordered scripts have moved children of this one
 */

/**
 * @param {object} world
 * @param {Document} world.base
 * @param {Document} world.live
 * @param {AttributeOf} world.attributeOf
 * @param {(node: Node) => boolean} [world.isOwn] a node that is neither the author's nor a script's
 * @param {number} [world.budget] comparisons
 * @returns {Locator}
 */
export function createLocator({ base, live, attributeOf, isOwn = () => false, budget }) {
  const agreement = createAgreement({ attributeOf, budget });
  /** @type {Map<Node, Place>} */
  const places = new Map(findFixed(base, live).map(([one, node]) => [one, { node, reason: '' }]));
  /** @type {Map<Node, Matching>} */
  const matchings = new Map();
  /** @type {Map<Node, boolean>} */
  const equal = new Map();

  /** @param {Node} node @returns {Place} */
  function locate(node) {
    const known = places.get(node);
    if (known) return known;
    const place = locateInParent(node, node.parentNode);
    places.set(node, place);
    return place;
  }

  /** @param {Node} node @param {Node | null} parent @returns {Place} */
  function locateInParent(node, parent) {
    if (!parent || parent.nodeType === 11) return fail(CHANGED);
    const above = locate(parent);
    if (!above.node) return above;
    if (isEqual(parent)) return { node: above.node.childNodes[indexOf(node)], reason: '' };
    return judge(node, match(parent, above.node));
  }

  /** @param {Node} parent @param {Node} live */
  function match(parent, live) {
    const known = matchings.get(parent);
    if (known) return known;
    const others = [...live.childNodes].filter((child) => !isOwn(child));
    const matching = matchChildren(childrenOf(parent), others, agreement);
    matchings.set(parent, matching);
    return matching;
  }

  /** @param {Node} node @param {Matching} matching @returns {Place} */
  function judge(node, matching) {
    const partner = matching.partners.get(node);
    if (agreement.isExhausted()) return fail(UNKNOWN);
    if (matching.disordered.has(node.nodeName)) return fail(DISORDERED);
    if (!partner) return fail(CHANGED);
    return isAmbiguous(node, partner, matching) ? fail(COPIED) : { node: partner, reason: '' };
  }

  /**
   * Could another one be meant as well? A copy is told from its original by nothing: scripts mark
   * now the one and now the other. Nor can it be said which of two is left in a live one that
   * holds both. An element with nothing in it is in many others, so there the written form
   * decides; of blank text any will do.
   *
   * @param {Node} node
   * @param {Node} partner
   * @param {Matching} matching
   */
  function isAmbiguous(node, partner, { missing, extra }) {
    if (isBlankText(node)) return false;
    const isPlain = !isTelling(node) && node.isEqualNode(partner);
    const isRival = (/** @type {Node} */ other) =>
      isPlain ? node.isEqualNode(other) : agreement.holds(node, other);
    const holdsAnother = (/** @type {Node} */ other) =>
      node.isEqualNode(other) || (isTelling(other) && agreement.holds(other, partner));
    return extra.some(isRival) || missing.some(holdsAnother);
  }

  /** @param {Node} node @returns {boolean} */
  function isEqual(node) {
    const known = equal.get(node);
    if (known !== undefined) return known;
    const parent = node.parentNode;
    const verdict = parent !== null && equal.get(parent) === true
      ? true
      : Boolean(places.get(node)?.node?.isEqualNode(node));
    equal.set(node, verdict);
    return verdict;
  }

  return {
    find: (node) => locate(node).node,
    explain: (node) => locate(node).reason,
    isEqual: (node) => locate(node).node !== null && isEqual(node),
    holds: (node) => {
      const { node: found } = locate(node);
      return found !== null && agreement.holds(node, found);
    },
    isDisordered: (parent) => (matchings.get(parent)?.disordered.size ?? 0) > 0,
  };
}

/**
 * These are what they are wherever they stand.
 *
 * @param {Document} base
 * @param {Document} live
 * @returns {[Node, Node | null][]}
 */
function findFixed(base, live) {
  const body = base.body?.nodeName === live.body?.nodeName ? live.body : null;
  return [
    [base, live],
    [base.documentElement, live.documentElement],
    [base.head, live.head],
    [base.body, body],
  ];
}

/** @param {Node} node */
function indexOf(node) {
  const siblings = /** @type {Node} */ (node.parentNode).childNodes;
  return Array.prototype.indexOf.call(siblings, node);
}

/** @param {string} reason @returns {Place} */
function fail(reason) {
  return { node: null, reason };
}
