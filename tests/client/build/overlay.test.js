import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createOverlay } from '../../../livereload_sse/client/build/overlay.js';
import { createWorld, failed } from './world.js';

const PLACE = { name: 'docs/a.md', line: 3, column: 7, key: 'k1' };

function create({ refuse = '' } = {}) {
  const world = createWorld();
  /** @type {string[]} */
  const opened = [];
  const open = async (/** @type {string} */ key) => {
    opened.push(key);
    return refuse;
  };
  let closed = 0;
  const overlay = createOverlay({ ...world, open, dismissed: () => { closed += 1; } });
  const root = () => world.root('sse-reload-overlay');
  const text = () => root()?.textContent ?? null;
  const find = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (root()?.querySelector(selector));
  const press = (/** @type {string} */ key, /** @type {Element} */ at) =>
    at.dispatchEvent(new world.window.KeyboardEvent('keydown', { key, bubbles: true, composed: true }));
  return { ...world, overlay, opened, root, text, find, press, closed: () => closed };
}

test('the message comes first, then what was run and how it ended', () => {
  const { overlay, find } = create();

  overlay.show(failed());

  assert.equal(find('h1').textContent, 'this is wrong');
  assert.deepEqual(
    [...find('.facts').children].map((fact) => fact.textContent),
    ['make html', 'exit code 2', 'after 0.42 s'],
  );
});

test('of a long message the first line is the title', () => {
  const { overlay, find } = create();

  overlay.show(failed({ title: 'a parser failed\nexpected this\nfound that' }));

  assert.equal(find('h1').textContent, 'a parser failed');
  assert.equal(find('.more').textContent, 'expected this\nfound that');
});

for (const [change, fact] of /** @type {const} */ ([
  [{ ending: 'timed-out', exitCode: null }, 'did not end'],
  [{ ending: 'not-started', exitCode: null }, 'could not be started'],
  [{ shown: true, exitCode: 0 }, 'what was built is shown (--strict)'],
])) {
  test(`it says: ${fact}`, () => {
    const { overlay, find } = create();

    overlay.show({ ...failed(), ...change });

    assert.equal(Boolean(find('.facts').textContent?.includes(fact)), true);
    assert.equal(Boolean(!find('.facts').textContent?.includes('exit code')), true);
  });
}

test('what is printed is put in as text, whatever it looks like', () => {
  const { overlay, root, find } = create();
  const html = '<img src=x onerror=alert(1)>';

  overlay.show(failed({ title: html, output: [[{ text: html }]] }));

  assert.equal(root()?.querySelector('img'), null);
  assert.equal(find('.output').textContent, `${html}\n`);
});

test('a place is opened by its key, and the answer is told when it is no', async () => {
  const { overlay, find, opened } = create({ refuse: 'No editor was found' });
  const problem = { message: 'odd', severity: 'error', place: PLACE };
  overlay.show(failed({ problems: [problem] }));

  find('button.place').click();
  await new Promise((resolve) => setTimeout(resolve));

  assert.deepEqual(opened, ['k1']);
  assert.equal(find('button.place').textContent, 'docs/a.md:3:7');
  assert.equal(find('.note').textContent, 'No editor was found');
});

test('what the title and the excerpt have said is not said again', () => {
  const { overlay, find } = create();
  const excerpt = { place: PLACE, lines: [{ number: 3, text: 'code', marked: true }] };
  const problem = { message: 'this is wrong', severity: 'error', place: PLACE };

  overlay.show(failed({ problems: [problem], excerpt }));

  assert.equal(find('.problems'), null);
  assert.equal(find('.marked').textContent, '3code\n');
});

test('warnings are listed with their places', () => {
  const { overlay, find } = create();
  const warning = /** @type {any} */ ({ message: 'odd', severity: 'warning', place: PLACE });

  overlay.list([warning, { ...warning, place: null }]);

  assert.equal(find('h1').textContent, '2 warnings');
  assert.deepEqual(
    [...find('.problems').children].map((item) => item.textContent),
    ['docs/a.md:3:7odd', 'odd'],
  );
});

test('nothing is left behind', () => {
  const { overlay, document } = create();
  const before = document.documentElement.outerHTML;

  overlay.show(failed());
  overlay.hide();

  assert.equal(document.documentElement.outerHTML, before);
});

