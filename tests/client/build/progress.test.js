import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createProgress, findFraction } from '../../../livereload_sse/client/build/progress.js';
import { createWorld } from './world.js';

const RUNNING = /** @type {const} */ ({
  type: 'running', command: 'make', expected: 2, elapsed: 0, fraction: null, stage: '',
});

function create() {
  const world = createWorld();
  /** @type {any[]} */
  const listed = [];
  const progress = createProgress({
    ...world, now: world.clock.now, list: (warnings) => listed.push(...warnings),
  });
  const find = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (world.root('sse-reload-build')?.querySelector(selector));
  const text = (/** @type {string} */ selector) => find(selector)?.textContent ?? null;
  return { ...world, progress, listed, find, text };
}

test('a build that is over at once is not worth a word', () => {
  const { progress, clock, document } = create();
  progress.show(RUNNING, true);

  clock.advance(0.2);
  progress.hide();
  clock.advance(5);

  assert.equal(document.querySelector('sse-reload-build'), null);
});

test('a longer one says what it does and for how long', () => {
  const { progress, clock, text } = create();
  progress.show(RUNNING, true);
  clock.advance(0.3);
  const first = text('.stage');

  progress.show({ ...RUNNING, expected: null, elapsed: 0.3, stage: 'reading sources' }, false);
  clock.advance(0.9);

  assert.deepEqual([first, text('.stage'), text('time')], ['Building', 'reading sources', '1.1 s']);
});

test('what was expected at the beginning counts until the end', () => {
  const { progress, clock, find } = create();
  progress.show(RUNNING, true);
  progress.show({ ...RUNNING, expected: null, elapsed: 0 }, false);

  clock.advance(1.01);

  assert.equal(Boolean(Math.abs(parseFloat(find('.bar i').style.inlineSize) - 50) < 8), true);
});

test('a build that counts itself is believed', () => {
  const { progress, clock, find } = create();
  progress.show({ ...RUNNING, fraction: 0.25 }, true);

  clock.advance(1.9);

  assert.equal(find('.bar i').style.inlineSize, '25.0%');
});

test('the next build begins anew', () => {
  const { progress, clock, find } = create();
  progress.show(RUNNING, true);
  clock.advance(3);

  progress.show(RUNNING, true);
  clock.advance(0.1);

  assert.equal(find('.box'), undefined);
});

test('warnings are counted, listed when asked, and can be put away', () => {
  const { progress, listed, find, text } = create();
  const warning = /** @type {any} */ ({ message: 'odd', severity: 'warning', place: null });
  progress.warn([warning, warning]);

  const count = text('button');
  find('button').click();
  find('.close').click();

  assert.deepEqual([count, listed.length, find('.box')], ['2 warnings', 2, undefined]);
});

test('without warnings nothing is said', () => {
  const { progress, document } = create();

  progress.warn([]);

  assert.equal(document.querySelector('sse-reload-build'), null);
});

test('the next build takes the place of the last ones warnings', () => {
  const { progress, clock, text } = create();
  progress.warn([/** @type {any} */ ({ message: 'odd', severity: 'warning', place: null })]);

  progress.show(RUNNING, true);
  clock.advance(0.4);

  assert.equal(text('.stage'), 'Building');
});

for (const [facts, elapsed, least, most] of /** @type {const} */ ([
  [{ expected: 2, fraction: null }, 1, 0.5, 0.5],
  [{ expected: 2, fraction: null }, 60, 0.9, 0.95],
  [{ expected: null, fraction: null }, 1, 0.1, 0.3],
  [{ expected: null, fraction: null }, 600, 0.9, 0.95],
  [{ expected: 2, fraction: 1.5 }, 1, 1, 1],
  [{ expected: 2, fraction: -1 }, 1, 0, 0],
])) {
  test(`after ${elapsed} s of ${facts.expected} with ${facts.fraction} it is ${least} to ${most}`, () => {
    const fraction = findFraction(facts, elapsed);

    assert.equal(fraction >= least && fraction <= most, true, String(fraction));
  });
}
