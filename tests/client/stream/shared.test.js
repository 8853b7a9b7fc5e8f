import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createShared } from '../../../livereload_sse/client/stream/shared.js';
import { createClock } from '../fakes.js';
import { createFetch, createPage, createSharedWorker } from './fakes.js';

/** @param {{visibilityState?: string, isForbidden?: boolean}} [fields] */
function start({ visibilityState = 'visible', isForbidden = false } = {}) {
  const clock = createClock();
  const page = createPage(visibilityState);
  const { SharedWorker, workers } = createSharedWorker({ isForbidden });
  const { fetch, requests } = createFetch();
  /** @type {string[]} */
  const log = [];
  /** @type {string[][]} */
  const heard = [];
  const note = (/** @type {string} */ word) => () => void log.push(word);
  let lastId = '1-0';
  createShared({
    SharedWorker, fetch, ...page, ...clock, url: '/worker.js', findAfter: () => lastId,
    receive: (...event) => {
      heard.push(event);
      lastId = event[2];
    },
    opened: note('opened'), lost: note('lost'), welcomed: note('welcomed'), silent: note('silent'),
    failed: note('failed'),
  }).start();
  const port = () => workers.at(-1).port;
  const answer = (/** @type {string} */ type, fields = {}) => {
    const { greeting } = port().sent.findLast((/** @type {any} */ sent) => sent.type === 'hello');
    port().say({ type, greeting, ...fields });
  };
  return { clock, ...page, requests, workers, log, heard, port, answer };
}

/** @param {any} port */
function typesOf(port) {
  return port.sent.map((/** @type {any} */ { type }) => type);
}

test('it starts a module, under a name, and says hello with the tab’s id', () => {
  const { workers, port } = start();

  assert.equal(workers[0].url, '/worker.js');
  assert.deepEqual(workers[0].options, { type: 'module', name: 'sse-reload' });
  assert.deepEqual(port().sent, [{ type: 'hello', greeting: 1, after: '1-0', isVisible: true }]);
});

test('events and connections are handed on', () => {
  const { answer, heard, log } = start();

  answer('welcome');
  answer('opened');
  answer('event', { name: 'change', data: '{}', id: '2-0' });
  answer('away');

  assert.deepEqual([heard, log], [[['change', '{}', '2-0']], ['welcomed', 'opened', 'lost']]);
});

test('a worker that has welcomed the tab is not waited for any longer', () => {
  const { answer, clock, log } = start();

  answer('welcome');
  clock.advance(9);

  assert.deepEqual(log, ['welcomed']);
});

test('a worker that says nothing for two seconds is silent', () => {
  const { clock, log } = start();
  clock.advance(1.9);
  const early = [...log];
  clock.advance(0.1);

  assert.deepEqual([early, log], [[], ['silent']]);
});

test('a welcome that comes late is greeted anew, and the old greeting’s events not heard', () => {
  const { clock, port, answer, heard, log } = start();
  clock.advance(2);

  answer('welcome');
  port().say({ type: 'event', greeting: 1, name: 'change', data: '{}', id: '2-0' });
  answer('welcome');
  answer('event', { name: 'change', data: '{}', id: '2-0' });

  assert.deepEqual(typesOf(port()), ['hello', 'hello']);
  assert.deepEqual([log, heard.length], [['silent', 'welcomed', 'welcomed'], 1]);
});

test('where a worker is forbidden that is said, and nothing is left behind', () => {
  const { log, countListeners, clock } = start({ isForbidden: true });

  assert.deepEqual([log, countListeners(), clock.waiting()], [['failed'], 0, 0]);
});

test('a worker that cannot be loaded has failed, and nothing is left behind', () => {
  const { workers, log, port, countListeners, clock } = start();

  workers[0].emit('error');
  workers[0].emit('error');

  assert.deepEqual([log, countListeners(), clock.waiting()], [['failed'], 0, 0]);
  assert.deepEqual([typesOf(port()), port().isClosed], [['hello', 'bye'], true]);
});

test('it says when the tab is hidden and shown, and then asks whether the worker lives', () => {
  const { answer, port, show } = start();
  answer('welcome');

  show('hidden');
  show('visible');

  assert.deepEqual(port().sent.slice(1), [
    { type: 'visibility', isVisible: false },
    { type: 'visibility', isVisible: true },
    { type: 'ping' },
  ]);
});

test('a worker that lives no more is replaced after two seconds, where the tab stands', () => {
  const { answer, show, clock, workers, port } = start();
  answer('welcome');
  answer('event', { name: 'change', data: '{}', id: '2-0' });
  show('visible');
  clock.advance(1.9);
  const early = workers.length;
  clock.advance(0.1);

  assert.deepEqual([early, workers.length, workers[0].port.isClosed], [1, 2, true]);
  assert.equal(port().sent[0].after, '2-0');
});

