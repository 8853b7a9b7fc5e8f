/**
 * Which of a row of things may stay where they are while the others move?
 *
 * Knows numbers only: old positions in the new order, and how much each thing minds being moved.
 * The answer is the increasing run of positions that weighs most. Each thing extends the best run
 * that ends before it, and a tree of prefix maxima finds that run in logarithmic time.
 */

/**
 * @param {readonly number[]} positions old positions, all different, in the new order
 * @param {(index: number) => number} [weigh] more than zero
 * @returns {Set<number>} the indices of those that stay
 */
export function findHeaviestRun(positions, weigh = () => 1) {
  const ranks = rank(positions);
  const totals = /** @type {number[]} */ ([]);
  const before = /** @type {number[]} */ ([]);
  /** @type {number[]} the index at which the heaviest run below a rank ends, as a Fenwick tree */
  const tree = [];
  let last = -1;
  for (let index = 0; index < positions.length; index += 1) {
    before[index] = findBest(tree, totals, ranks[index]);
    totals[index] = weigh(index) + (totals[before[index]] ?? 0);
    raise(tree, totals, ranks[index] + 1, index, positions.length);
    if (last < 0 || totals[index] > totals[last]) last = index;
  }
  return new Set(follow(before, last));
}

/** @param {readonly number[]} positions @returns {number[]} */
function rank(positions) {
  const ranks = /** @type {number[]} */ ([]);
  const order = [...positions.keys()].sort((one, other) => positions[one] - positions[other]);
  order.forEach((index, place) => (ranks[index] = place));
  return ranks;
}

/** @param {number[]} tree @param {number[]} totals @param {number} end */
function findBest(tree, totals, end) {
  let best = -1;
  for (let at = end; at > 0; at -= at & -at) {
    const index = tree[at] ?? -1;
    if (index >= 0 && (best < 0 || totals[index] > totals[best])) best = index;
  }
  return best;
}

/**
 * @param {number[]} tree
 * @param {number[]} totals
 * @param {number} start
 * @param {number} index
 * @param {number} size
 */
function raise(tree, totals, start, index, size) {
  for (let at = start; at <= size; at += at & -at) {
    if (tree[at] === undefined || totals[tree[at]] < totals[index]) tree[at] = index;
  }
}

/** @param {number[]} before @param {number} last */
function* follow(before, last) {
  for (let index = last; index >= 0; index = before[index]) yield index;
}
