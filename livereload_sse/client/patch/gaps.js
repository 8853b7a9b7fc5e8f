/**
 * Pairs what stands between siblings that have found each other already.
 *
 * Knows the two lists, and that a gap in the one is the same gap in the other if it has the same
 * neighbour; refuses to know whose they are. Within a gap the order stays, and of all the ways to
 * pair the nodes the one is taken that keeps most of what is in them. A large gap is looked at
 * along its diagonal only, so that thousands of changed rows take milliseconds.
 */

import { isBlankText, isElement } from './agree.js';
import { canBecome } from './likeness.js';
import { pair } from './pairing.js';
import { findHeaviestRun } from './stay.js';

/** @import {Likeness} from './likeness.js' */
/** @import {Pairing} from './pairing.js' */

/** @typedef {{ones: number[], others: number[]}} Gap indices in base and in next */
/** @typedef {{one: number, other: number, weight: number}} Candidate indices in a gap */

const LIKE = 0.3; // from here on an element is a changed one, and below it another one
const MOST_PAIRS = 2_500; // to be looked at, all with all
const WIDEST = 40_000; // pairs along the diagonal
const LONE = 0.5; // the only one of its name is the same one, whatever it says now
const FAINT = 0.05; // white space is paired where nothing else is lost by it

/** @param {Pairing} pairing @param {Likeness} likeness */
export function pairGaps(pairing, likeness) {
  const { next, ofNext } = pairing;
  for (let at = 0; at < next.length; at += 1) {
    if (ofNext[at] >= 0) continue;
    const start = at;
    while (at + 1 < next.length && ofNext[at + 1] < 0) at += 1;
    const gap = { ones: findOnes(pairing, start, at), others: range(start, at + 1) };
    if (gap.ones.length > 0) pairGap(pairing, gap, likeness);
  }
}

/**
 * The base nodes without a partner that follow the partner of the left neighbour or stand before
 * that of the right one. Where nothing has moved these are the same ones.
 *
 * @param {Pairing} pairing
 * @param {number} start
 * @param {number} end
 */
function findOnes({ base, ofBase, ofNext }, start, end) {
  const left = start > 0 ? ofNext[start - 1] : -1;
  const right = ofNext[end + 1] ?? base.length;
  let [after, before] = [left + 1, right - 1];
  while (ofBase[after] === -1) after += 1;
  while (ofBase[before] === -1) before -= 1;
  const ones = range(left + 1, after);
  const rest = range(before + 1, right).filter((index) => index <= left || index >= after);
  return [...ones, ...rest].sort((one, other) => one - other);
}

/** @param {number} start @param {number} end */
function range(start, end) {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}

/** @param {Pairing} pairing @param {Gap} gap @param {Likeness} likeness */
function pairGap(pairing, gap, likeness) {
  const candidates = findCandidates(pairing, gap, likeness);
  // What has the same partner must not be in one run: the later one gets the smaller position.
  const positions = candidates.map(({ one, other }) => other * (gap.ones.length + 1) - one);
  for (const index of findHeaviestRun(positions, (at) => candidates[at].weight)) {
    const { one, other } = candidates[index];
    pair(pairing, gap.ones[one], gap.others[other]);
  }
}

/**
 * In the order of base, and of the same base node the last one of next first.
 *
 * @param {Pairing} pairing
 * @param {Gap} gap
 * @param {Likeness} likeness
 */
function findCandidates({ base, next }, { ones, others }, likeness) {
  const weigh = createScales(ones.map((at) => base[at]), others.map((at) => next[at]), likeness);
  /** @type {Candidate[]} */
  const candidates = [];
  for (let one = 0; one < ones.length; one += 1) {
    const [first, last] = findWindow(one, ones.length, others.length);
    for (let other = last; other >= first; other -= 1) {
      const weight = weigh(one, other);
      if (weight > 0) candidates.push({ one, other, weight });
    }
  }
  return candidates;
}

/** @param {number} one @param {number} ones @param {number} others @returns {[number, number]} */
function findWindow(one, ones, others) {
  if (ones * others <= MOST_PAIRS) return [0, others - 1];
  const middle = Math.round((one * others) / ones);
  const width = Math.max(2, Math.floor(WIDEST / (ones + others)));
  return [Math.max(0, middle - width), Math.min(others - 1, middle + width)];
}

/**
 * How much would be kept? An element that is in its place may say something else entirely, as long
 * as that does not turn it inside out.
 *
 * @param {Node[]} ones
 * @param {Node[]} others
 * @param {Likeness} likeness
 */
function createScales(ones, others, likeness) {
  const isLone = createLone(ones, others);

  /** @param {number} one @param {number} other */
  return (one, other) => {
    const [from, to] = [ones[one], others[other]];
    if (!canBecome(from, to)) return 0;
    if (isBlankText(from) || isBlankText(to)) return FAINT;
    if (!isElement(from) || !isElement(to)) return FAINT + likeness.measure(from, to) / 2;
    const isSimilar = isSimilarOutside(from, to);
    if (isSimilar && isLone(from)) return LONE;
    const alike = likeness.measure(from, to);
    const isInPlace = ones.length === others.length && one === other;
    if (alike >= LIKE) return alike ** 2; // one that is nearly the same outweighs two that are not
    return isSimilar && isInPlace ? LIKE ** 2 : 0;
  };
}

/**
 * Whether an element is the only one of its name in the gap, then and now.
 *
 * @param {Node[]} ones
 * @param {Node[]} others
 */
function createLone(ones, others) {
  const [before, after] = [ones, others].map((nodes) => {
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const { nodeName } of nodes) counts.set(nodeName, (counts.get(nodeName) ?? 0) + 1);
    return counts;
  });
  return (/** @type {Node} */ { nodeName }) =>
    before.get(nodeName) === 1 && after.get(nodeName) === 1;
}

/** @param {Element} from @param {Element} to */
function isSimilarOutside(from, to) {
  const areLeaves = from.firstElementChild === null && to.firstElementChild === null;
  return areLeaves || from.getAttribute('class') === to.getAttribute('class');
}
