import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createBuild } from '../../../livereload_sse/client/build/build.js';
import { createWorld, failed } from './world.js';

const { report } = failed();
const FAILED = { run: 'r', build: 2, command: 'make', ending: 'exited', exit_code: 1, duration: 1, shown: false, report };

/** @param {{state?: any, html?: string, answers?: any}} [options] */
function create({ state = null, html, answers } = {}) {
  const world = createWorld(html);
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
  return { ...world, build, tell, title, asked, good: () => good };
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
    const { tell, title } = create({ html });

    tell('build-failed', FAILED);

    assert.equal(title(), null);
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
  const answers = async () => ({ ok: false, status: 422, json: async () => ({ error: 'no editor' }) });
  const { tell, root, asked } = create({ answers });
  tell('build-failed', {
    ...FAILED, report: { ...report, problems: [{ message: 'x', severity: 'error', place }] },
  });

  root('sse-reload-overlay')?.querySelector('button')?.click(); // the close button comes first
  tell('build-failed', {
    ...FAILED, build: 3, report: { ...report, problems: [{ message: 'x', severity: 'error', place }] },
  });
  /** @type {HTMLElement | null | undefined} */ (
    root('sse-reload-overlay')?.querySelector('button.place'))?.click();
  await new Promise((resolve) => setTimeout(resolve));
  await new Promise((resolve) => setTimeout(resolve));

  assert.deepEqual(asked, [['/x/open', '{"key":"k1"}']]);
  assert.equal(root('sse-reload-overlay')?.querySelector('.note')?.textContent, 'no editor');
});
