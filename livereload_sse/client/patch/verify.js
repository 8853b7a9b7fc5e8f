/**
 * Is the page after a patch what the author's next version says?
 *
 * Knows the parts of the page that were touched and how well each agreed with its source before;
 * refuses to know what was written. A part that was the same in all that is written must be the
 * same as the next version now; one that scripts have added to must hold all of the next version.
 */

import { createAgreement, isElement } from './agree.js';

/** @import {AttributeOf} from './agree.js' */
/** @import {Locator} from './locate.js' */

/**
 * @typedef {object} Region
 * @property {Node} live
 * @property {Node} next
 * @property {boolean} wasEqual
 */

/**
 * The largest parts around what is touched that agree with the base, to be called before the page
 * is changed.
 *
 * @param {Iterable<Node>} touched nodes of the base
 * @param {Locator} locator
 * @param {(node: Node) => Node | null} findNext
 * @returns {Region[]}
 */
export function findRegions(touched, locator, findNext) {
  /** @type {Map<Node, Region>} */
  const regions = new Map();
  for (const node of touched) {
    const lineage = lineageOf(node);
    const equal = lineage.find(locator.isEqual);
    const held = equal ? undefined : lineage.find(locator.holds);
    for (const root of [equal, held]) {
      const live = root && locator.find(root);
      const next = root && findNext(root);
      if (root && live && next) regions.set(root, { live, next, wasEqual: root === equal });
    }
  }
  return [...regions.values()];
}

/**
 * From the body or head down to the node. The root has our tag in it and is never equal.
 *
 * @param {Node} node
 */
function lineageOf(node) {
  const lineage = [];
  for (let at = /** @type {Node | null} */ (node); at; at = at.parentNode) lineage.unshift(at);
  return lineage.slice(2);
}

/**
 * @param {readonly Region[]} regions
 * @param {AttributeOf} attributeOf
 */
export function areAsWritten(regions, attributeOf) {
  const { holds } = createAgreement({ attributeOf });
  return regions.every(({ live, next, wasEqual }) => {
    if (next.isEqualNode(live)) return true;
    return (!wasEqual || hasComponents(live)) && holds(next, live);
  });
}

/** Custom elements may write into themselves as soon as they come or learn of an attribute. */
function hasComponents(/** @type {Node} */ node) {
  if (!isElement(node)) return false;
  return [...node.querySelectorAll('*')].some(({ localName }) => localName.includes('-'));
}