test('a worker that lives is kept', () => {
  const { answer, show, clock, workers } = start();
  answer('welcome');
  show('visible');

  answer('pong');
  clock.advance(11);

  assert.equal(workers.length, 1);
});

test('a worker that ends while the tab is seen is missed within twelve seconds', () => {
  const { answer, clock, workers, port } = start();
  answer('welcome');
  clock.advance(10);
  answer('pong');
  clock.advance(10);
  const pings = typesOf(port()).filter((/** @type {string} */ type) => type === 'ping').length;
  clock.advance(1.9);
  const early = workers.length;
  clock.advance(0.1);

  assert.deepEqual([pings, early, workers.length, typesOf(port())], [2, 1, 2, ['hello']]);
});

test('a hidden tab asks nothing', () => {
  const { answer, clock, workers, port, show } = start();
  answer('welcome');
  show('visible');
  show('hidden');
  clock.advance(3600);
  answer('pong');
  clock.advance(3600);

  assert.deepEqual([workers.length, typesOf(port()).at(-1)], [1, 'visibility']);
});

test('a tab that is hidden while its next worker starts still waits for that', () => {
  const { answer, clock, log, show } = start();
  answer('welcome');
  show('visible');
  clock.advance(2);

  show('hidden');
  clock.advance(2);

  assert.deepEqual(log, ['welcomed', 'silent']);
});

test('a tab that is hidden before its worker has answered still waits for that', () => {
  const { clock, log, show } = start();

  show('hidden');
  clock.advance(2);

  assert.deepEqual(log, ['silent']);
});

test('a worker that was silent is tried again when the tab is shown', () => {
  const { clock, show, workers, answer, log } = start();
  clock.advance(2);

  show('visible');
  answer('welcome');

  assert.equal(workers.length, 2);
  assert.deepEqual(log, ['silent', 'welcomed']);
});

test('a page that is left says goodbye, closes its port and hears nothing more', () => {
  const { answer, port, window, clock, heard, log } = start();
  answer('welcome');

  window.emit('pagehide', { persisted: true });
  answer('event', { name: 'change', data: '{}', id: '2-0' });
  answer('away');
  clock.advance(60);

  assert.deepEqual([typesOf(port()), port().isClosed], [['hello', 'bye'], true]);
  assert.deepEqual([heard, log], [[], ['welcomed']]);
});

const FAREWELL = { url: '/tabs', body: '{"visible":0}' };

test('the last page tells the server that it leaves, as its worker may be frozen first', () => {
  const { answer, window, requests } = start();
  answer('welcome');
  answer('alone', { farewell: FAREWELL });
  const before = requests.length;

  window.emit('pagehide', { persisted: true });
  window.emit('pagehide', { persisted: true });
  requests[0].fail(); // the server is away: nobody is told of that

  assert.equal(before, 0);
  assert.deepEqual(requests.map(({ url, options }) => [url, options]), [
    ['/tabs', { method: 'POST', body: FAREWELL.body, keepalive: true }],
  ]);
});

test('a page that is not the last leaves that to the worker', () => {
  const { answer, window, requests } = start();
  answer('welcome');
  answer('alone', { farewell: FAREWELL });
  answer('alone', { farewell: null });

  window.emit('pagehide', { persisted: true });

  assert.equal(requests.length, 0);
});

test('a page that comes back by the back button says hello with its own last id', () => {
  const { answer, port, window, workers } = start();
  answer('welcome');
  answer('event', { name: 'change', data: '{}', id: '2-0' });
  window.emit('pagehide', { persisted: true });

  window.emit('pageshow', { persisted: true });

  assert.equal(workers.length, 2);
  assert.deepEqual(port().sent, [{ type: 'hello', greeting: 2, after: '2-0', isVisible: true }]);
});

test('the first pageshow of a page starts nothing', () => {
  const { window, workers, port } = start();

  window.emit('pageshow', { persisted: false });

  assert.deepEqual([workers.length, typesOf(port())], [1, ['hello']]);
});

test('the failure of a worker that was let go is no news', () => {
  const { window, workers, clock, log } = start();
  window.emit('pagehide');

  workers[0].emit('error');
  clock.advance(60);

  assert.deepEqual([workers.length, log], [1, []]);
});

test('a network that is back is told', () => {
  const { window, port } = start();

  window.emit('online');

  assert.equal(typesOf(port()).at(-1), 'online');
});

test('a word that is not known does no harm', () => {
  const { answer, log, heard } = start();

  answer('constructor');
  answer('news');

  assert.deepEqual([log, heard], [[], []]);
});
