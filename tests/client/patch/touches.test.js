import assert from 'node:assert/strict';
import { test } from 'node:test';

import { diff } from '../../../livereload_sse/client/patch/diff.js';
import { findTouches } from '../../../livereload_sse/client/patch/touches.js';
import { parse } from '../dom.js';

/** @param {string} before @param {string} after */
function find(before, after) {
  const touches = diff(parse(before), parse(after)).flatMap(findTouches);
  return touches.map(({ how, element, name }) =>
    [how, element.localName + (element.textContent ?? ''), ...(name ? [name] : [])].join(' '));
}

test('a changed text changes the element around it', () => {
  assert.deepEqual(find('<p>a</p>', '<p>b</p>'), ['changed pa']);
});

test('a changed attribute changes its element, and says which', () => {
  assert.deepEqual(find('<p class=a>a</p>', '<p>a</p>'), ['changed pa class']);
});

test('a comment outside of the page touches no element', () => {
  assert.deepEqual(find('<!-- a --><p>a', '<!-- b --><p>a'), []);
});

test('what comes and what goes is told with its parent', () => {
  assert.deepEqual(find('<p>a</p><hr>', '<hr><ul></ul>'),
    ['changed bodya', 'removed pa', 'added ul']);
});

test('text that comes and goes is told by its parent alone', () => {
  assert.deepEqual(find('<p><b>b</b>a</p>', '<p>a<b>b</b></p>'), ['changed pba']);
});

test('all that have passed one another are moved, and no others', () => {
  const list = '<i>1</i><b>2</b><u>3</u><s>4</s><i>5</i>';
  const moved = '<i>1</i><u>3</u><s>4</s><b>2</b><i>5</i>';

  assert.deepEqual(find(list, moved), ['changed body12345', 'moved u3', 'moved s4', 'moved b2']);
});

test('what only others came before has not moved', () => {
  assert.deepEqual(find('<b>1</b><u>2</u>', '<i>0</i><b>1</b><s>9</s><u>2</u>'),
    ['changed body12', 'added i0', 'added s9']);
});
