import assert from 'node:assert/strict';
import { test } from 'node:test';

import { drawMark, wordOf } from '../../../livereload_sse/client/results/marks.js';
import { render } from '../dom.js';

const MARKS = /** @type {const} */ (['passed', 'failed', 'error', 'skipped', 'xfailed', 'xpassed', 'running', 'waiting', '']);

test('each mark has a word for who cannot see it', () => {
  const { document } = render('');

  for (const mark of MARKS) assert.equal(drawMark(document, mark).getAttribute('aria-label'), wordOf(mark));
  assert.equal(new Set(MARKS.map(wordOf)).size, MARKS.length);
});

test('good and bad differ in shape, not in colour alone', () => {
  const { document } = render('');
  const shapes = MARKS.map((mark) => drawMark(document, mark).innerHTML);

  assert.equal(new Set([shapes[0], shapes[1], shapes[2], shapes[3], shapes[6]]).size, 5);
});
