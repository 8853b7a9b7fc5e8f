import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createHead } from '../../../livereload_sse/client/results/head.js';
import { findVerdict } from '../../../livereload_sse/client/results/verdict.js';
import { finished, modelOf, renderPage, row, state } from './samples.js';

/** @param {any[]} tests @param {any} [more] */
function show(tests, more = {}) {
  const page = renderPage();
  const head = createHead(page);
  const model = modelOf(state(tests, more));
  head.show(model, findVerdict(model, 100), 100);
  const widths = () => ['passed', 'failed', 'skipped'].map((name) =>
    /** @type {HTMLElement} */ (page.part('strip').querySelector(`.${name}`)).style.inlineSize);
  return { ...page, head, model, widths };
}

test('the verdict, what changed and what is waited for can be read', () => {
  const { part, document } = show([row(1)], {
    waiting: { line: 'waiting for changes', paused: false, filters: ['-k cart'] },
    run: { header: 'cart.py → 1 of 3 tests', finished: finished({ counts: { passed: 1 } }) },
  });

  assert.equal(part('title').textContent, '1 passed');
  assert.equal(part('header').textContent, 'cart.py → 1 of 3 tests');
  assert.equal(part('waiting').textContent, 'waiting for changes · -k cart');
  assert.equal(document.documentElement.dataset.verdict, 'passed');
});

test('what there is not takes no room', () => {
  const { part } = show([row(1)]);

  assert.deepEqual(['header', 'waiting', 'reasons'].map((name) => part(name).hidden), [true, true, true]);
  assert.equal(part('trend').children.length, 0);
});

test('while it runs nothing is waited for', () => {
  const waiting = { line: 'waiting for changes', paused: false, filters: [] };

  assert.equal(show([row(1)], { waiting, run: { finished: null } }).part('waiting').hidden, true);
});

test('the strip shows the work that is done, by outcome', () => {
  const tests = [row(1, 'failed'), row(2), row(3, 'skipped'), row(4)];
  const { widths, part } = show(tests, { run: { done: [1, 2], finished: null } });

  assert.deepEqual(widths(), ['25.00%', '25.00%', '0.00%']);
  assert.equal(part('strip').getAttribute('aria-valuenow'), '50');
  assert.deepEqual(show(tests).widths(), ['50.00%', '25.00%', '25.00%']);
});

test('why these tests is told on request', () => {
  const { part } = show([row(1)], { run: { why: ['test_a.py → cart.py', 'test_b.py → cart.py'] } });

  assert.equal(part('reasons').hidden, false);
  assert.equal(part('why').children.length, 2);
});

test('the last runs are bars: good, bad, and those that were stopped', () => {
  const past = [finished(), finished({ run: 2, good: false }), finished({ run: 3, good: false, ending: 'cancelled' })];
  const { part } = show([row(1)], { past });

  const kinds = [...part('trend').querySelectorAll('rect')].map((bar) => bar.getAttribute('class'));
  assert.deepEqual(kinds, ['good', 'bad', 'none']);
});
