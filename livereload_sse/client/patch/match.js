/**
 * Which live child is which base child of one parent?
 *
 * Knows two lists of siblings; refuses to know the trees around them. The strongest evidence is
 * followed first, and each later kind only between what is matched already: equal ends, content
 * that occurs once, content in order, content in part (an id, too); what says next to nothing
 * comes last.
 * Where scripts have put siblings into another order that is told, because nobody can know then
 * what the author's order means to them.
 */

import { isBlankText, isElement, isOpaque, isTelling } from './agree.js';
import { findHeaviestRun } from './stay.js';

/** @import {Agreement} from './agree.js' */

/**
 * @typedef {object} Matching
 * @property {ReadonlyMap<Node, Node>} partners base child → live child, in the order of both lists
 * @property {ReadonlySet<string>} disordered names of nodes that stand in another order
 * @property {readonly Node[]} missing base children without a partner
 * @property {readonly Node[]} extra live children without a partner
 *
 * @typedef {[base: Node, live: Node]} Pair
 * @typedef {(base: readonly Node[], live: readonly Node[]) => Pair[]} Pass pairs in order, of a gap
 */

const LARGEST_GAP = 50; // siblings; to compare the content of more in part would take too long

/**
 * @param {readonly Node[]} base
 * @param {readonly Node[]} live
 * @param {Agreement} agreement
 * @returns {Matching}
 */
export function matchChildren(base, live, agreement) {
  /** @type {Set<string>} */
  const disordered = new Set();
  const pairs = createPasses(agreement, disordered, base)
    .reduce((found, pass) => fillGaps(base, live, found, pass), /** @type {Pair[]} */ ([]));
  const partners = new Map(pairs);
  const taken = new Set(partners.values());
  const missing = base.filter((node) => !partners.has(node));
  const extra = live.filter((node) => !taken.has(node));
  noteStrays(missing, extra, agreement, disordered);
  return { partners, disordered, missing, extra };
}

/**
 * @param {Agreement} agreement
 * @param {Set<string>} disordered
 * @param {readonly Node[]} all the base children
 * @returns {Pass[]}
 */
function createPasses(agreement, disordered, all) {
  return [
    matchEnds,
    (base, live) => keepOrder(matchUnique(base, live, agreement), live, disordered),
    (base, live) => matchInOrder(base.filter(isTelling), live, agreement),
    (base, live) => keepOrder(matchSimilar(base, live, agreement, all), live, disordered),
    (base, live) => matchInOrder(base.filter((node) => !isBlankText(node)), live, agreement),
    (base, live) => matchInOrder(base, live, agreement),
  ];
}

/**
 * @param {readonly Node[]} base
 * @param {readonly Node[]} live
 * @param {readonly Pair[]} found
 * @param {Pass} pass
 */
function fillGaps(base, live, found, pass) {
  /** @type {Pair[]} */
  const filled = [];
  let [baseStart, liveStart] = [0, 0];
  for (const pair of [...found, null]) {
    const baseEnd = pair ? base.indexOf(pair[0], baseStart) : base.length;
    const liveEnd = pair ? live.indexOf(pair[1], liveStart) : live.length;
    if (baseStart < baseEnd && liveStart < liveEnd) {
      filled.push(...pass(base.slice(baseStart, baseEnd), live.slice(liveStart, liveEnd)));
    }
    if (pair) filled.push(pair);
    [baseStart, liveStart] = [baseEnd + 1, liveEnd + 1];
  }
  return filled;
}

/** @type {Pass} */
function matchEnds(base, live) {
  const shorter = Math.min(base.length, live.length);
  let [head, tail] = [0, 0];
  while (head < shorter && base[head].isEqualNode(live[head])) head += 1;
  const isTailEqual = () => base[base.length - tail - 1].isEqualNode(live[live.length - tail - 1]);
  while (tail < shorter - head && isTailEqual()) tail += 1;
  const pairs = base.map((node, index) => /** @type {Pair} */ ([node, live[index]]));
  const ends = tail === 0 ? [] : base.slice(-tail);
  return [
    ...pairs.slice(0, head),
    ...ends.map((node, index) => /** @type {Pair} */ ([node, live[live.length - tail + index]])),
  ];
}

