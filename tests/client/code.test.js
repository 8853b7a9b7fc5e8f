import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createCode } from '../../livereload_sse/client/code.js';

/** A storage as pages have it. */
function createStorage() {
  const kept = new Map();
  return /** @type {Storage} */ (/** @type {unknown} */ ({
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
  }));
}

/** @param {object} [world] @param {unknown} [world.answer] @param {number} [world.code] @param {() => Storage} [world.findStorage] */
function create({ answer = { code: 5 }, code = 3, findStorage = createStorage } = {}) {
  const storage = findStorage === createStorage ? createStorage() : null;
  const told = { count: 0, hasJustComeAgain: false, asked: /** @type {unknown[]} */ ([]) };
  const world = {
    url: '/sub/__sse-reload/code',
    code,
    findStorage: storage ? () => storage : findStorage,
    hasJustComeAgain: () => told.hasJustComeAgain,
    outdated: () => { told.count += 1; },
    fetch: /** @type {typeof fetch} */ (async (...words) => {
      told.asked.push(words);
      if (answer instanceof Error) throw answer;
      return answer instanceof Response ? answer.clone() : Response.json(answer);
    }),
  };
  return { told, world, ...createCode(world) };
}

test('newer code is noticed', async () => {
  const { told, opened } = create();

  await opened();

  assert.equal(told.count, 1);
  assert.deepEqual(told.asked, [['/sub/__sse-reload/code', { cache: 'no-store' }]]);
});

for (const code of [5, 6]) {
  test(`code that is as new as the page, or older (${code}), is no news`, async () => {
    const { told, opened } = create({ code });

    await opened();

    assert.equal(told.count, 0);
  });
}

test('a page that shows less after it was loaded for it is left alone', async () => {
  const { told, world, opened, leaving } = create();
  await opened();
  leaving();

  const next = createCode(world);
  await next.opened();

  assert.equal(told.count, 1);
});

test('a page that was not loaded, because it is paused, is told at the next connection', async () => {
  const { told, opened } = create();
  await opened();

  await opened();

  assert.equal(told.count, 2);
});

test('a page that is then loaded for something else still is left alone', async () => {
  const { told, world, opened, leaving } = create();
  await opened();
  leaving();
  createCode(world).leaving();

  await createCode(world).opened();

  assert.equal(told.count, 1);
});

test('code that is newer still is noticed again', async () => {
  const { told, world, opened, leaving } = create();
  await opened();
  leaving();

  const fetch = /** @type {typeof globalThis.fetch} */ (async () => Response.json({ code: 6 }));
  await createCode({ ...world, fetch }).opened();

  assert.equal(told.count, 2);
});

const NO_ANSWERS = [
  new Error('away'), new Response('no', { status: 404 }), new Response('not JSON'),
  { code: '9' }, { code: null }, { code: 2 ** 60 }, null, [],
];
for (const answer of NO_ANSWERS) {
  test(`${answer instanceof Response ? answer.status : JSON.stringify(answer)} is no answer`, async () => {
    const { told, opened } = create({ answer });

    await opened();

    assert.equal(told.count, 0);
  });
}

const forbidden = () => { throw new Error('forbidden'); };

test('where nothing can be kept, a page that has just come by a reload is left alone', async () => {
  const { told, opened, leaving } = create({ findStorage: forbidden });
  await opened();
  leaving();
  told.hasJustComeAgain = true;

  await opened();

  assert.equal(told.count, 1);
});

test('what was tried counts, and not how the page has come', async () => {
  const { told, opened } = create();
  told.hasJustComeAgain = true;

  await opened();

  assert.equal(told.count, 1);
});
