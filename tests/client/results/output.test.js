import assert from 'node:assert/strict';
import { test } from 'node:test';

import { drawDetails, drawLines, drawPlace } from '../../../livereload_sse/client/results/output.js';
import { render } from '../dom.js';

const { document } = render('');
const PLACE = { name: 'a.py', line: 3, key: 'k' };

/** @param {any[][]} lines @param {(place: any) => void} [open] */
function draw(lines, open = () => {}) {
  return drawLines(document, lines, open, 'Traceback');
}

test('text is text', () => {
  const box = draw([[{ text: '<b>x</b>' }], [], [{ text: 'y' }]]);

  assert.equal(box.textContent, '<b>x</b>\n\ny\n');
  assert.equal(box.querySelector('b'), null);
});

test('colours and type are those of the terminal', () => {
  const span = /** @type {HTMLElement} */ (draw([[{ text: 'x', style: ['bold', 'fg-1'] }]]).querySelector('.bold'));

  assert.equal(span.style.color, 'var(--c1)');
});

test('a place is a button that opens it', () => {
  /** @type {any[]} */
  const opened = [];
  const box = draw([[{ text: 'a.py:3', place: PLACE }]], (place) => opened.push(place));

  /** @type {HTMLElement} */ (box.querySelector('button')).click();

  assert.deepEqual(opened, [PLACE]);
});

test('a place that nothing opens is no button', () => {
  assert.equal(drawPlace(document, { ...PLACE, key: '' }, () => {}).localName, 'span');
  assert.equal(drawPlace(document, PLACE, () => {}).textContent, 'a.py:3');
  assert.equal(drawPlace(document, { ...PLACE, line: 0 }, () => {}).textContent, 'a.py');
});

test('lines that pytest has marked stand out', () => {
  const box = draw([[{ text: '>  assert x' }], [{ text: 'E  no', style: ['fg-1'] }], [{ text: 'Else' }], [{ text: 'E' }]]);

  assert.deepEqual([...box.children].map(({ className }) => className), ['line here', 'line wrong', 'line', 'line wrong']);
});

test('what was left out is said', () => {
  const section = { title: 'Captured stdout call', lines: [[{ text: 'x' }]], cut: true };
  const details = { number: 1, lines: [[{ text: 'E' }]], cut: true, sections: [section], durations: [], outcomes: [] };

  const titles = drawDetails(document, details, () => {}).filter(({ localName }) => localName === 'h4');

  assert.deepEqual(titles.map(({ textContent }) => textContent), ['The end of the traceback', 'The end of the captured stdout call']);
});

test('of a test without output there is nothing to show', () => {
  assert.deepEqual(drawDetails(document, { number: 1, lines: [], cut: false, sections: [], durations: [], outcomes: [] }, () => {}), []);
});