/**
 * Content that occurs once on both sides, wherever it stands now.
 *
 * @param {readonly Node[]} base
 * @param {readonly Node[]} live
 * @param {Agreement} agreement
 */
function matchUnique(base, live, agreement) {
  const describe = (/** @type {Node} */ node) =>
    isTelling(node) ? `${agreement.kindOf(node)} ${node.textContent}` : null;
  return matchByKey(base, live, describe).filter(([one, other]) => agreement.holds(one, other));
}

/**
 * @param {readonly Node[]} base
 * @param {readonly Node[]} live
 * @param {(node: Node) => string | null} describe
 * @returns {Pair[]}
 */
function matchByKey(base, live, describe) {
  const others = findSingle(live, describe);
  return [...findSingle(base, describe)].flatMap(([key, node]) => {
    const other = others.get(key);
    return other ? [/** @type {Pair} */ ([node, other])] : [];
  });
}

/** @param {readonly Node[]} nodes @param {(node: Node) => string | null} describe */
function findSingle(nodes, describe) {
  /** @type {Map<string, Node>} */
  const single = new Map();
  /** @type {Set<string>} */
  const seen = new Set();
  for (const node of nodes) {
    const key = describe(node);
    if (key === null) continue;
    if (seen.has(key)) single.delete(key);
    else single.set(key, node);
    seen.add(key);
  }
  return single;
}

/**
 * @param {readonly Node[]} base
 * @param {readonly Node[]} live
 * @param {Agreement} agreement
 */
function matchInOrder(base, live, { holds }) {
  /** @type {Pair[]} */
  const pairs = [];
  let start = 0;
  for (const node of base) {
    const index = live.findIndex((other, at) => at >= start && holds(node, other));
    if (index < 0) continue;
    pairs.push([node, live[index]]);
    start = index + 1;
  }
  return pairs;
}

/**
 * Elements that have parts of their content in common with one another, and less with any other;
 * unless the live one is a whole copy of another base child.
 *
 * @param {readonly Node[]} base
 * @param {readonly Node[]} live
 * @param {Agreement} agreement
 * @param {readonly Node[]} all
 */
function matchSimilar(base, live, { holds, kindOf, countShared }, all) {
  const [ours, theirs] = [base.filter(isElement), live.filter(isElement)];
  if (ours.length > LARGEST_GAP || theirs.length > LARGEST_GAP) return [];
  const count = (/** @type {Node} */ one, /** @type {Node} */ other) =>
    kindOf(one) === kindOf(other) ? countShared(one, other) : 0;
  return ours.flatMap((node) => {
    const best = findSingleBest(theirs, (other) => count(node, other));
    const back = best && findSingleBest(ours, (one) => count(one, best));
    if (!best || back !== node || all.some((one) => isTelling(one) && holds(one, best))) return [];
    return [/** @type {Pair} */ ([node, best])];
  });
}

/**
 * The one with the most in common, if no other comes near: pages repeat themselves.
 *
 * @param {readonly Element[]} nodes
 * @param {(node: Element) => number} count
 */
function findSingleBest(nodes, count) {
  const counted = nodes.map((node) => /** @type {const} */ ([node, count(node)]));
  const [best, second] = counted.toSorted(([, one], [, other]) => other - one);
  return best && best[1] > 2 * (second?.[1] ?? 0) ? best[0] : null;
}

/**
 * What is matched out of order is noted and left out.
 *
 * @param {readonly Pair[]} pairs
 * @param {readonly Node[]} live
 * @param {Set<string>} disordered
 */
function keepOrder(pairs, live, disordered) {
  const places = new Map(live.map((node, index) => [node, index]));
  const kept = findHeaviestRun(pairs.map(([, other]) => places.get(other) ?? -1));
  pairs.filter((_, index) => !kept.has(index)).forEach(([node]) => disordered.add(node.nodeName));
  return pairs.filter((_, index) => kept.has(index));
}

/**
 * @param {readonly Node[]} missing
 * @param {readonly Node[]} extra
 * @param {Agreement} agreement
 * @param {Set<string>} disordered
 */
function noteStrays(missing, extra, { holds }, disordered) {
  for (const node of missing) {
    if (disordered.has(node.nodeName) || !isTelling(node) || isOpaque(node)) continue;
    if (extra.some((other) => holds(node, other))) disordered.add(node.nodeName);
  }
}
