import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createRing } from '../../../livereload_sse/client/stream/ring.js';

/** @param {string} start @param {...string} ids */
function filled(start, ...ids) {
  const ring = createRing(start, 3);
  for (const id of ids) ring.push({ name: 'change', data: '', id });
  return ring;
}

/** @param {{id: string}[] | null} events */
function idsOf(events) {
  return events && events.map(({ id }) => id);
}

/** @param {ReturnType<typeof filled>} ring @param {...string} ids */
function afterEach(ring, ...ids) {
  return ids.map((id) => idsOf(ring.after(id)));
}

test('after its beginning come all events, after each of them the later ones', () => {
  const ring = filled('1-0', '2-0', '3-0');

  assert.deepEqual(afterEach(ring, '1-0', '2-0', '3-0'), [['2-0', '3-0'], ['3-0'], []]);
});

test('of an id that it has not passed it knows nothing', () => {
  const ring = filled('2-0', '4-0');

  assert.deepEqual(afterEach(ring, '1-0', '3-0', '5-0', ''), [null, null, null, null]);
});

test('the id to go on after is that of the newest event, or of the beginning', () => {
  assert.deepEqual([filled('1-0').findLast(), filled('1-0', '3-0').findLast()], ['1-0', '3-0']);
});

test('what is too long ago is forgotten, and the last that went stands for the beginning', () => {
  const ring = filled('1-0', '2-0', '3-0', '4-0', '5-0');

  assert.deepEqual(afterEach(ring, '1-0', '2-0'), [null, ['3-0', '4-0', '5-0']]);
});

test('of a longer catch-up, whose events keep one id until the last, nothing is left out', () => {
  const ring = filled('1-0', '1-0', '2-0');
  const later = filled('0-0', '1-0', '1-0', '2-0');

  assert.deepEqual(afterEach(ring, '1-0'), [['1-0', '2-0']]);
  assert.deepEqual(afterEach(later, '1-0'), [['1-0', '2-0']]);
});

test('when ids go back, nothing before that is known any more', () => {
  const ring = filled('5-0', '6-0', '3-0');

  assert.deepEqual(afterEach(ring, '5-0', '6-0', '3-0'), [null, null, []]);
  assert.equal(ring.findLast(), '3-0');
});

test('ids are compared as numbers', () => {
  assert.deepEqual(idsOf(filled('1-0', '9-0', '10-0').later('9-5')), ['10-0']);
});
