import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createTests } from '../../../livereload_sse/client/tests_badge/tests.js';
import { createWorld } from '../build/world.js';
import { settle } from '../fakes.js';

/** @param {{state?: any, html?: string, world?: ReturnType<typeof createWorld>}} [options] */
function create({ state = { event: null }, html, world = createWorld(html) } = {}) {
  const server = { state, isAway: false, asked: 0, meanwhile: () => {} };
  const fetch = /** @type {any} */ (async (/** @type {string} */ url) => {
    assert.equal(url, '/x/tests');
    server.asked += 1;
    if (server.isAway) throw new TypeError('away');
    server.meanwhile();
    return { ok: true, json: async () => server.state };
  });
  const tests = createTests({ ...world, fetch, internal: (name) => `/x/${name}` });
  const tell = (/** @type {string} */ name, /** @type {any} */ data) =>
    tests.receive(`tests-${name}`, JSON.stringify({ watch: 'w', run: 1, page: '', age: 0, ...data }));
  const find = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (world.root('sse-reload-tests')?.querySelector(selector));
  const words = () => find('.words')?.textContent ?? null;
  return { ...world, world, server, tests, tell, find, words };
}

const FAILED = { passed: 1, failed: 2, failing: ['a', 'b'] };
const PASSED = { passed: 3 };

test('what is told is shown', () => {
  const { tell, words } = create();
  tell('finished', FAILED);
  const red = words();

  tell('finished', { ...PASSED, run: 2 });

  assert.deepEqual([red, words()], ['tests: 2 failed', '3 passed']);
});

test('a tab that opens later asks how it stands', async () => {
  const { tests, words } = create({
    state: { event: 'tests-finished', watch: 'w', run: 7, ...FAILED },
  });

  await tests.opened();

  assert.equal(words(), 'tests: 2 failed');
});

test('what is green need not be known later', async () => {
  const { tests, tell, words } = create({
    state: { event: 'tests-finished', watch: 'w', run: 7, ...PASSED },
  });
  await tests.opened();
  const asked = words();

  tell('finished', { ...PASSED, run: 8, age: 30 });

  assert.deepEqual([asked, words()], [null, null]);
});

test('green is said once, though it is told again with the address of its page', () => {
  const { tell, words, clock } = create();
  tell('finished', PASSED);
  clock.advance(9);

  tell('finished', { ...PASSED, page: 'http://localhost:8123/' });

  assert.equal(words(), null);
});

test('an event that comes while the answer is on its way says the later thing', async () => {
  const { tests, tell, words, server } = create({
    state: { event: 'tests-finished', watch: 'v', run: 7, ...FAILED },
  });
  server.meanwhile = () => tell('started', { run: 8, tests: 1, expected: null });

  await tests.opened();

  assert.equal(words(), null);
});

test('the results of an earlier run do not come back', () => {
  const { tell, words } = create();
  tell('finished', { ...FAILED, run: 2 });

  tell('finished', { ...PASSED, run: 1 });

  assert.equal(words(), 'tests: 2 failed');
});

test('with the process that watches its sign is gone', () => {
  const { tell, words } = create();
  tell('finished', FAILED);

  tell('gone', {});

  assert.equal(words(), null);
});

test('a server that knows nothing any more is believed', async () => {
  const { tests, tell, words } = create();
  tell('finished', FAILED);
  tests.away();
  const away = words();

  await tests.opened();

  assert.deepEqual([away, words()], [null, null]);
});

test('a server that comes back says it again', async () => {
  const { tests, words } = create({
    state: { event: 'tests-finished', watch: 'w', run: 7, ...FAILED },
  });
  await tests.opened();
  tests.away();

  await tests.opened();

  assert.equal(words(), 'tests: 2 failed');
});

test('a server that is away is asked another time', async () => {
  const { tests, words, server } = create();
  server.isAway = true;

  await tests.opened();

  assert.equal(words(), null);
});

test('a run whose process was killed is not shown for ever', async () => {
  const { tests, tell, words, clock, server } = create();
  tell('started', { tests: 4, expected: 1 });
  server.state = { event: 'tests-started', watch: 'w', run: 1, tests: 4, expected: 1 };
  const meanwhile = new Set();
  for (let time = 0; time < 12; time += 1) {
    clock.advance(1);
    await settle();
    meanwhile.add(words());
  }

  server.state = { event: null };
  clock.advance(5);
  await settle();

  assert.deepEqual([[...meanwhile], server.asked, words()], [['running 4 tests'], 3, null]);
  tests.away();
  assert.equal(clock.waiting(), 0);
});

test('nobody is asked once a run is over', async () => {
  const { tell, clock, server } = create();
  tell('started', { tests: 4, expected: 1 });

  tell('finished', FAILED);
  clock.advance(60);
  await settle();

  assert.equal(server.asked, 0);
});

test('who has closed it sees it again only with other failures', () => {
  const { tell, find, words, world } = create();
  tell('finished', FAILED);
  find('.close').click();

  tell('finished', { ...FAILED, run: 2 });
  const same = words();
  const next = create({ world });
  next.tell('finished', { ...FAILED, run: 3 });
  const onTheNextPage = words();
  tell('finished', { ...FAILED, failing: ['a', 'c'], run: 4 });

  assert.deepEqual([same, onTheNextPage, words()], [null, null, 'tests: 2 failed']);
});

for (const html of ['<html data-sse-reload="off">', '<html data-sse-reload-overlay="off">']) {
  test(`a page may say that it wants nothing of it: ${html}`, () => {
    const { tell, words } = create({ html });

    tell('finished', FAILED);

    assert.equal(words(), null);
  });
}

test('a page in a frame leaves it to the page around it', () => {
  const world = createWorld();
  Object.defineProperty(world.window, 'frameElement', { value: {} });
  const { tell, words } = create({ world });

  tell('finished', FAILED);

  assert.equal(words(), null);
});
