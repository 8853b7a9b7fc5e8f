/** States, runs and pages for the tests of the results page. */

import { readFileSync } from 'node:fs';

import { createModel } from '../../../livereload_sse/client/results/model.js';
import { render } from '../dom.js';

/** @import {Finished, Outcome, State, TestRow} from '../../../livereload_sse/client/results/messages.js' */

const DOCUMENT = new URL('../../../livereload_sse/pytest_watch/page/results.html', import.meta.url);

/** @param {Partial<Finished>} [more] @returns {Finished} */
export function finished(more = {}) {
  return {
    run: 1, header: '', ending: 'finished', good: true, message: '', exit_code: 0, duration: 0.41,
    summary: '', counts: {}, not_rerun: 0, ...more,
  };
}

/** @param {number} number @param {Outcome | ''} outcome @returns {TestRow} */
export function row(number, outcome = 'passed', { file = 0, name = `test_${number}`, duration = 1, run = 1 } = {}) {
  return [number, file, name, 10 * number, outcome, outcome ? duration : 0, outcome ? run : 0];
}

/** @param {TestRow[]} tests @param {Omit<Partial<State>, 'run'> & {run?: any}} [more] @returns {State} */
export function state(tests, more = {}) {
  const numbers = tests.map(([number]) => number);
  return {
    project: 'shop', server: 's1', id: '5-0', tests, notes: [], problems: [], past: [], waiting: null,
    files: [{ name: 'tests/test_a.py', key: 'ka' }, { name: 'tests/test_b.py', key: 'kb' }],
    ...more,
    run: {
      run: 1, header: '', why: [], collected: true, order: numbers, done: numbers, deselected: 0,
      running: null, elapsed: 0.4, finished: finished(), ...more.run,
    },
  };
}

/** @param {State} read */
export function modelOf(read, now = () => 100) {
  const model = createModel(now);
  model.read(read);
  return model;
}

/** The document of the page, with what jsdom lacks. */
export function renderPage() {
  const html = readFileSync(DOCUMENT, 'utf8').replaceAll('$project', 'shop').replaceAll('$token', 'secret')
    .replace(/<script[^>]*><\/script>|<link[^>]*stylesheet[^>]*>/g, '');
  const { window: own, document } = render(html);
  const window = /** @type {any} */ (own);
  /** @type {{fill: (element: Element) => void}[]} */
  const observers = [];
  window.IntersectionObserver = class {
    /** @param {(entries: any[]) => void} tell */
    constructor(tell) {
      observers.push({ fill: (target) => tell([{ target, isIntersecting: true }]) });
    }

    observe() {}

    unobserve() {}

    disconnect() {}
  };
  /** @type {(() => void)[]} */
  const frames = [];
  window.requestAnimationFrame = (/** @type {() => void} */ run) => frames.push(run);
  const dialog = window.HTMLDialogElement.prototype;
  dialog.showModal = function showModal() { this.open = true; };
  dialog.close = function close() { this.open = false; };
  const part = (/** @type {string} */ name) =>
    /** @type {HTMLElement} */ (document.querySelector(`[data-part=${name}]`));
  /** Draw what waits for a frame; returns how much that was. */
  const paint = () => {
    const waiting = frames.splice(0);
    for (const run of waiting) run();
    return waiting.length;
  };
  /** Let what was asked for arrive. */
  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    paint();
  };
  return { window, document, part, paint, settle, observers };
}
