import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createBuild } from '../../../livereload_sse/client/build/build.js';
import { createWorld, failed } from './world.js';

const { report } = failed();
const FAILED = { run: 'r', build: 2, command: 'make', ending: 'exited', exit_code: 1, duration: 1, shown: false, report };

/** @param {{state?: any, html?: string, answers?: any, world?: ReturnType<typeof createWorld>}} [options] */
function create({ state = null, html, answers, world = createWorld(html) } = {}) {
  /** @type {[string, any][]} */
  const asked = [];
  let good = 0;
  const fetch = /** @type {any} */ (async (/** @type {string} */ url, /** @type {any} */ options) => {
    asked.push([url, options?.body]);
    if (answers) return answers(url);
    if (state === null) throw new TypeError('away');
    return { ok: true, json: async () => state };
  });
  const build = createBuild({
    ...world, fetch, internal: (name) => `/x/${name}`, succeeded: () => { good += 1; },
  });
  const tell = (/** @type {string} */ name, /** @type {any} */ data) =>
    build.receive(name, JSON.stringify(data));
  const title = () => world.root('sse-reload-overlay')?.querySelector('h1')?.textContent ?? null;
  return { ...world, world, build, tell, title, asked, good: () => good };
}

const started = (/** @type {number} */ build) => ({ run: 'r', build, command: 'make', expected: 1 });
const succeeded = (/** @type {number} */ build) => ({ run: 'r', build, warnings: [] });

test('a failed build is shown, and gone with the next good one', () => {
  const { tell, title, good } = create();
  tell('build-failed', FAILED);
  const before = title();

  tell('build-started', started(3));
  const meanwhile = title();
  tell('build-succeeded', succeeded(3));

  assert.deepEqual([before, meanwhile, title(), good()], ['this is wrong', 'this is wrong', null, 1]);
});

test('a tab that opens later asks how it stands', async () => {
  const { build, title, asked } = create({ state: { event: 'build-failed', ...FAILED } });

  await build.opened();

  assert.deepEqual([title(), asked[0][0]], ['this is wrong', '/x/build']);
});

test('an answer that is older than an event is not believed', async () => {
  const { build, tell, title } = create({ state: { event: 'build-failed', ...FAILED } });
  tell('build-succeeded', succeeded(3));

  await build.opened();

  assert.equal(title(), null);
});

test('a server that was started anew is believed', () => {
  const { tell, title } = create();
  tell('build-succeeded', succeeded(30));

  tell('build-failed', { ...FAILED, run: 's', build: 1 });

  assert.equal(title(), 'this is wrong');
});

test('a server that is away is asked another time', async () => {
  const { build, title } = create();

  await build.opened();

  assert.equal(title(), null);
});

for (const [word, html] of [
  ['sse-reload', '<html data-sse-reload="off">'],
  ['sse-reload-overlay', '<html data-sse-reload-overlay="off">'],
]) {
  test(`a page may say that it wants nothing of it: ${word}`, () => {
    const { tell, title, good } = create({ html });

    tell('build-failed', FAILED);
    const shown = title();
    tell('build-succeeded', succeeded(3));

    assert.deepEqual([shown, good()], [null, 1]); // a page that waits for a build hears of it all the same
  });
}

test('a sign is shown while a build goes on, and gone when it is over', () => {
  const { tell, root, clock } = create();
  tell('build-started', started(1));
  tell('build-output', { run: 'r', build: 1, elapsed: 0.5, fraction: 0.5, stage: 'reading' });
  clock.advance(0.5);
  const stage = root('sse-reload-build')?.querySelector('.stage')?.textContent;

  tell('build-succeeded', succeeded(1));

  assert.deepEqual([stage, root('sse-reload-build')], ['reading', null]);
});

