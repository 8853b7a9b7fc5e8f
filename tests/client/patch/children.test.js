import assert from 'node:assert/strict';
import { test } from 'node:test';

import { arrange, prepareChildren } from '../../../livereload_sse/client/patch/children.js';
import { createLocator } from '../../../livereload_sse/client/patch/locate.js';
import { parse } from '../dom.js';
import { findEdits } from './edits.js';

const CHANGED = 'a script has changed this part of the page';

/**
 * Carry the lists of children from one version to the next over to what scripts have made of it.
 *
 * @param {string} before
 * @param {string} after
 * @param {string} [shown]
 */
function carry(before, after, shown = before) {
  const [base, next, live] = [before, after, shown].map((html) => parse(`<body>${html}`));
  const attributeOf = (/** @type {Element} */ element, /** @type {string} */ name) =>
    element.getAttribute(name);
  const locator = createLocator({ base, live, attributeOf });
  const isOwn = () => false;
  for (const edit of findEdits(base, next)) {
    assert.equal(edit.type, 'children');
    if (edit.type !== 'children') continue;
    const prepared = prepareChildren(edit, locator, isOwn);
    if ('reason' in prepared) return prepared.reason;
    arrange(prepared, (node) => live.importNode(node, true), isOwn);
  }
  return live.body.innerHTML;
}

test('new ones come before their right neighbour', () => {
  const shown = '<u></u><p>b</p><s></s>';

  assert.equal(carry('<p>b</p>', '<i>a</i><p>b</p>', shown), '<u></u><i>a</i><p>b</p><s></s>');
});

test('new ones at the end come right after the last of the author’s', () => {
  const after = '<p>a</p><i>b</i><b>c</b>';

  assert.equal(carry('<p>a</p>', after, '<p>a</p><s></s>'), `${after}<s></s>`);
});

test('those that go leave what scripts have put beside them', () => {
  assert.equal(carry('<p>a</p><p>b</p>', '<p>b</p>', '<p>a</p><s></s><p>b</p>'), '<s></s><p>b</p>');
});

test('those that move leave what scripts have put beside them', () => {
  const shown = '<p>a</p><s></s><p>b</p><p>c</p><u></u>';

  assert.equal(
    carry('<p>a</p><p>b</p><p>c</p>', '<p>c</p><p>a</p><p>b</p>', shown),
    '<p>c</p><p>a</p><s></s><p>b</p><u></u>',
  );
});

test('an empty parent takes anything, unless a script has filled it', () => {
  assert.equal(carry('', '<p>a</p>'), '<p>a</p>');
  assert.equal(carry('', '<p>a</p>', '<s></s>'), CHANGED);
});

test('everything may go', () => {
  assert.equal(carry('<p>a</p><p>b</p>', '', '<p>a</p><s></s><p>b</p>'), '<s></s>');
  assert.equal(carry('<p>a</p><p>b</p>', ''), '');
});

test('what goes must be known for certain', () => {
  assert.equal(carry('<p>a</p><i>b</i>', '<i>b</i>', '<p>x</p><i>b</i>'), CHANGED);
  assert.equal(carry('<p id=x>a</p><i>b</i>', '<i>b</i>', '<p id=x>y</p><i>b</i>'), '<i>b</i>');
});

test('what goes must be whole, because a script may have put something else into it', () => {
  const before = '<div><b>a</b><p>x</p></div><i>b</i>';

  assert.equal(carry(before, '<i>b</i>', before.replace('x', 'y')), CHANGED);
});

test('a new one beside one that a script has changed has no known place', () => {
  assert.equal(
    carry('<p>a</p><i>b</i>', '<u>new</u><p>a</p><i>b</i>', '<p>x</p><i>b</i>'),
    CHANGED,
  );
  assert.equal(
    carry('<p>a</p><i>b</i>', '<p>a</p><i>b</i><u>new</u>', '<p>x</p><i>b</i>'),
    '<p>x</p><i>b</i><u>new</u>',
  );
});

test('white space beside a new one does not make its place known', () => {
  const [before, after] = ['<p>a</p> <i>b</i>', '<p>a</p> <u>new</u><i>b</i>'];

  assert.equal(carry(before, after, '<p>x</p> <i>b</i>'), CHANGED);
});

test('what would start anew stays, and the others move around it', () => {
  const [texts, frame] = ['<p>a</p><p>b</p>', '<iframe></iframe>'];
  const [base, next, live] = [texts + frame, frame + texts, texts + frame].map(parse);
  const attributeOf = () => null;
  const locator = createLocator({ base, live, attributeOf });
  const [edit] = findEdits(base, next);
  assert(edit.type === 'children');

  const prepared = prepareChildren(edit, locator, () => false);

  assert('slots' in prepared);
  const stay = prepared.slots.map((slot) => 'stays' in slot && slot.stays);
  assert.deepEqual(stay, [true, false, false]);
});

test('between siblings that scripts have put in another order there is no place', () => {
  const before = '<p>a</p><p>b</p><i>c</i>';

  assert.equal(
    carry(before, `${before}<u>new</u>`, '<p>b</p><p>a</p><i>c</i>'),
    'a script has put this part of the page in another order',
  );
});

test('white space that scripts have removed is no loss', () => {
  const after = '<p>a</p><p>b</p>';

  assert.equal(carry('<p>a</p> <p>b</p> ', after, after), after);
});
