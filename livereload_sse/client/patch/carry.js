/**
 * One patch from beginning to end: what did the author change, may it be carried over, carry it over.
 *
 * Knows the order of the three; refuses to know how each is done.
 */

import { createApply } from './apply.js';
import { diff } from './diff.js';
import { findRefusal } from './refuse.js';

/** @import {Carry} from './patch.js' */

/**
 * Share of the nodes of a page above which a patch is refused. Somebody who changes more than that
 * has made another page, and what a person did to the old one has lost its place.
 */
const MOST = 0.5;

/**
 * @param {Parameters<typeof createApply>[0]} world
 * @returns {Carry}
 */
export function createCarry(world) {
  const apply = createApply(world);
  return async (base, next) => {
    const edits = diff(base, next);
    return findRefusal(edits, { base, next, share: MOST }) ?? apply(edits, base, next);
  };
}
