import assert from 'node:assert/strict';
import { test } from 'node:test';

import { drawOutput, drawPlace, drawProblem } from '../../../livereload_sse/client/build/report.js';
import { createWorld } from './world.js';

const { document } = createWorld();
const PLACE = { name: 'a.md', line: 3, column: null, key: 'k1' };

/** @param {any} span */
function draw(span) {
  const report = /** @type {any} */ ({ output: [[span]], cut: false });
  const [, box] = drawOutput(document, report, () => {}, () => {});
  return /** @type {HTMLElement} */ (box.firstChild);
}

test('a place that cannot be opened is no button', () => {
  const place = drawPlace(document, { ...PLACE, key: null }, () => {});

  assert.deepEqual([place.tagName, place.textContent], ['SPAN', 'a.md:3']);
});

test('a place without a line is the name of a file', () => {
  assert.equal(drawPlace(document, { ...PLACE, line: null }, () => {}).textContent, 'a.md');
});

test('a place in the output keeps the words that were printed', () => {
  const place = draw({ text: './a.md:3', place: PLACE });

  assert.deepEqual([place.tagName, place.textContent], ['BUTTON', './a.md:3']);
});

for (const [style, expected] of /** @type {const} */ ([
  ['fg-1', { color: 'var(--c1)' }],
  ['bg-12', { 'background-color': 'var(--c12)', color: 'var(--paper)' }],
])) {
  test(`${style} is a colour of the palette`, () => {
    const { style: drawn } = draw({ text: 'x', style: [style] });

    for (const [name, value] of Object.entries(expected)) {
      assert.equal(drawn.getPropertyValue(name), value);
    }
  });
}

test('words for the type are classes', () => {
  assert.equal(draw({ text: 'x', style: ['bold', 'underline'] }).className, 'bold underline');
});

for (const style of ['fg-1; background: url(x)', 'position-fixed', 'fg-#12345', 'close']) {
  test(`${style} is no style`, () => {
    const drawn = draw({ text: 'x', style: [style] });

    assert.deepEqual([drawn.getAttribute('style'), drawn.className], [null, '']);
  });
}

test('an output whose beginning is left out says so', () => {
  const [bar] = drawOutput(document, /** @type {any} */ ({ output: [], cut: true }), () => {}, () => {});

  assert.equal(bar.querySelector('h2')?.textContent, 'The end of the output');
});

test('a message has the direction of its own language', () => {
  const problem = /** @type {any} */ ({ message: 'x', severity: 'error', place: null });

  const item = drawProblem(document, problem, undefined, () => {});

  assert.deepEqual([item.className, item.querySelector('.message')?.getAttribute('dir')], ['error', 'auto']);
});
