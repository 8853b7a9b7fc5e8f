/**
 * A page with a clock that is moved by hand, for the tests of what is shown of builds.
 */

import { render } from '../dom.js';
import { createClock } from '../fakes.js';

/** @param {string} [html] */
export function createWorld(html = '<!doctype html><html><body><input id="field"></body></html>') {
  const { document, window: own } = render(html);
  const clock = createClock();
  const window = /** @type {any} */ (own);
  window.CSSStyleSheet = class { replaceSync() {} };
  const { setTimeout, clearTimeout } = clock;
  const root = (/** @type {string} */ name) => document.querySelector(name)?.shadowRoot ?? null;
  return { document, window, clock, setTimeout, clearTimeout, root };
}

/** @returns {any} */
export function failed(more = {}) {
  return {
    run: 'r', build: 1, type: 'failed', command: 'make html', ending: 'exited', exitCode: 2,
    duration: 0.42, shown: false,
    report: {
      title: 'this is wrong', problems: [], excerpt: null, output: [[{ text: 'x' }]], cut: false,
      ...more,
    },
  };
}
