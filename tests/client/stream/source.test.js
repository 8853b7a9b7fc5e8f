import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSource } from '../../../livereload_sse/client/stream/source.js';
import { createClock, createEventSource } from '../fakes.js';

const CONNECTING = 0;
const CLOSED = 2;

function start(after = '1-0') {
  const clock = createClock();
  const { EventSource, streams } = createEventSource();
  /** @type {string[][]} */
  const heard = [];
  const counted = { opened: 0, lost: 0 };
  const source = createSource({
    EventSource, ...clock, address: (id) => `/events?after=${id}`, names: ['change'],
    receive: (...event) => heard.push(event),
    opened: () => (counted.opened += 1), lost: () => (counted.lost += 1),
  });
  source.open(after);
  const open = () => streams.filter(({ readyState }) => readyState !== CLOSED);
  return { clock, source, streams, heard, counted, open };
}

/** @param {any} stream @param {number} readyState */
function fail(stream, readyState) {
  stream.readyState = readyState;
  stream.emit('error');
}

/** @param {any} stream @param {string} lastEventId */
function emit(stream, lastEventId) {
  stream.emit('change', { data: '{}', lastEventId });
}

test('a stream is opened after an id, and not twice', () => {
  const { source, streams } = start('1-0');

  source.open('2-0');

  assert.deepEqual(streams.map(({ url }) => url), ['/events?after=1-0']);
});

test('an event is told with its name, data and id', () => {
  const { streams, heard } = start();

  emit(streams[0], '2-0');

  assert.deepEqual(heard, [['change', '{}', '2-0']]);
});

test('an event without an id keeps the id before it', () => {
  const { streams, heard } = start('1-0');

  emit(streams[0], '');

  assert.deepEqual(heard, [['change', '{}', '1-0']]);
});

test('what was still queued when the stream was closed is not heard, as it is told again', () => {
  const { source, streams, heard, counted } = start();
  source.close();

  emit(streams[0], '2-0');
  streams[0].emit('open');
  fail(streams[0], CONNECTING);

  assert.deepEqual([heard, counted], [[], { opened: 0, lost: 0 }]);
});

test('while the browser reconnects by itself nothing is done, but it is said', () => {
  const { clock, streams, counted } = start();

  fail(streams[0], CONNECTING);
  clock.advance(60);

  assert.deepEqual([streams.length, counted.lost], [1, 1]);
});

test('a browser that has tried often enough by itself is kept from it, and waits half a second', () => {
  const { clock, streams, counted, open } = start();
  streams[0].emit('open');

  for (let time = 0; time < 20; time += 1) fail(streams[0], CONNECTING);
  const left = open().length;
  clock.advance(0.49);
  const before = streams.length;
  clock.advance(0.01);
  fail(streams[1], CONNECTING);
  clock.advance(0.5);

  assert.deepEqual([left, before, streams.length, counted.lost], [0, 1, 3, 21]);
});

test('a browser whose stream opens may try as often again', () => {
  const { streams, open } = start();

  for (let time = 0; time < 60; time += 1) {
    if (time % 19 === 0) streams[0].emit('open');
    fail(streams[0], CONNECTING);
  }

  assert.deepEqual([streams.length, open().length], [1, 1]);
});

test('a stream that is dead for good is made anew after its last id', () => {
  const { clock, streams } = start('1-0');
  emit(streams[0], '2-0');

  fail(streams[0], CLOSED);
  clock.advance(0.5);

  assert.equal(streams[1].url, '/events?after=2-0');
});

test('the delays grow up to five seconds', () => {
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

  assert.deepEqual([streams.length, counted.opened], [4, 1]);
});

test('what is refused from the beginning has not been lost', () => {
  const { clock, streams, counted } = start();
  fail(streams[0], CLOSED);
  const atFirst = counted.lost;
  clock.advance(0.5);
  streams[1].emit('open');
  fail(streams[1], CLOSED);

  assert.deepEqual([atFirst, counted.lost], [0, 1]);
});

test('one that is closed while it waits for its delay is not made anew', () => {
  const { clock, source, streams } = start();
  fail(streams[0], CLOSED);

  source.close();
  clock.advance(60);

  assert.deepEqual([streams.length, clock.waiting()], [1, 0]);
});

test('opening does not wait for the delay, nor does the delay open a second stream', () => {
  const { clock, source, streams, open } = start();
  fail(streams[0], CLOSED);

  source.open('3-0');
  const opened = open().length;
  clock.advance(60);

  assert.deepEqual([opened, open().length, streams.length], [1, 1, 2]);
});

test('a delay that was cut short does not shorten the next', () => {
  const { clock, source, streams } = start();
  fail(streams[0], CLOSED);
  source.open('1-0');

  fail(streams[1], CLOSED);
  clock.advance(0.9);
  const early = streams.length;
  clock.advance(0.1);

  assert.deepEqual([early, streams.length], [2, 3]);
});
