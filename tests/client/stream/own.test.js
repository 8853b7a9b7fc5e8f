import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createOwn } from '../../../livereload_sse/client/stream/own.js';
import { createClock, createEventSource } from '../fakes.js';
import { createPage } from './fakes.js';

const CLOSED = 2;

function start(visibilityState = 'visible') {
  const clock = createClock();
  const { EventSource, streams } = createEventSource();
  const page = createPage(visibilityState);
  let lastId = '1-0';
  const own = createOwn({
    EventSource, ...page, ...clock, url: '/events', findAfter: () => lastId, names: ['change'],
    receive: (_name, _text, id) => (lastId = id), opened: () => {}, lost: () => {},
  });
  own.start();
  const open = () => streams.filter(({ readyState }) => readyState !== CLOSED);
  return { clock, streams, ...page, own, open };
}

/** @param {any} stream */
function refuse(stream) {
  stream.readyState = CLOSED;
  stream.emit('error');
}

test('a visible tab opens one stream, after its own id, and says that it is one tab', () => {
  const { streams } = start();

  assert.deepEqual(streams.map(({ url }) => url), ['/events?visible=1&hidden=0&after=1-0']);
});

test('a hidden tab holds no stream', () => {
  assert.equal(start('hidden').streams.length, 0);
});

test('a tab that is hidden lets go, and shown again goes on after the last id', () => {
  const { streams, show, open } = start();
  streams[0].emit('change', { data: '{}', lastEventId: '2-0' });

  show('hidden');
  const whileHidden = open().length;
  show('visible');

  assert.equal(whileHidden, 0);
  assert.deepEqual(open().map(({ url }) => url), ['/events?visible=1&hidden=0&after=2-0']);
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

test('a dead stream is not made anew for a tab that was hidden or left meanwhile', () => {
  const { clock, streams, window } = start();
  refuse(streams[0]);

  window.emit('pagehide');
  clock.advance(60);

  assert.deepEqual([streams.length, clock.waiting()], [1, 0]);
});

test('a network that is back gets a new stream in place of the old', () => {
  const { streams, window, open } = start();

  window.emit('online');

  assert.deepEqual([streams.length, open().length], [2, 1]);
});

test('stopped, it holds nothing and follows nothing; started again, it does', () => {
  const { own, open, show, countListeners } = start();

  own.stop();
  const listeners = countListeners();
  show('visible');
  const stopped = open().length;
  own.start();

  assert.deepEqual([listeners, stopped, open().length], [0, 0, 1]);
});

test('stopping what was never started is harmless', () => {
  const { own, open } = start('hidden');

  own.stop();
  own.stop();

  assert.equal(open().length, 0);
});
