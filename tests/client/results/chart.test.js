import assert from 'node:assert/strict';
import { test } from 'node:test';

import { drawChart } from '../../../livereload_sse/client/results/chart.js';
import { render } from '../dom.js';

/** @param {number[]} seconds */
function draw(seconds) {
  const { document } = render('');
  const bars = seconds.map((one) => ({ seconds: one, kind: /** @type {const} */ ('good'), words: 'cart.py' }));
  const chart = drawChart(document, bars, { label: 'three runs', height: 30 });
  const numbers = (/** @type {string} */ name) =>
    [...chart.querySelectorAll('rect')].map((bar) => Number(bar.getAttribute(name)));
  return { chart, numbers };
}

test('the longest is as high as the chart, and the others in proportion', () => {
  const { numbers } = draw([1, 2, 0.5]);

  assert.deepEqual(numbers('height'), [15, 30, 7.5]);
  assert.deepEqual(numbers('y'), [15, 0, 22.5]);
  assert.deepEqual(numbers('x'), [0, 8, 16]);
});

test('what took no time can be seen', () => {
  assert.deepEqual(draw([0, 10]).numbers('height'), [2, 30]);
  assert.deepEqual(draw([0, 0]).numbers('height'), [2, 2]);
});

test('who cannot see it is told', () => {
  const { chart } = draw([1.5]);

  assert.equal(chart.getAttribute('aria-label'), 'three runs');
  assert.equal(chart.querySelector('title')?.textContent, 'cart.py, 1.5 s');
});
