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
  const overlay = createOverlay({ ...world, open });
  const root = () => world.root('sse-reload-overlay');
  const text = () => root()?.textContent ?? null;
  const find = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (root()?.querySelector(selector));
  const press = (/** @type {string} */ key, /** @type {Element} */ at) =>
    at.dispatchEvent(new world.window.KeyboardEvent('keydown', { key, bubbles: true, composed: true }));
  return { ...world, overlay, opened, root, text, find, press };
}

test('the message comes first, then what was run and how it ended', () => {
  const { overlay, find } = create();

  overlay.show(failed(), 'r 1');

  assert.equal(find('h1').textContent, 'this is wrong');
  assert.deepEqual(
    [...find('.facts').children].map((fact) => fact.textContent),
    ['make html', 'exit code 2', 'after 0.42 s'],
  );
});

test('of a long message the first line is the title', () => {
  const { overlay, find } = create();

  overlay.show(failed({ title: 'a parser failed\nexpected this\nfound that' }), 'r 1');

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

    overlay.show({ ...failed(), ...change }, 'r 1');

    assert.equal(Boolean(find('.facts').textContent?.includes(fact)), true);
    assert.equal(Boolean(!find('.facts').textContent?.includes('exit code')), true);
  });
}

test('what is printed is put in as text, whatever it looks like', () => {
  const { overlay, root, find } = create();
  const html = '<img src=x onerror=alert(1)>';

  overlay.show(failed({ title: html, output: [[{ text: html }]] }), 'r 1');

  assert.equal(root()?.querySelector('img'), null);
  assert.equal(find('.output').textContent, `${html}\n`);
});

test('a place is opened by its key, and the answer is told when it is no', async () => {
  const { overlay, find, opened } = create({ refuse: 'No editor was found' });
  const problem = { message: 'odd', severity: 'error', place: PLACE };
  overlay.show(failed({ problems: [problem] }), 'r 1');

  find('button.place').click();
  await new Promise((resolve) => setTimeout(resolve));

  assert.deepEqual(opened, ['k1']);
  assert.equal(find('button.place').textContent, 'docs/a.md:3:7');
  assert.equal(find('.note').textContent, 'No editor was found');
});

test('a note goes by itself', async () => {
  const { overlay, find, clock } = create({ refuse: 'No editor was found' });
  overlay.show(failed({ problems: [{ message: 'odd', severity: 'error', place: PLACE }] }), 'r 1');
  find('button.place').click();
  await new Promise((resolve) => setTimeout(resolve));

  clock.advance(7);

  assert.equal(find('.note').textContent, '');
});

test('what the title and the excerpt have said is not said again', () => {
  const { overlay, find } = create();
  const excerpt = { place: PLACE, lines: [{ number: 3, text: 'code', marked: true }] };
  const problem = { message: 'this is wrong', severity: 'error', place: PLACE };

  overlay.show(failed({ problems: [problem], excerpt }), 'r 1');

  assert.equal(find('.problems'), null);
  assert.equal(find('.marked').textContent, '3code\n');
});

test('the focus comes in and goes back to where it was', () => {
  const { overlay, document, find, root } = create();
  const field = /** @type {HTMLElement} */ (document.getElementById('field'));
  field.focus();

  overlay.show(failed(), 'r 1');
  const inside = root()?.activeElement;
  overlay.hide();

  assert.equal(inside?.getAttribute('role'), 'alertdialog');
  assert.equal(document.activeElement, field);
  assert.equal(find('dialog'), undefined);
});

test('Escape closes it, from within and from the page', () => {
  for (const where of ['within', 'page']) {
    const { overlay, document, find, root, press } = create();
    overlay.show(failed(), 'r 1');

    press('Escape', where === 'within' ? find('dialog') : document.body);

    assert.equal(root(), null, where);
  }
});

test('keys that are pressed in it do not reach the page', () => {
  const { overlay, document, find, press } = create();
  let heard = 0;
  document.addEventListener('keydown', () => { heard += 1; });
  overlay.show(failed(), 'r 1');

  press('s', find('dialog'));

  assert.equal(heard, 0);
});

test('a build that was closed by hand stays closed, and the next one is shown', () => {
  const { overlay, find, root } = create();
  overlay.show(failed(), 'r 1');
  find('.close').click();

  overlay.show(failed(), 'r 1');
  const same = root();
  overlay.show(failed(), 'r 2');

  assert.equal(same, null);
  assert.equal(root() === null, false);
});

test('one failure after another stands in the same place', () => {
  const { overlay, document, find } = create();
  overlay.show(failed(), 'r 1');
  const host = document.querySelector('sse-reload-overlay');

  overlay.show(failed({ title: 'wrong again' }), 'r 2');

  assert.equal(document.querySelector('sse-reload-overlay'), host);
  assert.equal(find('h1').textContent, 'wrong again');
});

test('what is shown already is not drawn anew', () => {
  const { overlay, find } = create();
  overlay.show(failed(), 'r 1');
  const section = find('dialog');

  overlay.show(failed(), 'r 1');

  assert.equal(find('dialog'), section);
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

  overlay.show(failed(), 'r 1');
  overlay.hide();

  assert.equal(document.documentElement.outerHTML, before);
});

test('what cannot be copied is selected', async () => {
  const { overlay, find, window } = create();
  overlay.show(failed(), 'r 1');

  find('.bar button').click();
  await new Promise((resolve) => setTimeout(resolve));

  assert.equal(find('.note').textContent, 'Selected: copy it with your keyboard.');
  assert.equal(Boolean(window.getSelection()), true);
});

test('the output is copied without its colours', async () => {
  const { overlay, find, window } = create();
  /** @type {string[]} */
  const copied = [];
  Object.defineProperty(window.navigator, 'clipboard', {
    value: { writeText: async (/** @type {string} */ text) => copied.push(text) },
  });
  overlay.show(failed({ output: [[{ text: 'a', style: ['bold'] }, { text: 'b' }], []] }), 'r 1');

  find('.bar button').click();
  await new Promise((resolve) => setTimeout(resolve));

  assert.deepEqual([copied, find('.note').textContent], [['ab\n'], 'Copied.']);
});
