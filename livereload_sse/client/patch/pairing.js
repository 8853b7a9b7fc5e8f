/**
 * Two lists of siblings, and who of the one belongs to whom of the other.
 *
 * Knows indices and equal neighbours; refuses to know why two belong together.
 */

/**
 * @typedef {object} Pairing indices of the partners, -1 where there is none
 * @property {readonly Node[]} base
 * @property {readonly Node[]} next
 * @property {number[]} ofBase
 * @property {number[]} ofNext
 * @property {Set<number>} equal the indices in next of those that are known to equal their partners
 */

/** @param {readonly Node[]} base @param {readonly Node[]} next @returns {Pairing} */
export function createPairing(base, next) {
  return { base, next, ofBase: base.map(() => -1), ofNext: next.map(() => -1), equal: new Set() };
}

/** @param {Pairing} pairing @param {number} one index in base @param {number} other in next */
export function pair({ ofBase, ofNext }, one, other) {
  ofBase[one] = other;
  ofNext[other] = one;
}

/** @param {Pairing} pairing @param {number} one @param {number} other @returns {boolean} */
function pairIfEqual(pairing, one, other) {
  const isEqual = pairing.base[one].isEqualNode(pairing.next[other]);
  if (!isEqual) return false;
  pair(pairing, one, other);
  pairing.equal.add(other);
  return true;
}

/** How many have no partner, on both sides; 0 if nobody is left on one of them. */
export function countLeft(/** @type {Pairing} */ { ofBase, ofNext }) {
  const [base, next] = [ofBase, ofNext].map((list) => list.filter((index) => index < 0).length);
  return base && next && base + next;
}

/**
 * Pair what is equal from the start on, and from the end. The two that differ at the start are not
 * compared once more at the end: comparing takes as long as what is in them.
 *
 * @param {Pairing} pairing
 */
export function pairEnds(pairing) {
  const [before, after] = [pairing.base.length, pairing.next.length];
  const shorter = Math.min(before, after);
  let start = 0;
  while (start < shorter && pairIfEqual(pairing, start, start)) start += 1;
  const left = shorter - start - (before === after ? 1 : 0);
  for (let end = 1; end <= left; end += 1) {
    if (!pairIfEqual(pairing, before - end, after - end)) break;
  }
}

/** Equal neighbours of what belongs together belong together. @param {Pairing} pairing */
export function extend(pairing) {
  const { length } = pairing.next;
  for (let at = 0; at < length; at += 1) extendOnce(pairing, at, 1);
  for (let at = length - 1; at >= 0; at -= 1) extendOnce(pairing, at, -1);
}

/** @param {Pairing} pairing @param {number} at @param {1 | -1} step */
function extendOnce(pairing, at, step) {
  const { ofBase, ofNext } = pairing;
  if (ofNext[at] < 0) return;
  const [one, other] = [ofNext[at] + step, at + step];
  if (ofBase[one] === -1 && ofNext[other] === -1) pairIfEqual(pairing, one, other);
}
