import assert from 'node:assert/strict';
import { test } from 'node:test';

import { drawRow, keyOf, looksOf } from '../../../livereload_sse/client/results/rows.js';
import { findRows } from '../../../livereload_sse/client/results/tree.js';
import { render } from '../dom.js';
import { modelOf, row, state } from './samples.js';

const { document } = render('');

/** @param {any[]} tests @param {any} [more] */
function rows(tests, more = {}) {
  return findRows(modelOf(state(tests, more)), { filter: 'all', search: '', open: new Map([[0, true]]) });
}

test('a file says its name, its failures, its tests and its time', () => {
  const [file] = rows([row(1, 'failed'), row(2)]);
  const made = drawRow(document, file);
  const text = (/** @type {string} */ name) => made.querySelector(name)?.textContent;

  assert.deepEqual(['.folder', '.base', '.failures', '.count', '.took'].map(text), ['tests/', 'test_a.py', '1', '2', '2.0 s']);
  assert.equal(made.querySelector('svg')?.getAttribute('aria-label'), 'failed');
  assert.equal(made.getAttribute('aria-expanded'), 'true');
});

test('a file whose tests have never run has not passed', () => {
  const [file] = rows([row(1), row(2, '')]);

  assert.equal(drawRow(document, file).querySelector('svg')?.getAttribute('aria-label'), 'not run yet');
});

test('a test says its name, how it ended and its time', () => {
  const [, leaf] = rows([row(1, 'skipped', { name: 'TestA::test_x', duration: 0.02 })]);
  const made = drawRow(document, leaf);

  assert.equal(made.querySelector('.name')?.textContent, 'TestA › test_x');
  assert.equal(made.querySelector('svg')?.getAttribute('aria-label'), 'skipped');
  assert.equal(made.querySelector('.took')?.textContent, '20 ms');
});

test('one that runs or waits shows that', () => {
  const run = { done: [], running: 1, finished: null };
  const [, first, second] = rows([row(1), row(2, 'failed', { file: 0 })], { run });

  const words = [first, second].map((one) => drawRow(document, one).querySelector('svg')?.getAttribute('aria-label'));
  assert.deepEqual(words, ['waiting', 'running']);
});

test('a row is drawn anew when something of it is new', () => {
  const [file, leaf] = rows([row(1)]);
  const [fileAfter, leafAfter] = rows([row(1, 'failed')]);

  assert.deepEqual([keyOf(file), keyOf(leaf)], [keyOf(fileAfter), keyOf(leafAfter)]);
  assert(looksOf(file) !== looksOf(fileAfter));
  assert(looksOf(leaf) !== looksOf(leafAfter));
  assert(keyOf(file) !== keyOf(leaf));
});
