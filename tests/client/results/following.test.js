import assert from 'node:assert/strict';
import { test } from 'node:test';

import { follow, workerAt } from '../../../livereload_sse/client/results/following.js';
import { createClock } from '../fakes.js';

test('the stream begins where the state was true', async () => {
  /** @type {string[]} */
  const heard = [];
  const page = /** @type {any} */ ({ read: async () => '5-0' });

  await follow({ page, setTimeout: createClock().setTimeout, listen: (after) => heard.push(after) });

  assert.deepEqual(heard, ['5-0']);
});

test('a server that is away is asked again', async () => {
  /** @type {string[]} */
  const heard = [];
  const clock = createClock();
  const answers = ['', '', '7-0'];
  const page = /** @type {any} */ ({
    read: async () => answers.shift(), away: () => heard.push('away'),
  });

  await follow({ page, setTimeout: clock.setTimeout, listen: (after) => heard.push(after) });
  for (let turn = 0; turn < 3; turn += 1) {
    clock.advance(1);
    for (let step = 0; step < 5; step += 1) await Promise.resolve();
  }

  assert.deepEqual(heard, ['away', 'away', '7-0']);
  assert.equal(clock.waiting(), 0);
});

test('the worker is our own, whoever makes it', () => {
  const made = /** @type {any[]} */ ([]);
  const SharedWorker = /** @type {any} */ (class {
    /** @param {any[]} words */
    constructor(...words) {
      made.push(words);
    }
  });

  const Ours = /** @type {any} */ (workerAt(SharedWorker, '/ours.js'));
  const worker = new Ours('/theirs.js', { type: 'module' });

  assert.deepEqual(made, [['/ours.js', { type: 'module' }]]);
  assert.equal(worker instanceof SharedWorker, true);
  assert.equal(workerAt(undefined, '/ours.js'), undefined);
});
