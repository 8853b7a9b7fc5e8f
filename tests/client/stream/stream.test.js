import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createStream } from '../../../livereload_sse/client/stream/stream.js';
import { createClock, createEventSource } from '../fakes.js';
import { createFetch, createPage, createSharedWorker } from './fakes.js';

const CONNECTING = 0;
const CLOSED = 2;

/** @import {TrustedTypes} from '../../../livereload_sse/client/trusted.js' */

/** @param {{hasWorkers?: boolean, isForbidden?: boolean, trustedTypes?: TrustedTypes}} [fields] */
function start({ hasWorkers = true, isForbidden = false, trustedTypes } = {}) {
  const clock = createClock();
  const page = createPage();
  const { EventSource, streams } = createEventSource();
  const { SharedWorker, workers } = createSharedWorker({ isForbidden });
  /** @type {string[]} */
  const log = [];
  createStream({
    SharedWorker: hasWorkers ? SharedWorker : undefined, trustedTypes, EventSource,
    ...page, ...clock, fetch: createFetch().fetch,
    url: '/events', after: '1-0', names: ['change'],
    receive: (_name, _text, id) => log.push(id), opened: () => log.push('opened'),
    away: () => log.push('away'),
  }).start();
  const open = () => streams.filter(({ readyState }) => readyState !== CLOSED);
  const answer = (/** @type {string} */ type, fields = {}) => {
    const { sent, say } = workers.at(-1).port;
    const { greeting } = sent.findLast((/** @type {any} */ one) => one.type === 'hello');
    say({ type, greeting, ...fields });
  };
  return { clock, ...page, streams, workers, log, open, answer };
}

/** @param {any} stream @param {number} readyState */
function fail(stream, readyState = CONNECTING) {
  stream.readyState = readyState;
  stream.emit('error');
}

test('where tabs can share a stream a tab has none of its own', () => {
  const { answer, clock, log, streams, workers } = start();
  answer('welcome');
  answer('opened');
  answer('event', { name: 'change', data: '{}', id: '2-0' });
  clock.advance(9);

  assert(/\/client\/stream\/worker\.js$/.test(workers[0].url), workers[0].url);
  assert.deepEqual([log, streams.length], [['opened', '2-0'], 0]);
});

test('where a page requires it, the worker’s address is vouched for', () => {
  const { workers } = start({ trustedTypes: { createPolicy: (_name, rules) => rules } });
  const { workers: vouched } = start({
    trustedTypes: { createPolicy: () => ({ createScriptURL: () => 'vouched for' }) },
  });

  assert(workers[0].url.endsWith('/client/stream/worker.js'));
  assert.equal(vouched[0].url, 'vouched for');
});

test('where there are no shared workers, or they are forbidden, a tab has its own', () => {
  const without = start({ hasWorkers: false });
  const forbidden = start({ isForbidden: true });

  assert.deepEqual([without.open().length, forbidden.open().length], [1, 1]);
});

test('a worker that cannot be loaded is done without', () => {
  const { workers, open } = start();

  workers[0].emit('error');

  assert.equal(open().length, 1);
});

test('a silent worker is done without until it answers, and goes on where the tab stands', () => {
  const { clock, open, streams, answer, workers, log } = start();
  clock.advance(2);
  const alone = open().length;
  streams[0].emit('change', { data: '{}', lastEventId: '2-0' });

  answer('welcome');

  assert.deepEqual([alone, open().length, log], [1, 0, ['2-0']]);
  assert.equal(workers[0].port.sent.at(-1).after, '2-0');
});

test('the tab’s own stream goes on where a worker’s ended', () => {
  const { answer, clock, show, open } = start();
  answer('welcome');
  answer('event', { name: 'change', data: '{}', id: '2-0' });

  show('visible'); // nobody answers the ping, nor the new greeting
  clock.advance(4);

  assert(/after=2-0$/.test(open()[0].url), open()[0].url);
});

test('a lost connection is told once, until there is one again', () => {
  const { streams, log } = start({ hasWorkers: false });
  streams[0].emit('open');
  fail(streams[0]);
  fail(streams[0]);
  streams[0].emit('open');
  fail(streams[0]);

  assert.deepEqual(log, ['opened', 'away', 'opened', 'away']);
});

test('letting go is no loss', () => {
  const { streams, window, show, log } = start({ hasWorkers: false });
  streams[0].emit('open');

  show('hidden');
  window.emit('pagehide');
  fail(streams[0], CLOSED);

  assert.deepEqual(log, ['opened']);
});
