import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createStream } from '../../livereload_sse/client/stream.js';
import { createClock, createEventSource, createTarget } from './fakes.js';

const CONNECTING = 0;
const CLOSED = 2;

/** @param {{visibilityState?: string}} [fields] */
function start({ visibilityState = 'visible' } = {}) {
  const clock = createClock();
  const { EventSource, streams } = createEventSource();
  /** @type {any} */
  const document = createTarget({ visibilityState });
  const window = createTarget();
  /** @type {string[][]} */
  const heard = [];
  const counted = { opened: 0 };
  createStream({
    EventSource, document, window, ...clock, url: '/events', after: '1-0', names: ['change'],
    receive: (...event) => heard.push(event), opened: () => (counted.opened += 1),
  }).start();
  const show = (/** @type {string} */ state) => {
    document.visibilityState = state;
    document.emit('visibilitychange');
  };
  const open = () => streams.filter(({ readyState }) => readyState !== CLOSED);
  return { clock, streams, window, heard, counted, show, open };
}

/** @param {any} stream @param {number} readyState */
function fail(stream, readyState) {
  stream.readyState = readyState;
  stream.emit('error');
}

test('a visible tab opens one stream, after its own id', () => {
  const { streams } = start();

  assert.deepEqual(streams.map(({ url }) => url), ['/events?tab=1&after=1-0']);
});

test('a hidden tab holds no stream', () => {
  assert.equal(start({ visibilityState: 'hidden' }).streams.length, 0);
});

test('an event is told with its name, data and id', () => {
  const { streams, heard } = start();

  streams[0].emit('change', { data: '{}', lastEventId: '2-0' });

  assert.deepEqual(heard, [['change', '{}', '2-0']]);
});

test('an event without an id keeps the id before it', () => {
  const { streams, heard } = start();

  streams[0].emit('change', { data: '{}', lastEventId: '' });

  assert.deepEqual(heard, [['change', '{}', '1-0']]);
});

test('a tab that is hidden lets go, and shown again goes on after the last id', () => {
  const { streams, show, open } = start();
  streams[0].emit('change', { data: '{}', lastEventId: '2-0' });

  show('hidden');
  const whileHidden = open().length;
  show('visible');

  assert.equal(whileHidden, 0);
  assert.deepEqual(open().map(({ url }) => url), ['/events?tab=1&after=2-0']);
});

test('a page that is left lets go, whether or not it becomes hidden', () => {
  const { window, show, open } = start();

  window.emit('pagehide', { persisted: true });
  const left = open().length;
  show('visible');

  assert.deepEqual([left, open().length], [0, 0]);
});

test('a page that comes back by the back button goes on', () => {
  const { window, open } = start();
  window.emit('pagehide', { persisted: true });

  window.emit('pageshow', { persisted: true });

  assert.equal(open().length, 1);
});

test('the first pageshow of a page does not open a second stream', () => {
  const { window, streams } = start();

  window.emit('pageshow', { persisted: false });

  assert.equal(streams.length, 1);
});

test('an event still queued when the stream is let go is not heard, as it is told again', () => {
  const { streams, heard, show } = start();
  show('hidden');

  streams[0].emit('change', { data: '{}', lastEventId: '2-0' });
  show('visible');

  assert.deepEqual(heard, []);
  assert.equal(streams[1].url, '/events?tab=1&after=1-0');
});

test('while the browser reconnects by itself nothing is done', () => {
  const { clock, streams } = start();

  fail(streams[0], CONNECTING);
  clock.advance(60);

  assert.equal(streams.length, 1);
});

test('a stream that is dead for good is made anew, with growing delays up to five seconds', () => {
  const { clock, streams } = start();
  const delays = [];

  for (let time = 0, last = 0; time <= 17; time += 0.5) {
    if (streams.at(-1).readyState !== CLOSED) {
      if (time > 0) delays.push(time - last);
      last = time;
      fail(streams.at(-1), CLOSED);
    }
    clock.advance(0.5);
  }

  assert.deepEqual(delays, [0.5, 1, 2, 4, 5]);
});

test('a stream that opened makes the next delay short again', () => {
  const { clock, streams, counted } = start();
  fail(streams[0], CLOSED);
  clock.advance(0.5);
  fail(streams[1], CLOSED);
  clock.advance(1);

  streams[2].emit('open');
  fail(streams[2], CLOSED);
  clock.advance(0.5);

  assert.equal(streams.length, 4);
  assert.equal(counted.opened, 1);
});

test('a dead stream is not made anew for a tab that was hidden or left meanwhile', () => {
  const { clock, streams, window } = start();
  fail(streams[0], CLOSED);

  window.emit('pagehide');
  clock.advance(60);

  assert.equal(streams.length, 1);
  assert.equal(clock.waiting(), 0);
});

test('showing a tab does not wait for the delay, nor does the delay open a second stream', () => {
  const { clock, streams, show } = start();
  fail(streams[0], CLOSED);

  show('visible');
  const shown = streams.length;
  clock.advance(60);

  assert.deepEqual([shown, streams.length], [2, 2]);
});

test('a delay that was cut short does not shorten the next', () => {
  const { clock, streams, show } = start();
  fail(streams[0], CLOSED);
  show('visible');

  fail(streams[1], CLOSED);
  clock.advance(0.9);
  const early = streams.length;
  clock.advance(0.1);

  assert.deepEqual([early, streams.length], [2, 3]);
});

test('a late error of a stream that was let go leaves the new one alone', () => {
  const { streams, show, open } = start();
  show('hidden');
  show('visible');

  fail(streams[0], CLOSED);

  assert.deepEqual(open(), [streams[1]]);
});

test('an error after the page was left is nobody’s business', () => {
  const { clock, streams, window } = start();
  window.emit('pagehide');

  fail(streams[0], CLOSED);
  clock.advance(60);

  assert.equal(streams.length, 1);
});

test('a network that is back gets a new stream in place of the old', () => {
  const { streams, window, open } = start();

  window.emit('online');

  assert.equal(streams.length, 2);
  assert.equal(open().length, 1);
});
