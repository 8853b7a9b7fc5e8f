import assert from 'node:assert/strict';
import { test } from 'node:test';

import { place, weigh } from '../../../livereload_sse/client/patch/move.js';
import { render } from '../dom.js';

/** @param {string} html */
function create(html) {
  const { document } = render(`<body>${html}`);
  const pick = (/** @type {string} */ selector) =>
    /** @type {any} */ (document.querySelector(selector));
  return { document, pick };
}

test('a node is put before its sibling, or at the end', () => {
  const { document, pick } = create('<p>a</p><i>b</i><b>c</b>');

  place(document.body, pick('b'), pick('i'));
  place(document.body, pick('p'), null);

  assert.equal(document.body.innerHTML, '<b>c</b><i>b</i><p>a</p>');
});

test('what stands in its place already is not touched', () => {
  const { document, pick } = create('<p>a</p><i>b</i>');
  document.body.insertBefore = () => {
    throw new Error('moved');
  };

  place(document.body, pick('p'), pick('i'));
  place(document.body, pick('i'), null);
});

test('without a way to move, focus and caret are given back', () => {
  const { document, pick } = create('<p><input value=words></p><i>b</i>');
  pick('input').focus();
  pick('input').setSelectionRange(1, 3);

  place(document.body, pick('p'), null);

  assert.equal(document.activeElement, pick('input'));
  assert.deepEqual([pick('input').selectionStart, pick('input').selectionEnd], [1, 3]);
});

test('without a way to move, a selection inside is given back', () => {
  const { document, pick } = create('<p>words</p><i>b</i>');
  document.getSelection()?.setBaseAndExtent(pick('p').firstChild, 1, pick('p').firstChild, 3);

  place(document.body, pick('p'), null);

  assert.equal(document.getSelection()?.toString(), 'or');
});

test('where there is a way to move it is taken, but not for what is new', () => {
  const { document, pick } = create('<p>a</p><i>b</i>');
  /** @type {any[]} */
  const moved = [];
  const moveBefore = (/** @type {any[]} */ ...words) => moved.push(words);
  Object.assign(document.body, { moveBefore });
  const added = document.createElement('b');

  place(document.body, pick('p'), null);
  place(document.body, added, null);

  assert.deepEqual(moved, [[pick('p'), null]]);
  assert.equal(added.parentNode, document.body);
});

test('what a person is busy with, and what would start anew, minds most', () => {
  const { document, pick } = create(
    '<p id=a><input></p><p id=b><iframe></iframe></p><p id=c>x</p><p id=d><video></video></p>x',
  );
  Object.defineProperty(pick('video'), 'paused', { value: true, configurable: true });
  const light = weigh(pick('#c'));

  assert.equal(weigh(pick('#a')), light);
  pick('input').focus();
  assert(weigh(pick('#a')) > 1000 * light);
  assert(weigh(pick('#b')) > 1000 * light);
  assert.equal(weigh(pick('#d')), light);
  Object.defineProperty(pick('video'), 'paused', { value: false, configurable: true });
  assert(weigh(pick('#d')) > 1000 * light);
  assert(weigh(/** @type {Node} */ (document.body.lastChild)) < light);
});
