import assert from 'node:assert/strict';
import { test } from 'node:test';

import { colourOf, createBadge, describe } from '../../../livereload_sse/client/tests_badge/badge.js';
import { createWorld } from '../build/world.js';
import { settle } from '../fakes.js';

const HOST = 'sse-reload-tests';

/** @returns {any} */
const finished = (more = {}) => ({
  type: 'finished', watch: 'w', run: 1, page: '', age: 0, passed: 0, failed: 0, skipped: 0, before: 0, owed: 0,
  failing: [], trouble: '', ...more,
});
const RED = finished({ passed: 310, failed: 2, failing: ['a.py::one', 'b.py::two'] });
const GREEN = finished({ passed: 312 });

/** @returns {any} */
const running = (more = {}) => ({
  type: 'running', watch: 'w', run: 2, page: '', age: 0, tests: 4, expected: 2, ...more,
});

function create() {
  const world = createWorld();
  /** @type {any[]} */
  const closed = [];
  const badge = createBadge({
    ...world, now: world.clock.now, dismissed: (one) => closed.push(one),
  });
  const find = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (world.root(HOST)?.querySelector(selector));
  const words = () => find('.words')?.textContent ?? null;
  const said = () => find('[role=status]')?.textContent ?? null;
  return { ...world, badge, closed, find, words, said };
}

test('what has failed stays until it is green', () => {
  const { badge, clock, words } = create();
  badge.finish(RED, true);
  clock.advance(60);
  const before = words();

  badge.finish(GREEN, true);

  assert.deepEqual([before, words()], ['tests: 2 failed', '312 passed']);
});

test('green fades, and nothing is left', () => {
  const { document, badge, clock, words } = create();
  const before = document.documentElement.outerHTML;
  badge.finish(GREEN, true);
  clock.advance(3.9);
  const meanwhile = words();

  clock.advance(1);

  assert.deepEqual(
    [meanwhile, document.documentElement.outerHTML, clock.waiting()], ['312 passed', before, 0]);
});

test('green does not go from under a pointer', () => {
  const { badge, clock, words, find } = create();
  badge.finish(GREEN, true);
  let isOver = true;
  find('.paper').matches = /** @type {any} */ (() => isOver);
  clock.advance(9);
  const meanwhile = words();

  isOver = false;
  clock.advance(5);

  assert.deepEqual([meanwhile, words()], ['312 passed', null]);
});

test('who comes late need not know that all is well, only what is not', () => {
  const { badge, words } = create();
  badge.finish(GREEN, false);
  const green = words();

  badge.finish(RED, false);

  assert.deepEqual([green, words()], [null, 'tests: 2 failed']);
});

test('a short run is not worth a word', () => {
  const { badge, clock, words } = create();
  badge.run(running());

  clock.advance(0.3);
  const meanwhile = words();
  badge.finish(finished({ passed: 4 }), true);

  assert.deepEqual([meanwhile, words()], [null, '4 passed']);
});

test('a longer one says how many, and how far it may be', () => {
  const { badge, clock, words, find } = create();
  badge.run(running());

  clock.advance(1.01);

  assert.equal(words(), 'running 4 tests');
  assert.equal(Math.abs(parseFloat(find('.bar i').style.inlineSize) - 50) < 8, true);
});

test('it began when it began, not when it was told', () => {
  const { badge, clock, find } = create();
  badge.run(running({ age: 1 }));

  clock.advance(0.41);

  assert.equal(parseFloat(find('.bar i').style.inlineSize) > 65, true);
});

for (const [tests, text] of /** @type {const} */ ([[1, 'running 1 test'], [null, 'running tests']])) {
  test(`of ${tests} tests it says: ${text}`, () => {
    const { badge, clock, words } = create();
    badge.run(running({ tests, expected: null }));

    clock.advance(0.5);

    assert.equal(words(), text);
  });
}

test('what is red can be read while it runs again', () => {
  const { badge, clock, words, find } = create();
  badge.finish(RED, true);
  badge.run(running());

  clock.advance(1);

  assert.equal(words(), 'tests: 2 failed');
  assert.equal(find('.paper').classList.contains('busy'), true);
});

test('green is gone when it runs again', () => {
  const { badge, clock, words } = create();
  badge.finish(GREEN, true);

  badge.run(running());
  const at = words();
  clock.advance(0.5);

  assert.deepEqual([at, words()], [null, 'running 4 tests']);
});

test('a page that replaces everything there is gets it again', () => {
  const { document, badge, clock, words } = create();
  badge.run(running());
  clock.advance(0.5);
  document.querySelector(HOST)?.remove();

  clock.advance(0.2);

  assert.equal(words(), 'running 4 tests');
});

test('hidden it leaves nothing behind, no timer and no observer', async () => {
  const { document, badge, clock, window } = create();
  const before = document.documentElement.outerHTML;
  let isObserving = false;
  window.MutationObserver.prototype.observe = () => { isObserving = true; };
  window.MutationObserver.prototype.disconnect = () => { isObserving = false; };
  badge.finish(RED, true);
  badge.run(running());
  clock.advance(1);
  const meanwhile = isObserving;

  badge.hide();

  assert.deepEqual([document.documentElement.outerHTML, clock.waiting()], [before, 0]);
  assert.deepEqual([meanwhile, isObserving], [true, false]);
});

