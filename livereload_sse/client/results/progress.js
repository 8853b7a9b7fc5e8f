/**
 * How far a run is and how long it may still take. Pure.
 *
 * Knows how long each test took the last time, and how quick this run has been so far. A test that
 * never ran counts as the others do on average.
 */

/** @import {Model} from './model.js' */

const TRUSTED = 0.1; // of the work, after which this run's own pace counts

/**
 * @typedef {object} Progress
 * @property {number} done tests
 * @property {number} total
 * @property {number} fraction 0 to 1, of the work
 * @property {number | null} remaining seconds; null where nobody can know
 */

/** @param {Model} model @param {number} now @returns {Progress} */
export function findProgress(model, now) {
  const { run, tests } = model;
  const expected = run.order.map((number) => tests.get(number)?.expected ?? 0);
  const known = expected.filter((seconds) => seconds > 0);
  const mean = known.length > 0 ? known.reduce((sum, one) => sum + one, 0) / known.length : 1;
  let work = 0;
  let worked = 0;
  let done = 0;
  run.order.forEach((number, index) => {
    const weight = expected[index] || mean;
    work += weight;
    if (!run.done.has(number)) return;
    worked += weight;
    done += 1;
  });
  const fraction = work > 0 ? worked / work : 0;
  const remaining = estimate(work - worked, worked, fraction, known.length > 0, now - run.firstTest);
  return { done, total: run.order.length, fraction, remaining };
}

/**
 * @param {number} left seconds of work, if each test takes what it took
 * @param {number} worked
 * @param {number} fraction
 * @param {boolean} isKnown whether these are seconds at all
 * @param {number} elapsed
 */
function estimate(left, worked, fraction, isKnown, elapsed) {
  if (left <= 0) return 0;
  const trust = Math.min(1, fraction / TRUSTED);
  if (!isKnown && trust < 1) return null;
  const pace = worked > 0 ? elapsed / worked : 1;
  return left * (isKnown ? trust * pace + (1 - trust) : pace);
}
