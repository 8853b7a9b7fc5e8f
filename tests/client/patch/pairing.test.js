import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  countLeft, createPairing, extend, pair, pairEnds,
} from '../../../livereload_sse/client/patch/pairing.js';
import { nodes } from './elements.js';

/** @param {string} base @param {string} next */
function create(base, next) {
  return createPairing(nodes(base), nodes(next));
}

test('nobody has a partner at first', () => {
  const { ofBase, ofNext } = create('<a></a><b></b>', '<i></i>');

  assert.deepEqual([ofBase, ofNext], [[-1, -1], [-1]]);
});

test('a pair is known from both sides', () => {
  const pairing = create('<a></a><b></b>', '<i></i><a></a>');
  pair(pairing, 0, 1);

  assert.deepEqual([pairing.ofBase, pairing.ofNext], [[1, -1], [-1, 0]]);
});

test('equal ends are paired, and what is between them is not', () => {
  const pairing = create('<a></a><b></b><i></i><u></u>', '<a></a><i></i><b></b><u></u>');
  pairEnds(pairing);

  assert.deepEqual(pairing.ofNext, [0, -1, -1, 3]);
});

test('those at the ends are known to be equal, and no others', () => {
  const pairing = create('<a></a><b></b><i></i>', '<a></a><u></u><i></i>');
  pairEnds(pairing);
  pair(pairing, 1, 1);

  assert.deepEqual([...pairing.equal], [0, 2]);
});

test('a list that has only grown or shrunk is paired to its ends', () => {
  for (const [base, next] of [['<a></a>', '<b></b><a></a>'], ['<b></b><a></a>', '<a></a>']]) {
    const pairing = create(base, next);
    pairEnds(pairing);

    assert.equal(pairing.ofNext.at(-1), pairing.base.length - 1);
  }
});

test('of equal siblings none is paired twice', () => {
  const pairing = create('<a></a><a></a>', '<a></a><a></a><a></a>');
  pairEnds(pairing);

  assert.deepEqual(pairing.ofNext, [0, 1, -1]);
});

test('equal neighbours of a pair are paired, up to what differs or has a partner', () => {
  const pairing = create('1<a></a>2<b></b>3<i></i>', '1<a></a>2<b></b>x<i></i>');
  pair(pairing, 1, 1);
  pair(pairing, 5, 5);
  extend(pairing);

  assert.deepEqual(pairing.ofNext, [0, 1, 2, 3, -1, 5]);
});

test('what has a partner is not given another one', () => {
  const pairing = create('<a></a>1', '1<a></a>1');
  pair(pairing, 1, 0);
  pair(pairing, 0, 1);
  extend(pairing);

  assert.deepEqual([pairing.ofBase, pairing.ofNext], [[1, 0], [1, 0, -1]]);
});

test('what is left is counted on both sides, and is nothing where one side is used up', () => {
  const pairing = create('<a></a><b></b>', '<a></a><b></b><i></i>');
  pair(pairing, 0, 0);
  const some = countLeft(pairing);
  pair(pairing, 1, 1);

  assert.deepEqual([some, countLeft(pairing)], [3, 0]);
});

test('a neighbour that has been given away in next is not taken', () => {
  const pairing = create('<a></a>1<b></b>1', '<a></a>1');
  pair(pairing, 0, 0);
  pair(pairing, 3, 1);
  extend(pairing);

  assert.deepEqual(pairing.ofNext, [0, 3]);
});

test('two that differ are compared once, as that may take long', () => {
  const pairing = create('<p>a</p>', '<p>b</p>');
  let times = 0;
  pairing.base[0].isEqualNode = () => {
    times += 1;
    return false;
  };
  pairEnds(pairing);

  assert.equal(times, 1);
});
