import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  combine,
  createAttempts,
  supersede,
} from '../../../livereload_sse/client/swap/attempts.js';
import { settle } from '../fakes.js';

/** An attempt that ends when it is told to. */
function createAttempt() {
  /** @type {(result: any) => void} */
  let end = () => {};
  const promise = new Promise((resolve) => (end = resolve));
  return { end, carryOut: () => promise };
}

/** @param {Promise<any>} promise */
function watch(promise) {
  /** @type {{result: any}} */
  const seen = { result: null };
  promise.then((result) => (seen.result = result));
  return seen;
}

test('an attempt ends as it was carried out', async () => {
  const { run } = createAttempts(supersede);

  assert.equal(await run('/a', async () => 'failed'), 'failed');
});

test('an overtaken attempt ends when the later one does, however its own work ends', async () => {
  const { run } = createAttempts(supersede);
  const [one, two] = [createAttempt(), createAttempt()];
  const first = watch(run('/a', one.carryOut));
  const second = watch(run('/a', two.carryOut));

  one.end('done');
  await settle();
  const during = [first.result, second.result];
  two.end('done');
  await settle();

  assert.deepEqual(during, [null, null]);
  assert.deepEqual([first.result, second.result], ['superseded', 'done']);
});

test('an overtaken attempt that hangs does not wait for its own work', async () => {
  const { run } = createAttempts(supersede);
  const first = watch(run('/a', createAttempt().carryOut));

  await run('/a', async () => 'done');
  await settle();

  assert.equal(first.result, 'superseded');
});

test('only the latest is the latest, and different things do not meet', async () => {
  const { run } = createAttempts(supersede);
  /** @type {boolean[]} */
  const latest = [];
  /** @param {() => boolean} isLatest */
  const carryOut = async (isLatest) => {
    await settle();
    latest.push(isLatest());
    return /** @type {const} */ ('done');
  };

  const results = await Promise.all([
    run('/a', carryOut),
    run('/b', carryOut),
    run('/a', carryOut),
  ]);

  assert.deepEqual(latest, [false, true, true]);
  assert.deepEqual(results, ['superseded', 'done', 'done']);
});

test('an attempt after the end of another overtakes nobody', async () => {
  const { run } = createAttempts(supersede);
  await run('/a', async () => 'failed');

  assert.equal(await run('/a', async (isLatest) => (isLatest() ? 'done' : 'failed')), 'done');
});

test('one place that failed is a failure, and one that is shown a use', () => {
  assert.equal(combine(['done', 'failed', 'unused']), 'failed');
  assert.equal(combine(['unused', 'done']), 'done');
  assert.equal(combine(['done', 'superseded']), 'superseded');
  assert.equal(combine(['unused']), 'unused');
  assert.equal(combine([]), 'unused');
});
