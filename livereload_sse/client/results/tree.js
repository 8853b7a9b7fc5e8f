/**
 * The list of files and tests as it is to be shown: chosen, searched, ordered. Pure.
 *
 * Files with failures come first, and in each file its failures; all else stays in the order in
 * which it was collected, so that nothing moves without a reason.
 */

import { isFailure } from './messages.js';

/** @import {Model, Test} from './model.js' */

/**
 * @typedef {'all' | 'failed' | 'skipped' | 'run'} Filter `run`: what the last run had
 * @typedef {{filter: Filter, search: string, open: ReadonlyMap<number, boolean>}} View
 *
 * @typedef {object} FileRow
 * @property {'file'} kind
 * @property {number} file
 * @property {string} name
 * @property {number} tests
 * @property {number} failed
 * @property {number} duration
 * @property {boolean} isOpen
 * @property {boolean} isRunning
 * @property {boolean} hasRun all of its tests have, at some time
 *
 * @typedef {object} LeafRow
 * @property {'test'} kind
 * @property {Test} test
 * @property {'waiting' | 'running' | 'done'} state in the present run; `done` outside of it, too
 * @property {number} position in its file, from 1
 * @property {number} size
 *
 * @typedef {FileRow | LeafRow} Row
 */

/** @param {Model} model @param {View} view @returns {Row[]} */
export function findRows(model, view) {
  const chosen = choose(model, view);
  const isNarrow = view.search !== '' || view.filter !== 'all';
  const waiting = findWaiting(model);
  /** @type {Row[]} */
  const rows = [];
  for (const [file, tests] of orderFiles(chosen)) {
    const row = describe(model, file, tests, view.open.get(file), isNarrow);
    rows.push(row);
    if (row.isOpen) rows.push(...leaves(model, tests, waiting));
  }
  return rows;
}

/** How many tests each filter would show. @param {Model} model @returns {Record<Filter, number>} */
export function countFilters(model) {
  const counts = { all: 0, failed: 0, skipped: 0, run: 0 };
  const inRun = new Set(model.run.order);
  for (const test of model.tests.values()) {
    for (const filter of /** @type {Filter[]} */ (Object.keys(counts))) {
      if (passes(test, filter, inRun)) counts[filter] += 1;
    }
  }
  return counts;
}

/** @param {Model} model @param {View} view @returns {Map<number, Test[]>} */
function choose(model, { filter, search }) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const inRun = new Set(model.run.order);
  /** @type {Map<number, Test[]>} */
  const chosen = new Map();
  for (const test of model.tests.values()) {
    if (!passes(test, filter, inRun)) continue;
    if (words.length > 0 && !matches(`${model.files[test.file]?.name}::${test.name}`, words)) continue;
    const tests = chosen.get(test.file);
    if (tests) tests.push(test);
    else chosen.set(test.file, [test]);
  }
  return chosen;
}

/** @param {Test} test @param {Filter} filter @param {Set<number>} inRun */
function passes({ number, outcome }, filter, inRun) {
  if (filter === 'failed') return isFailure(outcome);
  if (filter === 'skipped') return outcome === 'skipped' || outcome === 'xfailed';
  return filter === 'all' || inRun.has(number);
}

/** @param {string} text @param {string[]} words */
function matches(text, words) {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}

/** @param {Map<number, Test[]>} chosen @returns {[number, Test[]][]} */
function orderFiles(chosen) {
  const files = [...chosen].sort(([one], [other]) => one - other);
  const fails = (/** @type {Test[]} */ tests) => tests.some(({ outcome }) => isFailure(outcome));
  return [...files.filter(([, tests]) => fails(tests)), ...files.filter(([, tests]) => !fails(tests))];
}

/**
 * @param {Model} model @param {number} file @param {Test[]} tests
 * @param {boolean | undefined} wanted what a person has said @param {boolean} isNarrow
 * @returns {FileRow}
 */
function describe(model, file, tests, wanted, isNarrow) {
  const failed = tests.filter(({ outcome }) => isFailure(outcome)).length;
  const running = model.run.running === null ? null : model.tests.get(model.run.running);
  return {
    kind: 'file', file, name: model.files[file]?.name ?? '', tests: tests.length, failed,
    duration: tests.reduce((sum, { duration }) => sum + duration, 0),
    isOpen: wanted ?? (failed > 0 || isNarrow),
    isRunning: running?.file === file,
    hasRun: tests.every(({ outcome }) => outcome !== ''),
  };
}

/** @param {Model} model @param {Test[]} tests @param {Set<number>} waiting @returns {LeafRow[]} */
function leaves(model, tests, waiting) {
  const failed = tests.filter(({ outcome }) => isFailure(outcome));
  const ordered = [...failed, ...tests.filter(({ outcome }) => !isFailure(outcome))];
  return ordered.map((test, index) => {
    const state = model.run.running === test.number ? 'running'
      : waiting.has(test.number) ? 'waiting' : 'done';
    return { kind: 'test', test, state, position: index + 1, size: ordered.length };
  });
}

/** @param {Model} model @returns {Set<number>} */
function findWaiting({ run }) {
  if (run.finished !== null) return new Set();
  return new Set(run.order.filter((number) => !run.done.has(number)));
}
