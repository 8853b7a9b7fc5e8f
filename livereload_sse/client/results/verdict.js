/**
 * What there is to say of the tests in one line, and the colour that goes with it. Pure.
 *
 * Never a green that is none: a test that failed before and was not run again still fails, and one
 * that a change concerns has to run first.
 */

import { findProgress } from './progress.js';
import { writeDuration, writeRemaining } from './time.js';

/** @import {Finished} from './messages.js' */
/** @import {Model} from './model.js' */

const WORDS = /** @type {const} */ ([
  ['skipped', 'skipped'], ['xfailed', 'failed as expected'], ['xpassed', 'passed unexpectedly'],
]);
const GOOD_EXIT_CODES = [0, 5]; // all passed; no tests collected
const NO_TESTS = 5;
const LONG = 1; // seconds after which a test is worth being named while it runs

/**
 * @typedef {'running' | 'failed' | 'passed' | 'stopped' | 'idle'} Kind
 * @typedef {{kind: Kind, title: string, facts: string[], failed: number}} Verdict
 */

/** @param {Model} model @param {number} now @returns {Verdict} */
export function findVerdict(model, now) {
  const { run } = model;
  if (run.finished === null) return describeRunning(model, now);
  if (run.number === 0) return { kind: 'idle', title: 'Nothing has run yet', facts: [], failed: 0 };
  return describeFinished(model, run.finished);
}

/** @param {Model} model @param {number} now @returns {Verdict} */
function describeRunning(model, now) {
  const { run, tests } = model;
  const failed = run.order.filter((number) => run.done.has(number)
    && ['failed', 'error'].includes(tests.get(number)?.outcome ?? '')).length;
  if (!run.isCollected) return { kind: 'running', title: 'Collecting tests', facts: [], failed };
  const { done, total, remaining } = findProgress(model, now);
  const facts = [
    failed > 0 ? `${failed} failed` : '',
    remaining === null ? '' : writeRemaining(remaining),
    nameOfLong(model, now),
  ];
  return { kind: 'running', title: `${done} of ${count(total, 'test')}`, facts: facts.filter(Boolean), failed };
}

/** The test that everything waits for. @param {Model} model @param {number} now */
function nameOfLong({ run, tests }, now) {
  const test = run.running === null ? undefined : tests.get(run.running);
  if (!test || now - run.since < LONG) return '';
  return `${test.name} for ${writeDuration(now - run.since)}`;
}

/** @param {Model} model @param {Finished} finished @returns {Verdict} */
function describeFinished(model, finished) {
  const { counts, not_rerun: before, ending, exit_code: code } = finished;
  const failed = countFailed(finished) + before;
  const passed = counts.passed ? `${counts.passed} passed` : '';
  const trouble = describeTrouble(model, finished);
  const facts = listFacts(finished, trouble);
  if (failed > 0 || trouble) {
    const said = isBroken(finished) ? [trouble] : [failed > 0 ? `${failed} failed` : '', trouble, passed];
    return { kind: 'failed', title: said.filter(Boolean).join(', '), facts, failed };
  }
  if (ending === 'cancelled') {
    const title = `Stopped after ${model.run.done.size} of ${count(model.run.order.length, 'test')}`;
    return { kind: 'stopped', title, facts, failed };
  }
  if (code === NO_TESTS || model.run.done.size === 0) {
    return { kind: 'stopped', title: 'No tests', facts, failed };
  }
  const title = passed || 'None failed';
  const owed = model.waiting?.owed ?? 0;
  if (owed > 0) {
    const fact = `${owed} affected ${owed === 1 ? 'was' : 'were'} not run`;
    return { kind: 'stopped', title, facts: [fact, ...facts], failed };
  }
  return { kind: 'passed', title, facts, failed };
}

/** @param {Finished} finished @param {string} title what has been said already */
function listFacts(finished, title) {
  const { counts, not_rerun: before, message, duration } = finished;
  const words = WORDS.flatMap(([outcome, word]) => (counts[outcome] ? [`${counts[outcome]} ${word}`] : []));
  const stale = countFailed(finished) > 0 ? `${before} of them not run again`
    : `${before} failed before and ${before === 1 ? 'was' : 'were'} not run again`;
  return [
    ...(message && message !== title ? [message.replace(/\.$/, '')] : []), ...(before > 0 ? [stale] : []), ...words,
    `in ${writeDuration(duration)}`,
  ];
}

/** @param {Finished} finished */
function countFailed({ counts }) {
  return (counts.failed ?? 0) + (counts.error ?? 0);
}

/** @param {Finished} finished */
function isBroken({ ending }) {
  return ending === 'crashed' || ending === 'timed-out';
}

/** What went wrong beside the tests. @param {Model} model @param {Finished} finished */
function describeTrouble({ problems }, finished) {
  const { ending, exit_code: code } = finished;
  // What has happened in detail is a whole sentence: it stands below.
  if (ending === 'crashed') return 'The run crashed';
  if (ending === 'timed-out') return 'The run took too long';
  if (problems.length > 0) return count(problems.length, 'error');
  const isExplained = code === null || GOOD_EXIT_CODES.includes(code)
    || (code === 1 && countFailed(finished) > 0);
  return isExplained || ending === 'cancelled' ? '' : `pytest ended with exit code ${code}`;
}

/** @param {number} number @param {string} noun */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
