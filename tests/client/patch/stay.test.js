import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findHeaviestRun } from '../../../livereload_sse/client/patch/stay.js';
import { createRandom } from './edits.js';

test('in the old order all stay', () => {
  assert.deepEqual([...findHeaviestRun([0, 3, 4, 9])].sort(), [0, 1, 2, 3]);
  assert.equal(findHeaviestRun([]).size, 0);
});

test('of one that goes elsewhere only that one moves', () => {
  assert(!findHeaviestRun([4, 0, 1, 2, 3]).has(0));
  assert(!findHeaviestRun([1, 2, 3, 4, 0]).has(4));
  assert.equal(findHeaviestRun([1, 2, 3, 4, 0]).size, 4);
});

test('what weighs most stays, and the light ones move around it', () => {
  const weights = [1, 1, 9];

  assert.deepEqual([...findHeaviestRun([1, 2, 0], (index) => weights[index])], [2]);
});

test('no other run weighs more', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = createRandom(seed);
    const positions = Array.from({ length: 8 }, (_, index) => index)
      .sort(() => random() - 0.5);
    const weights = positions.map(() => 1 + Math.floor(random() * 4));
    const weigh = (/** @type {number} */ index) => weights[index];

    const kept = [...findHeaviestRun(positions, weigh)].sort();

    assert(isIncreasing(kept.map((index) => positions[index])), `seed ${seed}`);
    assert.equal(sum(kept, weigh), findMost(positions, weigh), `seed ${seed}`);
  }
});

/** @param {readonly number[]} indices @param {(index: number) => number} weigh */
function sum(indices, weigh) {
  return indices.reduce((total, index) => total + weigh(index), 0);
}

/** @param {readonly number[]} numbers */
function isIncreasing(numbers) {
  return numbers.every((number, index) => index === 0 || number > numbers[index - 1]);
}

/** All subsets. @param {readonly number[]} positions @param {(index: number) => number} weigh */
function findMost(positions, weigh) {
  let most = 0;
  for (let mask = 0; mask < 2 ** positions.length; mask += 1) {
    const chosen = [...positions.keys()].filter((index) => mask & (1 << index));
    if (isIncreasing(chosen.map((index) => positions[index]))) {
      most = Math.max(most, sum(chosen, weigh));
    }
  }
  return most;
}
