import assert from 'node:assert/strict';
import { test } from 'node:test';

import { connect } from '../../../livereload_sse/sse/sse-client.js';
import { createTarget } from '../stream/fakes.js';
import { createWorld, noteStates, settle } from './world.js';

const CONNECTING = 0;
const CLOSED = 2;

/** @param {import('../../../livereload_sse/sse/sse-client.js').Options} [options] */
function start(options, url = '/events') {
  const surroundings = createWorld();
  const connection = connect(url, options, surroundings.world);
  /** @type {unknown[][]} */
  const heard = [];
  const hear = (/** @type {string} */ name) =>
    connection.on(name, (data, event) => heard.push([name, data, event.id]));
  const source = () => surroundings.streams.at(-1);
  return { ...surroundings, connection, heard, hear, source, states: noteStates(connection) };
}

/** @param {any} source @param {string} name @param {string} data */
function tell(source, name, data, lastEventId = '') {
  source.emit(name, { data, lastEventId });
}

/** @param {any} source @param {number} readyState */
function fail(source, readyState) {
  source.readyState = readyState;
  source.emit('error');
}

test('an address is that of the page, and the id to begin after is in its query', () => {
  const plain = start({});
  const after = start({ after: '7-0' }, 'events?channel=a%20b');
  const again = start({ after: '…' }, '/events?after=1-0');
  const unknown = start({ after: null });

  assert.equal(plain.source().url, 'https://example.org/events');
  assert.equal(after.source().url, 'https://example.org/shop/events?channel=a+b&after=7-0');
  assert.equal(again.source().url, 'https://example.org/events?after=%E2%80%A6');
  assert.deepEqual([unknown.source().url, unknown.connection.lastEventId], ['https://example.org/events', '']);
});

test('an address may be of the base that a page names, and cookies go elsewhere if it is said', () => {
  const { world, streams } = createWorld();
  world.document = { baseURI: 'https://cdn.example.org/a/' };
  connect('events', { withCredentials: true }, world);
  connect(new URL('https://example.net/'), {}, world);

  const asked = streams.map(({ url, init }) => [url, init.withCredentials]);
  assert.deepEqual(asked, [['https://cdn.example.org/a/events', true], ['https://example.net/', false]]);
});

test('an address that cannot be is refused at once', () => {
  const { world, window } = createWorld();

  assert.throws(() => connect('https://', {}, world));
  assert.throws(() => connect('/events', { method: 'GET', body: 'x' }, world));
  assert.throws(() => connect('/events', { headers: { 'no name': 'x' } }, world));
  assert.equal(window.countListeners(), 0);
});

test('data is what the JSON says, or the text that is no JSON; the event has its text', () => {
  const { connection, source } = start();
  /** @type {unknown[]} */
  const heard = [];
  connection.on('metric', (data, event) => heard.push(data, event));

  tell(source(), 'metric', '{"cpu":7}', '1-0');
  tell(source(), 'metric', 'fine', '2-0');

  assert.deepEqual(heard, [
    { cpu: 7 }, { name: 'metric', data: '{"cpu":7}', id: '1-0' },
    'fine', { name: 'metric', data: 'fine', id: '2-0' },
  ]);
});

test('a name that is asked for later is heard from then on, and once by each handler', () => {
  const { heard, hear, source } = start();
  tell(source(), 'metric', '0');
  hear('metric');
  hear('metric');

  tell(source(), 'metric', '1');

  assert.deepEqual(heard, [['metric', 1, ''], ['metric', 1, '']]);
});

test('a handler that is taken off hears nothing more, and nobody else is taken off', () => {
  const { connection, heard, hear, source } = start();
  const same = (/** @type {number} */ data) => heard.push(['same', data]);
  const takeOff = connection.on('message', same);
  connection.on('message', same);
  hear('message');

  takeOff();
  takeOff();
  tell(source(), 'message', '1');

  assert.deepEqual(heard, [['same', 1], ['message', 1, '']]);
});

