import assert from 'node:assert/strict';
import { test } from 'node:test';

import { diff } from '../../../livereload_sse/client/patch/diff.js';
import { countNodes, countTouched } from '../../../livereload_sse/client/patch/extent.js';
import { parse } from '../dom.js';
import { element } from './elements.js';

/** @param {string} before @param {string} after */
function count(before, after) {
  return countTouched(diff(parse(before), parse(after)));
}

test('a changed text and a changed attribute are one node each', () => {
  assert.equal(count('<p class=a>a</p><p>b</p>', '<p class=b>a</p><p>c</p>'), 2);
});

test('what comes and what goes counts with all that is in it', () => {
  assert.equal(count('<hr>', '<hr><p>a <b>b</b></p>'), 4);
  assert.equal(count('<p>a <b>b</b></p><hr>', '<hr>'), 4);
});

test('of what has changed places only the moved ones count', () => {
  assert.equal(count('<i>1</i><b>2</b><u>3</u><s>4</s>', '<b>2</b><u>3</u><s>4</s><i>1</i>'), 1);
});

test('every node counts once', () => {
  assert.equal(countNodes(element('<p>a<!-- b --><b><i></i>c</b></p>')), 6);
});