test('the output is copied without its colours', async () => {
  const { overlay, find, window } = create();
  /** @type {string[]} */
  const copied = [];
  Object.defineProperty(window.navigator, 'clipboard', {
    value: { writeText: async (/** @type {string} */ text) => copied.push(text) },
  });
  overlay.show(failed({ output: [[{ text: 'a', style: ['bold'] }, { text: 'b' }], []] }));

  find('.bar button').click();
  await new Promise((resolve) => setTimeout(resolve));

  assert.deepEqual([copied, find('.note').textContent], [['ab\n'], 'Copied.']);
});

test('what cannot be copied is selected, and what is said of it goes by itself', async () => {
  const { overlay, find, window, clock } = create();
  /** @type {Node[]} */
  const selected = [];
  window.getSelection = () => ({ selectAllChildren: (/** @type {Node} */ node) => selected.push(node) });
  overlay.show(failed());

  find('.bar button').click();
  await new Promise((resolve) => setTimeout(resolve));
  const said = find('.note').textContent;
  clock.advance(7);

  assert.equal(said, 'Selected: copy it with your keyboard.');
  assert.equal(find('.note').textContent, '');
  assert.deepEqual(selected, [find('.output')]);
});

test('what the editor refused stays to be read', async () => {
  const { overlay, find, clock } = create({ refuse: 'No editor was found' });
  overlay.show(failed({ problems: [{ message: 'odd', severity: 'error', place: PLACE }] }));
  find('button.place').click();
  await new Promise((resolve) => setTimeout(resolve));

  clock.advance(60);

  assert.equal(find('.note').textContent, 'No editor was found');
});

test('one failure after another stands in the same place', () => {
  const { overlay, document, find } = create();
  overlay.show(failed());
  const host = document.querySelector('sse-reload-overlay');
  const paper = find('.paper');

  overlay.show(failed({ title: 'wrong again' }));

  assert.equal(document.querySelector('sse-reload-overlay'), host);
  assert.equal(find('.paper'), paper); // drawn anew, it would come in once more
  assert.equal(find('h1').textContent, 'wrong again');
});

test('a report that says the same is not drawn anew, but how long it took is', () => {
  const { overlay, find } = create();
  overlay.show(failed());
  const output = find('.output');

  overlay.show({ ...failed(), duration: 3 });

  assert.equal(find('.output'), output);
  assert.equal(find('.facts').textContent?.endsWith('after 3.00 s'), true);
});

test('the same failure after it was closed is shown in full', () => {
  const { overlay, find } = create();
  overlay.show(failed());
  find('.close').click();

  overlay.show(failed());

  assert.equal(find('h1').textContent, 'this is wrong');
});

test('who closes a failure is heard of, and who closes warnings is not', () => {
  const { overlay, find, closed } = create();
  overlay.list([]);
  find('.close').click();
  const before = closed();
  overlay.show(failed());

  find('.close').click();

  assert.deepEqual([before, closed()], [0, 1]);
});

test('a good build takes a failure away', () => {
  const { overlay, root } = create();
  overlay.show(failed());

  overlay.settle([/** @type {any} */ ({ message: 'odd', severity: 'warning', place: null })]);

  assert.equal(root(), null);
});

test('warnings that are being read become those of the next build, and go with the last one', () => {
  const { overlay, find, root } = create();
  const warning = /** @type {any} */ ({ message: 'odd', severity: 'warning', place: null });
  overlay.list([warning, warning]);

  overlay.settle([warning]);
  const title = find('h1').textContent;
  overlay.settle([]);

  assert.deepEqual([title, root()], ['1 warning', null]);
});

test('the end of the output is in sight, and of the same failure what was in sight before', () => {
  const { overlay, find } = create();
  overlay.show(failed());
  const first = find('.output').scrollTop;
  find('.output').scrollTop = 20;
  find('.body').scrollTop = 10;
  overlay.show(failed({ output: [[{ text: 'y' }]] }));
  const same = [find('.body').scrollTop, find('.output').scrollTop];

  overlay.show(failed({ title: 'another' }));

  assert.deepEqual([first > 20, same, find('.output').scrollTop > 20], [true, [10, 20], true]);
});