test('hidden before it was told aloud, it is not told', () => {
  const { badge, clock } = create();
  badge.finish(RED, true);

  badge.hide();

  assert.equal(clock.waiting(), 0);
});

test('with a results page it leads there, in a tab of its own', () => {
  const { badge, find } = create();

  badge.finish({ ...RED, page: 'http://localhost:8123/' }, true);

  const link = /** @type {HTMLAnchorElement} */ (find('a.words'));
  assert.deepEqual([link.href, link.target, link.rel], ['http://localhost:8123/', '_blank', 'noopener']);
});

test('without one it lists what has failed', () => {
  const { badge, find } = create();
  badge.finish(RED, true);
  const list = /** @type {HTMLElement} */ (find('ul'));
  const before = [list.hidden, find('button.words').getAttribute('aria-expanded')];

  find('button.words').click();

  assert.deepEqual(before, [true, 'false']);
  assert.deepEqual([list.hidden, find('button.words').getAttribute('aria-expanded')], [false, 'true']);
  assert.deepEqual([...list.children].map((one) => one.textContent), ['a.py::one', 'b.py::two']);
});

test('a list that is open stays open with the next run', () => {
  const { badge, find } = create();
  badge.finish(RED, true);
  find('button.words').click();

  badge.finish({ ...RED, run: 2, failing: ['c.py::three'] }, true);

  assert.deepEqual([find('ul').hidden, find('li').textContent], [false, 'c.py::three']);
});

test('a list that is open is gone with what it listed', () => {
  const { badge, find } = create();
  badge.finish(RED, true);
  find('button.words').click();

  badge.finish(GREEN, true);

  assert.equal(find('ul').hidden, true);
});

test('of many failures the list names some, and counts the others', () => {
  const { badge, find } = create();

  badge.finish({ ...RED, failed: 4, before: 3 }, true);

  assert.deepEqual(
    [...find('ul').children].map((one) => one.textContent), ['a.py::one', 'b.py::two', 'and 5 more']);
});

test('a long name breaks where its parts do', () => {
  const { badge, find } = create();

  badge.finish({ ...RED, failing: ['tests/a.py::One::two'] }, true);

  assert.equal(find('li').innerHTML, 'tests/<wbr>a.py::<wbr>One::<wbr>two<wbr>');
});

test('names are text and nothing else', () => {
  const { badge, find } = create();

  badge.finish({ ...RED, failing: ['<img src=x>'] }, true);

  assert.equal(find('li').innerHTML, '&lt;img src=x&gt;<wbr>');
});

test('who has closed it is heard', () => {
  const { document, badge, closed, find } = create();
  badge.finish(RED, true);

  find('.close').click();

  assert.deepEqual([closed, document.querySelector(HOST)], [[RED], null]);
});

test('Escape closes it, too', () => {
  const { window, badge, closed, find } = create();
  badge.finish(RED, true);

  find('.words').dispatchEvent(new window.KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));

  assert.deepEqual([closed, find('.paper')], [[RED], undefined]);
});

test('who hears the page is told when it turns red and when it turns green again', () => {
  const { badge, clock, said } = create();
  /** @type {(string | null)[]} */
  const heard = [];
  for (const state of [GREEN, GREEN, RED, RED, GREEN, GREEN]) {
    badge.finish(state, true);
    clock.advance(0.2);
    heard.push(said());
  }

  assert.deepEqual(heard, ['', '', 'tests: 2 failed', '', '312 passed', '']);
});

test('what was red before the page came is not told aloud', () => {
  const { badge, clock, said } = create();

  badge.finish(RED, false);
  clock.advance(0.2);

  assert.equal(said(), '');
});

test('it stands above the other signs of that corner, and comes down when they go', async () => {
  const { document, badge, find } = create();
  badge.finish(RED, true);
  const lift = () => find('.paper').style.getPropertyValue('--lift');
  const alone = lift();
  const other = document.createElement('sse-reload-build');
  other.getBoundingClientRect = () => /** @type {any} */ ({ height: 38 });

  document.documentElement.append(other);
  await settle();
  const above = lift();
  other.remove();
  await settle();

  assert.deepEqual([alone, above, lift()], ['0px', '46px', '0px']);
});

for (const [state, colour, text] of /** @type {[any, string, string][]} */ ([
  [GREEN, 'green', '312 passed'],
  [finished({ passed: 5, before: 3 }), 'red', 'tests: 3 failed (3 not run again)'],
  [finished({ failed: 2, before: 3 }), 'red', 'tests: 5 failed (3 not run again)'],
  [finished({ passed: 5, owed: 1 }), 'plain', 'tests: 1 affected not run'],
  [finished({ trouble: 'killed by SIGSEGV' }), 'red', 'tests: killed by SIGSEGV'],
  [finished({ failed: 1, trouble: 'stopped' }), 'red', 'tests: 1 failed, stopped'],
  [finished({ skipped: 2 }), 'plain', '2 skipped'],
  [finished(), 'plain', 'no tests ran'],
])) {
  test(`${text} is ${colour}`, () => {
    assert.deepEqual([colourOf(state), describe(state)], [colour, text]);
  });
}
