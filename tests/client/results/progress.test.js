import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findProgress } from '../../../livereload_sse/client/results/progress.js';
import { modelOf, row, state } from './samples.js';

/** @param {number[]} durations 0: never ran @param {number} done how many of them are done */
function running(durations, done, elapsed = 0) {
  const tests = durations.map((duration, index) => row(index + 1, duration ? 'passed' : '', { duration }));
  const numbers = tests.map(([number]) => number);
  const run = { done: numbers.slice(0, done), elapsed, finished: null };
  return findProgress(modelOf(state(tests, { run })), 100);
}

test('a test that takes long is much of the work', () => {
  const { done, total, fraction, remaining } = running([9, 1], 1, 9);

  assert.deepEqual([done, total, fraction], [1, 2, 0.9]);
  assert.equal(Math.round(/** @type {number} */ (remaining)), 1);
});

test('before anything has ended the last durations are believed', () => {
  assert.equal(running([3, 2], 0, 4).remaining, 5);
});

test('a run that is slower than the last one takes longer', () => {
  assert.equal(running([1, 1, 1, 1], 2, 8).remaining, 8);
});

test('a test that never ran takes as long as the others on average', () => {
  assert.equal(running([2, 4, 0], 0).remaining, 9);
});

test('where nobody ever saw a test there is no guess before some have ended', () => {
  assert.equal(running([0, 0, 0], 0, 3).remaining, null);
  const { tests } = modelOf(state([]));
  assert.equal(tests.size, 0);
});

test('a run that is over has nothing left, and an empty one no work', () => {
  assert.deepEqual(running([1, 1], 2, 5).remaining, 0);
  assert.deepEqual(running([], 0), { done: 0, total: 0, fraction: 0, remaining: 0 });
});
