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
  /** @type {any[]} */
  const closed = [];
  const progress = createProgress({
    ...world, now: world.clock.now, list: (warnings) => listed.push(...warnings),
    dismissed: (warnings) => closed.push(...warnings),
  });
  const find = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (world.root('sse-reload-build')?.querySelector(selector));
  const text = (/** @type {string} */ selector) => find(selector)?.textContent ?? null;
  return { ...world, progress, listed, closed, find, text };
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

  assert.equal(find('.paper'), undefined);
});

test('warnings are counted, listed when asked, and can be put away', () => {
  const { progress, listed, closed, find, text } = create();
  const warning = /** @type {any} */ ({ message: 'odd', severity: 'warning', place: null });
  progress.warn([warning, warning]);

  const count = text('button');
  find('button').click();
  find('.close').click();

  assert.deepEqual([count, listed.length, closed.length, find('.paper')], ['2 warnings', 2, 2, undefined]);
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

const shown = (/** @type {HTMLElement} */ bar) => parseFloat(bar.style.inlineSize);

test('a count is believed, whatever was guessed before', () => {
  const { progress, clock, find } = create();
  progress.show(RUNNING, true);
  clock.advance(1.5);

  progress.show({ ...RUNNING, elapsed: 1.5, fraction: 0.1 }, false);
  clock.advance(0.2);

  assert.equal(shown(find('.bar i')), 10);
});

test('a bar that counts does not go back, nor back to guessing', () => {
  const { progress, clock, find } = create();
  progress.show({ ...RUNNING, fraction: 0.5 }, true);
  clock.advance(0.5);
  /** @type {number[]} */
  const widths = [];

  for (const fraction of [0.4, null]) {
    progress.show({ ...RUNNING, elapsed: 1.9, fraction }, false);
    clock.advance(0.2);
    widths.push(shown(find('.bar i')));
  }

  assert.deepEqual(widths, [50, 50]);
});

test('who hears the page is told once, of a build that takes long', () => {
  const { progress, clock, text } = create();
  progress.show({ ...RUNNING, stage: 'reading' }, true);
  clock.advance(1.5);
  const early = text('[role=status]');

  clock.advance(1);

  assert.deepEqual([early, text('[role=status]')], ['', 'Building']);
});

test('what is done may be something else than building', () => {
  const { progress, clock, text } = create();
  progress.show({ ...RUNNING, doing: 'Restarting' }, true);
  clock.advance(1.5);
  clock.advance(1);

  assert.deepEqual([text('.stage'), text('[role=status]')], ['Restarting', 'Restarting']);
});

test('a page that replaces everything there is gets it again', () => {
  const { document, progress, clock, text } = create();
  progress.show(RUNNING, true);
  clock.advance(0.5);
  document.querySelector('sse-reload-build')?.remove();

  clock.advance(0.2);

  assert.equal(text('.stage'), 'Building');
});

test('it stops when it is hidden, and nothing runs on', () => {
  const { progress, clock } = create();
  progress.show(RUNNING, true);
  clock.advance(0.5);

  progress.hide();

  assert.equal(clock.waiting(), 0);
});

test('of one build nothing is left to the next', () => {
  const { progress, clock, find } = create();
  progress.show({ ...RUNNING, expected: 0.2, fraction: 0.9 }, true);
  clock.advance(1);

  progress.show({ ...RUNNING, expected: null }, true);
  clock.advance(0.3);

  assert.equal(shown(find('.bar i')) < 10, true);
});

test('Escape puts warnings away', () => {
  const { progress, window, closed, find } = create();
  progress.warn([/** @type {any} */ ({ message: 'odd', severity: 'warning', place: null })]);

  find('.open').dispatchEvent(new window.KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));

  assert.deepEqual([closed.length, find('.paper')], [1, undefined]);
});
