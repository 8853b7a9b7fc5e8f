/** The sign in front of a test: a shape for each outcome, so that colour is not all there is. */

import { make } from './chart.js';

/** @import {Outcome} from './messages.js' */

const SHAPES = Object.freeze(/** @type {Record<string, string>} */ ({
  passed: 'M2.5 6.5 5 9 9.5 3.5',
  failed: 'M3 3 9 9M9 3 3 9',
  error: 'M6 2.5V7M6 9.2v.3',
  skipped: 'M3 6H9',
  xfailed: 'M3 6H9',
  xpassed: 'M2.5 6.5 5 9 9.5 3.5',
}));
const WORDS = Object.freeze(/** @type {Record<string, string>} */ ({
  passed: 'passed', failed: 'failed', error: 'error', skipped: 'skipped',
  xfailed: 'failed as expected', xpassed: 'passed unexpectedly', running: 'running',
  waiting: 'waiting', '': 'not run yet',
}));

/** @typedef {Outcome | '' | 'running' | 'waiting'} Mark */

/** @param {Mark} mark */
export function wordOf(mark) {
  return WORDS[mark];
}

/** @param {Document} document @param {Mark} mark @returns {SVGElement} */
export function drawMark(document, mark) {
  const image = make(document, 'svg', {
    class: `mark ${mark || 'never'}`, viewBox: '0 0 12 12', width: '12', height: '12', role: 'img',
    'aria-label': WORDS[mark],
  });
  const shape = SHAPES[mark];
  if (shape) image.append(make(document, 'path', { d: shape }));
  else image.append(make(document, 'circle', { cx: '6', cy: '6', r: mark === 'running' ? '4' : '2.5' }));
  return image;
}
