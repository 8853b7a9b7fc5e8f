import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createCounting } from '../../../livereload_sse/client/stream/counting.js';
import { createClock, settle } from '../fakes.js';
import { createFetch } from './fakes.js';

function start() {
  const clock = createClock();
  const { fetch, requests } = createFetch();
  const counts = { visible: 1, hidden: 0 };
  const counting = createCounting({
    fetch, ...clock, url: '/tabs', reader: 'r', count: () => counts,
  });
  const said = () => requests.map(({ options }) => JSON.parse(options.body));
  const set = (/** @type {number} */ visible, /** @type {number} */ hidden) => {
    Object.assign(counts, { visible, hidden });
    counting.changed();
  };
  return { clock, requests, counting, said, set };
}

function opened() {
  const world = start();
  world.counting.query();
  world.counting.opened();
  return world;
}

test('the address says the numbers and the reader’s name', () => {
  assert.equal(start().counting.query(), 'reader=r-1&visible=1&hidden=0');
});

test('what the address has said is not said again', () => {
  const { clock, requests } = opened();

  clock.advance(1);

  assert.equal(requests.length, 0);
});

test('changes within a moment are said once, as they end', () => {
  const { clock, requests, said, set } = opened();

  set(0, 1);
  clock.advance(0.04);
  set(2, 1);
  clock.advance(0.02);

  assert.deepEqual(said(), [{ reader: 'r-1', visible: 2, hidden: 1 }]);
  assert.deepEqual([requests[0].url, requests[0].options.method], ['/tabs', 'POST']);
});

test('a tab that goes and comes back within a moment is not worth a word', () => {
  const { clock, requests, set } = opened();

  set(0, 0);
  set(1, 0);
  clock.advance(1);

  assert.equal(requests.length, 0);
});

test('what changed between the address and the opening is said then', () => {
  const { clock, counting, said, set } = start();
  counting.query();
  set(3, 0);
  clock.advance(1);
  const before = said().length;

  counting.opened();
  clock.advance(1);

  assert.deepEqual([before, said()], [0, [{ reader: 'r-1', visible: 3, hidden: 0 }]]);
});

test('a reconnection to the old address is corrected', async () => {
  const { clock, counting, requests, said, set } = opened();
  set(2, 0);
  clock.advance(1);
  requests[0].answer({});
  await settle();

  counting.closed();
  counting.opened();
  clock.advance(1);

  assert.deepEqual(said().map(({ visible }) => visible), [2, 2]);
});

test('while there is no stream nothing is said', () => {
  const { clock, counting, requests, set } = opened();
  set(2, 0);

  counting.closed();
  set(3, 0);
  clock.advance(1);

  assert.deepEqual([requests.length, clock.waiting()], [0, 0]);
});

test('a word waits for the one before it, so that none overtakes', async () => {
  const { clock, requests, said, set } = opened();
  set(2, 0);
  clock.advance(1);

  set(3, 0);
  clock.advance(1);
  const meanwhile = said().length;
  requests[0].answer({});
  await settle();
  clock.advance(1);

  assert.deepEqual([meanwhile, said().map(({ visible }) => visible)], [1, [2, 3]]);
});

test('a word that was under way while a new stream opened is followed by the truth', async () => {
  const { clock, counting, requests, said, set } = opened();
  set(2, 0);
  clock.advance(1);
  counting.closed();
  set(1, 0);
  counting.query();
  counting.opened();

  requests[0].answer({});
  await settle();
  clock.advance(1);

  assert.deepEqual(said().map(({ visible }) => visible), [2, 1]);
});

test('a server that is away is not an error, and hears the next word', async () => {
  const { clock, requests, said, set } = opened();
  set(2, 0);
  clock.advance(1);

  requests[0].fail();
  await settle();
  set(3, 0);
  clock.advance(1);

  assert.deepEqual(said().map(({ visible }) => visible), [2, 3]);
});

test('each stream has a name of its own, by which it is spoken of from then on', () => {
  const { counting, clock, said, set } = opened();

  const address = counting.query();
  counting.opened();
  set(2, 0);
  clock.advance(1);

  assert.equal(address, 'reader=r-2&visible=1&hidden=0');
  assert.deepEqual([said()[0].reader, JSON.parse(counting.findFarewell().body)], [
    'r-2', { reader: 'r-2', visible: 0, hidden: 0 },
  ]);
});

test('where somebody else may have said otherwise, the truth is said again', () => {
  const { counting, clock, said } = opened();

  counting.doubted();
  clock.advance(1);

  assert.deepEqual(said(), [{ reader: 'r-1', visible: 1, hidden: 0 }]);
});