test('a handler that takes off a later one, or adds one, does so from the next event on', () => {
  const { connection, heard, source } = start();
  connection.on('message', () => {
    takeOff();
    connection.on('message', (data) => heard.push(['new', data]));
  });
  const takeOff = connection.on('message', () => heard.push(['taken off']));

  tell(source(), 'message', '1');
  const atFirst = [...heard];
  tell(source(), 'message', '2');

  assert.deepEqual([atFirst, heard], [[], [['new', 2]]]);
});

test('a handler that throws is reported, and stops nobody', () => {
  const { connection, errors, heard, hear, source } = start();
  const error = new Error('mine');
  const fails = () => {
    throw error;
  };
  connection.on('message', fails);
  connection.onState(fails);
  hear('message');

  source().emit('open');
  tell(source(), 'message', '1');

  assert.deepEqual([heard, errors, connection.state], [[['message', 1, '']], [error, error, error], 'open']);
});

test('the place moves with unnamed events that nobody listens to', () => {
  const { connection, source } = start();

  tell(source(), 'message', 'x', '7-0');

  assert.equal(connection.lastEventId, '7-0');
});

test('the place moves with each id, and not with an event before the first id', () => {
  const { connection, hear, heard, source } = start({ after: '6-0' });
  hear('message');
  const places = [connection.lastEventId];

  for (const id of ['', '7-0', '', '']) {
    tell(source(), 'message', 'x', id);
    places.push(connection.lastEventId);
  }

  assert.deepEqual(places, ['6-0', '6-0', '7-0', '', '']);
  assert.deepEqual(heard.map(([, , id]) => id), ['6-0', '7-0', '', '']);
});

test('a server may call its events "open" and "error"', () => {
  const { connection, hear, heard, source, states } = start();
  hear('error');
  hear('open');

  tell(source(), 'error', '"disk full"');
  tell(source(), 'open', '"at nine"');
  source().emit('open');

  assert.deepEqual(heard, [['error', 'disk full', ''], ['open', 'at nine', '']]);
  assert.deepEqual([states, connection.state], [['connecting', 'open'], 'open']);
});

test('while the browser comes back by itself it is let alone, and that is told once', () => {
  const { clock, connection, source, states, streams } = start();
  source().emit('open');

  for (let time = 0; time < 50; time += 1) fail(source(), CONNECTING);
  clock.advance(600);
  source().emit('open');

  assert.deepEqual(states, ['connecting', 'open', 'waiting', 'open']);
  assert.deepEqual([streams.length, connection.state], [1, 'open']);
});

test('a browser that fails too often is kept from its pace, once the place is known', () => {
  const { clock, hear, source, states, streams } = start({ retry: 2 });
  hear('message');
  tell(source(), 'message', '1', '7-0');
  for (let time = 0; time < 4; time += 1) fail(source(), CONNECTING);
  assert.equal(streams[0].readyState, CLOSED);
  clock.advance(15.9);
  assert.equal(streams.length, 1);

  clock.advance(0.1);
  fail(source(), CONNECTING);

  assert.equal(streams[1].url, 'https://example.org/events?after=7-0');
  const waiting = ['waiting', 'waiting {"delay":16}', 'connecting', 'waiting {"delay":20}'];
  assert.deepEqual(states, ['connecting', ...waiting]);
});

test('a browser that has opened the stream may fail as often again', () => {
  const { source, streams } = start({ after: '1-0' });

  for (let time = 0; time < 20; time += 1) {
    if (time % 3 === 0) source().emit('open');
    fail(source(), CONNECTING);
  }

  assert.equal(streams.length, 1);
});