test('opening a place posts its key, and tells what the server says', async () => {
  const place = { name: 'a.md', line: 1, column: null, key: 'k1' };
  const answers = async () => ({ ok: false, status: 422, text: async () => '{"error": "no editor"}' });
  const { tell, root, asked } = create({ answers });
  tell('build-failed', {
    ...FAILED, report: { ...report, problems: [{ message: 'x', severity: 'error', place }] },
  });

  /** @type {HTMLElement | null | undefined} */ (
    root('sse-reload-overlay')?.querySelector('button.place'))?.click();
  await new Promise((resolve) => setTimeout(resolve));
  await new Promise((resolve) => setTimeout(resolve));

  assert.deepEqual(asked, [['/x/open', '{"key":"k1"}']]);
  assert.equal(root('sse-reload-overlay')?.querySelector('.note')?.textContent, 'no editor');
});

const press = (/** @type {any} */ root, /** @type {string} */ selector) =>
  root?.querySelector(selector)?.click();

test('a failure that was closed stays closed on the next page too, until the next build', async () => {
  const { tell, root, world } = create();
  tell('build-failed', FAILED);
  tell('build-started', started(3));
  press(root('sse-reload-overlay'), '.close');

  const later = create({ world, state: { event: 'build-failed', ...FAILED } });
  await later.build.opened();
  const again = later.title();
  later.tell('build-failed', { ...FAILED, build: 3 });

  assert.deepEqual([again, later.title()], [null, 'this is wrong']);
});

test('warnings that were closed stay closed while they say the same', () => {
  const { tell, root } = create();
  const warn = (/** @type {number} */ build, /** @type {string} */ message) =>
    tell('build-succeeded', { run: 'r', build, warnings: [{ message, severity: 'warning', place: null }] });
  const count = () => root('sse-reload-build')?.querySelector('.open')?.textContent ?? null;
  warn(1, 'odd');
  const first = count();
  press(root('sse-reload-build'), '.close');

  warn(2, 'odd');
  const same = count();
  warn(3, 'odder');

  assert.deepEqual([first, same, count()], ['1 warning', null, '1 warning']);
});

test('nobody knows how far a build is while the server is away', async () => {
  const state = { event: 'build-output', run: 'r', build: 1, elapsed: 2, fraction: 0.5, stage: 'writing' };
  const { build, tell, root, clock } = create({ state });
  tell('build-started', started(1));
  clock.advance(1);

  build.away();
  const meanwhile = root('sse-reload-build');
  await build.opened();
  clock.advance(0.3);

  assert.equal(meanwhile, null);
  assert.equal(root('sse-reload-build')?.querySelector('.stage')?.textContent, 'writing');
});

test('what is switched off while it is shown goes with the next message', () => {
  const { document, tell, title } = create();
  tell('build-failed', FAILED);
  document.documentElement.dataset.sseReloadOverlay = 'off';

  tell('build-started', started(3));

  assert.equal(title(), null);
});

test('a frame leaves it to the page around it, and still hears that a build is good', () => {
  const world = createWorld();
  Object.defineProperty(world.window, 'frameElement', { value: {} });
  const { tell, title, good } = create({ world });

  tell('build-failed', FAILED);
  const shown = title();
  tell('build-succeeded', succeeded(3));

  assert.deepEqual([shown, good()], [null, 1]);
});

for (const [body, said] of [['Bad gateway', 'Bad gateway'], ['', 'The server has answered 502.']]) {
  test(`an answer that is not ours is told as it is: ${said}`, async () => {
    const place = { name: 'a.md', line: 1, column: null, key: 'k1' };
    const answers = async () => ({ ok: false, status: 502, text: async () => body });
    const { tell, root } = create({ answers });
    tell('build-failed', {
      ...FAILED, report: { ...report, problems: [{ message: 'x', severity: 'error', place }] },
    });

    press(root('sse-reload-overlay'), 'button.place');
    await new Promise((resolve) => setTimeout(resolve));

    assert.equal(root('sse-reload-overlay')?.querySelector('.note')?.textContent, said);
  });
}
