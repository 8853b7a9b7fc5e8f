import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createRecover } from '../../livereload_sse/client/recover.js';

const FAILED = new TypeError('Failed to fetch dynamically imported module');

/** @param {(boolean | Error)[]} answers what the server says, one after the other */
function create(answers = [true]) {
  const kept = new Map();
  const told = { reloads: 0, asked: 0, waited: /** @type {number[]} */ ([]) };
  const clock = { time: 1_000_000 };
  const world = {
    url: '/__sse-reload/status',
    fetch: /** @type {typeof fetch} */ (/** @type {unknown} */ (async () => {
      const answer = answers[told.asked++];
      if (answer instanceof Error) throw answer;
      return { ok: answer };
    })),
    findStorage: () => /** @type {Storage} */ (/** @type {unknown} */ ({
      getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
      setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
    })),
    reload: () => { told.reloads += 1; },
    setTimeout: (/** @type {() => void} */ act, /** @type {number} */ delay) => {
      told.waited.push(delay);
      act();
    },
    now: () => clock.time,
  };
  return { told, clock, world, recover: createRecover(world) };
}

test('a page whose client could not be loaded is loaded anew once the server answers', async () => {
  const { told, recover } = create([new Error('away'), false, true]);

  await recover(FAILED);

  assert.deepEqual(told, { reloads: 1, asked: 3, waited: [500, 500] });
});

test('what fails again at once is not the fault of a server that was ending', async () => {
  const { told, clock, world, recover } = create([true, true, true]);
  await recover(FAILED);
  clock.time += 9_000;

  await assert.rejects(() => createRecover(world)(FAILED), FAILED);

  clock.time += 11_000;
  await createRecover(world)(FAILED);
  assert.equal(told.reloads, 2);
});

test('an error of another kind is nothing that a reload would mend', async () => {
  const { told, recover } = create();
  const error = new SyntaxError('unexpected token');

  await assert.rejects(() => recover(error), error);

  assert.equal(told.asked, 0);
});

test('where nothing can be remembered nothing is tried', async () => {
  const { told, world } = create();
  const recover = createRecover({ ...world, findStorage: () => { throw new Error('forbidden'); } });

  await assert.rejects(() => recover(FAILED), FAILED);

  assert.equal(told.reloads, 0);
});