test('what the browser has given up is asked for after the last id, and read from there', async () => {
  const { connection, hear, heard, requests, source, states } = start({}, '/events?channel=a');
  hear('message');
  source().emit('open');
  tell(source(), 'message', '1', '7-0');

  fail(source(), CLOSED);
  await requests[0].answer();
  await requests[0].say('data: 2\n\n');

  assert.equal(requests[0].url, 'https://example.org/events?channel=a&after=7-0');
  assert.deepEqual(requests[0].headers, { accept: 'text/event-stream' });
  assert.deepEqual(heard, [['message', 1, '7-0'], ['message', 2, '7-0']]);
  assert.deepEqual(states, ['connecting', 'open', 'connecting', 'open']);
  connection.close();
});

test('one that is refused says why', async () => {
  for (const [status, told] of /** @type {const} */ ([[403, 'failed'], [204, 'ended']])) {
    const { connection, requests, source, states } = start();
    fail(source(), CLOSED);
    await requests[0].answer(status);

    assert.deepEqual(states, ['connecting', `${told} {"status":${status}}`]);
    assert.equal(await connection.done, told);
  }
});

test('one that is refused for a while comes back, again and again, with its place', async () => {
  const { clock, connection, requests, source, states } = start({ after: '7-0' });
  fail(source(), CLOSED);
  await requests[0].answer(503, { 'retry-after': '3' });
  clock.advance(3);
  await requests[1].answer();
  await requests[1].say('id: 8-0\n\n');
  await requests[1].cut();
  clock.advance(1);

  const places = requests.map(({ url }) => new URL(url).searchParams.get('after'));
  assert.deepEqual(places, ['7-0', '7-0', '8-0']);
  assert.equal(states[1], 'waiting {"delay":3,"status":503}');
  connection.close();
});

test('a stream that is over behind its end event has ended, and is not asked for again', async () => {
  const { connection, hear, heard, source, states, streams } = start();
  hear('end');
  tell(source(), 'end', '"bye"', '9-0');
  fail(source(), CONNECTING);

  assert.deepEqual([heard, states], [[['end', 'bye', '9-0']], ['connecting', 'ended']]);
  assert.deepEqual([await connection.done, streams.length], ['ended', 1]);
  assert.equal(source().readyState, CLOSED);
});

test('an end event with others behind it was that of one channel', () => {
  const { connection, hear, heard, source } = start();
  hear('message');
  tell(source(), 'end', 'null', '9-0');
  tell(source(), 'message', '1', '9-1');
  fail(source(), CONNECTING);

  assert.deepEqual([heard, connection.state], [[['message', 1, '9-1']], 'waiting']);
});

test('the end event has the name it is given, or there is none', () => {
  const other = start({ endEvent: 'over' });
  const none = start({ endEvent: '' });
  for (const { source } of [other, none]) {
    for (const name of ['end', 'over']) tell(source(), name, '');
    fail(source(), CONNECTING);
  }

  assert.deepEqual([other.connection.state, none.connection.state], ['ended', 'waiting']);
});

test('what cannot be meant is refused at once', () => {
  const { connection } = start();
  const refuse = (/** @type {any} */ options) => () => connect('/events', options, createWorld().world);

  assert.throws(refuse({ retries: 3 }));
  assert.throws(refuse({ transport: 'xhr' }));
  assert.throws(refuse({ after: {} }));
  assert.throws(() => connect(/** @type {any} */ (undefined), {}, createWorld().world));
  assert.throws(() => connection.on('metric', /** @type {any} */ (undefined)));
  assert.throws(() => connection.onState(/** @type {any} */ (5)));
});

test('one that is closed tells nothing any more, not even what was on its way', async () => {
  const { clock, connection, hear, heard, requests, source, states, streams } = start();
  hear('message');
  connection.close();
  connection.close();

  source().emit('open');
  tell(source(), 'message', '1');
  fail(source(), CLOSED);
  clock.advance(60);

  assert.deepEqual([heard, states, streams.length], [[], ['connecting', 'closed'], 1]);
  assert.deepEqual([await connection.done, requests.length, clock.waiting()], ['closed', 0, 0]);
});

