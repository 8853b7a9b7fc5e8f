import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createAcknowledge, untilPainted, whenShown } from '../../livereload_sse/client/acknowledge.js';
import { createClock, createTarget, settle } from './fakes.js';

/** @param {(url: string, options: any) => void} hear @returns {any} */
function createFetch(hear) {
  return (/** @type {string} */ url, /** @type {any} */ options) => {
    hear(url, options);
    return Promise.resolve();
  };
}

test('an acknowledgement is a small JSON request that outlives the page', () => {
  /** @type {any[]} */
  const requests = [];
  const fetch = createFetch((...request) => requests.push(request));

  createAcknowledge({ fetch, url: '/ack' })('5-0', 'reload', 41.6);

  const [[url, { method, headers, body, keepalive }]] = requests;
  assert.deepEqual([url, method, keepalive], ['/ack', 'POST', true]);
  assert.deepEqual(headers, { 'Content-Type': 'application/json' });
  assert.deepEqual(JSON.parse(body), {
    id: '5-0', action: 'reload', milliseconds: 42, nodes: 0, reason: '',
  });
});

test('what was done, and why, goes along as one line that the server takes', () => {
  let sent = '';
  const fetch = createFetch((_, { body }) => (sent = body));
  const acknowledge = createAcknowledge({ fetch, url: '/ack' });

  acknowledge('5-0', 'patch-page', 1, { nodes: 3, reason: `a\n\u001bb${'c'.repeat(300)}` });

  const { nodes, reason } = JSON.parse(sent);
  assert.equal(nodes, 3);
  assert.equal(reason, `a b${'c'.repeat(197)}`);
});

test('what is in the document is painted after the next frame', async () => {
  const clock = createClock();
  /** @type {any[]} */
  const frames = [];
  let isPainted = false;
  const requestAnimationFrame = (/** @type {any} */ run) => frames.push(run);
  untilPainted({ requestAnimationFrame, ...clock }).then(() => (isPainted = true));

  frames[0]();
  await settle();
  const inTheFrame = isPainted;
  clock.advance(0);
  await settle();

  assert.deepEqual([inTheFrame, isPainted], [false, true]);
});

test('a tab that paints no frame any more is not waited for', async () => {
  const clock = createClock();
  let isPainted = false;
  untilPainted({ requestAnimationFrame: () => 0, ...clock }).then(() => (isPainted = true));

  clock.advance(0.25);
  await settle();

  assert.equal(isPainted, true);
});

test('a clock that was set back makes no negative time', () => {
  let sent = '';
  const fetch = createFetch((_, { body }) => (sent = body));

  createAcknowledge({ fetch, url: '/ack' })('5-0', 'none', -3000);

  assert.equal(JSON.parse(sent).milliseconds, 0);
});

test('a server that is gone is no error of the page', async () => {
  const fetch = /** @type {any} */ (() => Promise.reject(new TypeError('refused')));

  createAcknowledge({ fetch, url: '/ack' })('5-0', 'none', 0);

  await settle(); // an unhandled rejection would fail this test
});

/** @param {string} readyState */
function createPage(readyState) {
  /** @type {string[]} */
  const steps = [];
  const clock = createClock();
  const window = createTarget();
  /** @type {(() => void)[]} */
  const frames = [];
  const requestAnimationFrame = (/** @type {any} */ run) => frames.push(run);
  const document = /** @type {any} */ ({ readyState });
  whenShown({ document, window, requestAnimationFrame, ...clock }, () => steps.push('shown'));
  return { steps, window, clock, paint: () => frames.splice(0).forEach((run) => run()) };
}

test('a page is shown after it has loaded and then been painted', () => {
  const { steps, window, clock, paint } = createPage('loading');

  paint();
  clock.advance(1);
  const unloaded = steps.length;
  window.emit('load');
  clock.advance(1);
  const unpainted = steps.length;
  paint();
  const painting = steps.length;
  clock.advance(0);

  assert.deepEqual([unloaded, unpainted, painting, steps.length], [0, 0, 0, 1]);
});

test('a page that has loaded already is shown with its next frame', () => {
  const { steps, clock, paint } = createPage('complete');

  paint();
  clock.advance(0);

  assert.deepEqual(steps, ['shown']);
});
