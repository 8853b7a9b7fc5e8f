/**
 * One attempt at a time for one thing: a later one takes the place of an earlier.
 *
 * Knows who is the latest; refuses to know what is attempted. An attempt that was overtaken ends
 * when the later one does, so that nobody is told of an end while the page is still changing.
 */

/**
 * @typedef {'done' | 'failed' | 'superseded' | 'unused'} Outcome failed: the old content stays;
 *   superseded: a later swap took its place; unused: nothing on the page is made from this file
 */

/**
 * @template T
 * @typedef {object} Attempt
 * @property {Promise<T>} ended
 * @property {Attempt<T> | null} next
 * @property {() => void} overtake
 */

/**
 * @template T
 * @typedef {(isLatest: () => boolean) => Promise<T>} CarryOut
 */

/**
 * @template T
 * @param {(later: Promise<T>) => Promise<T>} conclude what an overtaken attempt has come to
 */
export function createAttempts(conclude) {
  /** @type {Map<unknown, Attempt<T>>} */
  const latest = new Map();

  /** @param {unknown} key @param {CarryOut<T>} carryOut @returns {Promise<T>} */
  function run(key, carryOut) {
    const earlier = latest.get(key);
    const attempt = begin();
    latest.set(key, attempt);
    if (earlier) earlier.next = attempt;
    const overtaken = new Promise((resolve) => (attempt.overtake = () => resolve(undefined)));
    const carriedOut = carryOut(() => attempt.next === null);
    const either = Promise.race([carriedOut, overtaken]);
    attempt.ended = either.then((result) => end(key, attempt, result));
    earlier?.overtake();
    return attempt.ended;
  }

  /** @param {unknown} key @param {Attempt<T>} attempt @param {any} result */
  function end(key, attempt, result) {
    if (attempt.next !== null) return conclude(attempt.next.ended);
    latest.delete(key);
    return result;
  }

  return { run };
}

/** @returns {Attempt<any>} */
function begin() {
  return { ended: Promise.resolve(), next: null, overtake: () => {} };
}

/**
 * How an overtaken swap of a file ends.
 *
 * @param {Promise<Outcome>} later
 * @returns {Promise<Outcome>}
 */
export async function supersede(later) {
  await later;
  return 'superseded';
}

/**
 * What many places that show one file have come to together.
 *
 * @param {readonly Outcome[]} outcomes
 * @returns {Outcome}
 */
export function combine(outcomes) {
  const order = /** @type {const} */ (['failed', 'superseded', 'done']);
  return order.find((outcome) => outcomes.includes(outcome)) ?? 'unused';
}