test('a handler that closes is the last one that is called', () => {
  const { connection, hear, heard, source } = start();
  connection.on('message', () => connection.close());
  hear('message');

  tell(source(), 'message', '1');

  assert.deepEqual(heard, []);
});

test('a state that a handler brings about is told to all, and the old one to nobody after it', () => {
  const { connection, source, states } = start();
  /** @type {string[]} */
  const later = [];
  connection.onState((state) => state === 'open' && connection.close());
  connection.onState((state) => later.push(state));

  source().emit('open');

  assert.deepEqual([states, later], [['connecting', 'open', 'closed'], ['connecting', 'closed']]);
});

test('a handler of states that another one takes off is not called any more', () => {
  const { connection, source } = start();
  /** @type {string[]} */
  const heard = [];
  let takeOff = () => {};
  connection.onState((state) => state === 'open' && takeOff());
  takeOff = connection.onState((state) => heard.push(state));

  source().emit('open');

  assert.deepEqual(heard, ['connecting']);
});

test('a handler of states that is taken off hears no more, and one may close at once', () => {
  const { connection, source } = start();
  /** @type {string[]} */
  const heard = [];
  connection.onState((state) => heard.push(state))();
  source().emit('open');
  connection.onState((state) => {
    heard.push(state);
    connection.close();
  });

  assert.deepEqual(heard, ['connecting', 'open', 'closed']);
});

test('a signal closes, also one that was aborted before', async () => {
  const controller = new AbortController();
  const { connection, source } = start({ signal: controller.signal });
  controller.abort();
  const late = start({ signal: controller.signal });

  assert.deepEqual([await connection.done, source().readyState], ['closed', CLOSED]);
  assert.deepEqual([late.connection.state, late.streams.length], ['closed', 0]);
});

test('a page behind the back button has no stream, and one after the last id when it returns', () => {
  const { clock, hear, heard, source, states, streams, window } = start();
  hear('metric');
  window.emit('pageshow');
  source().emit('open');
  tell(source(), 'metric', '1', '7-0');

  window.emit('pagehide');
  tell(source(), 'metric', '2', '8-0'); // was on its way, and is told again
  const open = streams.filter(({ readyState }) => readyState !== CLOSED);
  window.emit('online');
  clock.advance(60);
  window.emit('pageshow');
  window.emit('pageshow');

  tell(source(), 'metric', '2', '8-0');
  assert.deepEqual([open.length, streams.length], [0, 2]);
  assert.deepEqual(heard, [['metric', 1, '7-0'], ['metric', 2, '8-0']]);
  assert.equal(source().url, 'https://example.org/events?after=7-0');
  assert.deepEqual(states, ['connecting', 'open', 'connecting']);
});

test('a page that has closed its stream does not open it when it returns', () => {
  const { connection, streams, window } = start();
  connection.close();
  for (const name of ['pagehide', 'pageshow', 'online']) window.emit(name);

  assert.equal(streams.length, 1);
});

test('one that waits tries at once when the network is back', () => {
  const { hear, source, streams, window } = start();
  hear('message');
  source().emit('open');
  window.emit('online');
  fail(source(), CONNECTING);
  window.emit('online'); // only the browser knows whether there was an id without an event
  assert.equal(streams.length, 1);

  tell(source(), 'message', '1', '7-0');
  window.emit('online');
  assert.equal(streams[0].readyState, CLOSED);
  source().emit('open');
  window.emit('online'); // it does not wait

  assert.equal(streams.length, 2);
  assert.equal(source().url, 'https://example.org/events?after=7-0');
});

test('nothing is left behind', async () => {
  /** @type {any} */
  const signal = createTarget({ aborted: false });
  const { clock, connection, window } = start({ after: '1-0', signal });
  assert.equal(signal.countListeners(), 1);
  connection.close();
  await settle();

  assert.deepEqual([window.countListeners(), signal.countListeners(), clock.waiting()], [0, 0, 0]);
});
