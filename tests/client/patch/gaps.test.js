import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pairGaps } from '../../../livereload_sse/client/patch/gaps.js';
import { createLikeness } from '../../../livereload_sse/client/patch/likeness.js';
import { createPairing, pair } from '../../../livereload_sse/client/patch/pairing.js';
import { nodes } from './elements.js';

/**
 * @param {string} base
 * @param {string} next
 * @param {[number, number][]} pairs that are known already
 */
function find(base, next, ...pairs) {
  const pairing = createPairing(nodes(base), nodes(next));
  for (const [one, other] of pairs) pair(pairing, one, other);
  pairGaps(pairing, createLikeness());
  return pairing.ofNext;
}

test('a lone element that has changed is the same one', () => {
  assert.deepEqual(find('<p>one</p>', '<p>two</p>'), [0]);
  assert.deepEqual(find('<div class=a><p>one</p></div>', '<div class=a><b>two</b></div>'), [0]);
});

test('a lone element that has become wholly different is another one', () => {
  assert.deepEqual(find('<div class=a><p>one</p></div>', '<div class=b><b>two</b></div>'), [-1]);
});

test('a changed one finds the one it was, past others that came or went', () => {
  const light = '<p>the light is on all night</p>';
  const changed = '<p>the light is off all night</p>';

  assert.deepEqual(find(light, `<p>fog</p>${changed}`), [-1, 0]);
  assert.deepEqual(find(`<p>fog</p>${light}`, changed), [1]);
  assert.deepEqual(find(`<p>fog</p>${light}<p>end</p>`, `${changed}<p>new</p>`), [1, -1]);
});

test('as many as before, each with something else to say, are the same ones in their order', () => {
  assert.deepEqual(find('<li>a</li><li>b</li>', '<li>x</li><li>y</li>'), [0, 1]);
});

test('within a gap the order stays, and one that is kept whole outweighs two that are not', () => {
  const one = '<p>one of all that are</p>';
  const two = '<p>two of more than all that were</p>';

  assert.deepEqual(find(one + two, two + one).filter((index) => index >= 0).length, 1);
});

test('no node is paired twice', () => {
  const found = find('<p>a b</p>', '<p>a b</p><p>a b</p><p>a b</p>');

  assert.deepEqual(found.filter((index) => index === 0).length, 1);
});

test('text becomes text between the same neighbours, whatever it says', () => {
  assert.deepEqual(find('a<b></b>b', 'x<b></b>y', [1, 1]), [0, 1, 2]);
});

test('white space is paired where nothing better is lost by it', () => {
  assert.deepEqual(find(' <p>one two</p>', '<p>one three</p> '), [1, -1]);
});

test('a gap belongs to its neighbour: what moved along with it is found', () => {
  const found = find('<a></a><p>one</p><b></b><i></i>', '<b></b><i></i><a></a><p>two</p>',
    [0, 2], [2, 0], [3, 1]);

  assert.deepEqual(found, [2, 3, 0, 1]);
});

test('what came before a neighbour is found where nothing is left after the other one', () => {
  const found = find('<a></a><b></b><p>one</p><i></i>', '<b></b><a></a><p>two</p><i></i>',
    [0, 1], [1, 0], [3, 3]);

  assert.deepEqual(found, [1, 0, 2, 3]);
});

test('of different gaps nothing is paired across', () => {
  assert.deepEqual(find('<p>one</p><hr>', '<hr><p>one</p>', [1, 0]), [1, -1]);
});

test('a field of another name is not paired even where it stands alone', () => {
  assert.deepEqual(find('<input name=a>', '<input name=b>'), [-1]);
});

test('of a large gap the diagonal is enough to find rows that have changed', () => {
  const rows = Array.from({ length: 400 }, (_, row) => `<p>row ${row} of many</p>`);
  const changed = rows.map((row) => row.replace('many', 'all'));

  assert.deepEqual(find(rows.join(''), changed.slice(3).join('')),
    Array.from({ length: 397 }, (_, row) => row + 3));
});

test('one that has changed is found behind hundreds of new ones', () => {
  const news = Array.from({ length: 600 }, (_, number) => `<p>new ${number}</p>`).join('');

  assert.equal(find('<p>the light is on</p>', `${news}<p>the light is off</p>`).at(-1), 0);
});

test('the only one of its name stays the same one beside others that came', () => {
  assert.deepEqual(find('<p>one</p>', '<h2>a</h2><p>two</p>'), [-1, 0]);
  assert.deepEqual(find('<p class=a>one</p>', '<h2>a</h2><p class=b>two</p>'), [-1, 0]);
});

test('where there are two now, or were two, none is the only one', () => {
  assert.deepEqual(find('<p>one</p>', '<p>two</p><p>three</p>'), [-1, -1]);
  assert.deepEqual(find('<p>one</p><p>two</p>', '<p>three</p>'), [-1]);
});
