import assert from 'node:assert/strict';
import { test } from 'node:test';

import { connect } from '../../../livereload_sse/sse/sse-client.js';
import { createWorld, noteStates, settle } from './world.js';

/**
 * @param {import('../../../livereload_sse/sse/sse-client.js').Options} [options]
 * @param {{ chance?: number, hasEventSource?: boolean }} [browser]
 */
function start(options = { transport: 'fetch' }, browser = {}) {
  const surroundings = createWorld(browser);
  const connection = connect('/events?channel=a', options, surroundings.world);
  /** @type {unknown[][]} */
  const heard = [];
  for (const name of ['message', 'metric', 'end']) {
    connection.on(name, (data, { id }) => heard.push([name, data, id]));
  }
  /** Wait for the next try, and answer it. @param {number} seconds */
  async function answerAfter(seconds, status = 200, headers = {}) {
    surroundings.clock.advance(seconds);
    await surroundings.requests.at(-1)?.answer(status, headers);
  }
  const last = () => /** @type {NonNullable<typeof surroundings.requests[0]>} */ (surroundings.requests.at(-1));
  return { ...surroundings, connection, heard, last, answerAfter, states: noteStates(connection) };
}

/** Seconds: the longest time that a browser's timers know. */
const MOST = (2 ** 31 - 1) / 1000;

/** The delays of the states that have one. */
function delaysOf(/** @type {string[]} */ states) {
  return states.flatMap((state) => (state.includes('delay') ? [JSON.parse(state.slice(8)).delay] : []));
}

test('a request with a method, headers or a body is made with fetch, as it is asked', async () => {
  const body = '{"question":1}';
  const { connection, requests, streams } = start({
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body, withCredentials: true, after: '7-0',
  });

  const { url, headers, init } = requests[0];
  assert.equal(url, 'https://example.org/events?channel=a');
  assert.deepEqual(headers, {
    accept: 'text/event-stream', 'content-type': 'application/json', 'last-event-id': '7-0',
  });
  assert.deepEqual([init.method, init.body, init.credentials, init.cache], ['POST', body, 'include', 'no-store']);
  assert.equal(streams.length, 0);
  connection.close();
});

test('each of them alone is enough, and so is a browser without EventSource', () => {
  const options = [{ method: 'GET' }, { headers: {} }, { body: 'x' }, { transport: 'fetch' }];
  for (const one of options) {
    const { connection, requests } = start(/** @type {any} */ (one));
    assert.deepEqual([requests.length, requests[0].init.credentials], [1, 'same-origin']);
    assert.equal(requests[0].init.method, 'body' in one ? 'POST' : one.method);
    assert.equal('last-event-id' in requests[0].headers, false);
    connection.close();
  }
  const { connection, requests } = start({ after: '7-0' }, { hasEventSource: false });
  assert.equal(requests[0].url, 'https://example.org/events?channel=a&after=7-0');
  assert.equal('last-event-id' in requests[0].headers, false);
  connection.close();
});

test('events are told as they come, by their names', async () => {
  const { connection, heard, requests, states } = start();
  await requests[0].answer();
  await requests[0].say('id: 1-0\nevent: metric\ndata: {"cpu"');
  await requests[0].say(':7}\n\ndata: plain\n\nevent: unheard\ndata: 0\nid: 2-0\n\n');

  assert.deepEqual(heard, [['metric', { cpu: 7 }, '1-0'], ['message', 'plain', '1-0']]);
  assert.deepEqual([states, connection.lastEventId], [['connecting', 'open'], '2-0']);
  connection.close();
});

test('what was lost comes back with the last id and the same request', async () => {
  const body = new URLSearchParams({ question: '1' });
  const { connection, requests, states, last, answerAfter } = start({ method: 'POST', body });
  await last().answer();
  await last().say('id: …\ndata: 1\n\nid: 9-9\ndata: cut off');
  await last().cut();
  await answerAfter(1);

  const bytes = [...requests[1].headers['last-event-id']].map((byte) => byte.charCodeAt(0));
  assert.equal(new TextDecoder().decode(Uint8Array.from(bytes)), '…');
  assert.deepEqual([requests[1].init.method, requests[1].init.body], ['POST', body]);
  assert.deepEqual(states, ['connecting', 'open', 'waiting {"delay":1}', 'connecting', 'open']);
  connection.close();
});

test('the id goes on over connections, alone it is an id, and an empty one is none', async () => {
  const { connection, heard, last, answerAfter, requests } = start();
  await last().answer();
  await last().say('id: 1-0\n\n');
  await last().end();
  await answerAfter(1);
  await last().say('data: 1\n\nid\ndata: 2\n\n');
  await last().end();
  await answerAfter(1);

  assert.deepEqual(heard, [['message', 1, '1-0'], ['message', 2, '']]);
  const sent = requests.map(({ headers }) => headers['last-event-id']);
  assert.deepEqual(sent, [undefined, '1-0', undefined]);
  connection.close();
});

test('delays grow to the longest, and are short again once a stream has got on', async () => {
  const { connection, last, answerAfter, states } = start({ transport: 'fetch', retry: 1, maxRetry: 30 });
  await last().cut();
  for (const delay of [1, 2, 4, 8, 16, 20]) {
    await answerAfter(delay - 0.001);
    await answerAfter(0.001, 500);
  }
  await answerAfter(20);
  await last().say('id: 5\n\n');
  await last().end();

  assert.deepEqual(delaysOf(states), [1, 2, 4, 8, 16, 20, 20, 1]);
  connection.close();
});

test('a stream that fails again and again behind its first words is asked for ever later', async () => {
  const { connection, last, answerAfter, states } = start({ method: 'POST', retry: 1 });
  await last().answer();
  for (const delay of [1, 2, 4]) {
    await last().say('data: 1\n\n');
    await last().cut();
    await answerAfter(delay);
  }

  assert.deepEqual(delaysOf(states), [1, 2, 4]);
  connection.close();
});

test('a stream without ids that was open for a while is asked for soon again', async () => {
  const { clock, connection, last, answerAfter, states } = start({ method: 'POST', retry: 1, silence: 0 });
  await last().cut();
  await answerAfter(1);
  clock.advance(9.9);
  await last().cut();
  await answerAfter(2);
  clock.advance(10);
  await last().cut();

  assert.deepEqual(delaysOf(states), [1, 2, 1]);
  connection.close();
});

test('a delay is longer by chance, by half of itself at most, and never than the longest', async () => {
  const { connection, last, answerAfter, states } = start({ transport: 'fetch' }, { chance: 1 });
  await last().cut();
  for (const delay of [1.5, 3, 6, 12, 24, 30]) await answerAfter(delay, 500);

  assert.deepEqual(delaysOf(states), [1.5, 3, 6, 12, 24, 30, 30]);
  connection.close();
});

test('the delay that the server asks for is the first, even where it is longer than ours', async () => {
  for (const [wish, delays] of /** @type {const} */ ([[2500, [2.5, 5, 10]], [90_000, [90, 90, 90]]])) {
    const { connection, last, answerAfter, states } = start();
    await last().answer();
    await last().say(`retry: ${wish}\n`);
    await last().end();
    for (const delay of delays.slice(0, 2)) await answerAfter(delay, 503);

    assert.deepEqual(delaysOf(states), delays);
    connection.close();
  }
});

test('a server that asks for no delay gets a short one, and one that asks for ever gets its wish', async () => {
  for (const [wish, delay] of /** @type {const} */ ([['0', 0.05], ['9'.repeat(400), MOST]])) {
    const { clock, connection, last, requests, states } = start();
    await last().answer();
    await last().say(`retry: ${wish}\n\n`);
    await last().end();
    clock.advance(24 * 24 * 3600);

    assert.deepEqual(delaysOf(states), [delay]);
    assert.equal(requests.length, delay === MOST ? 1 : 2);
    connection.close();
  }
});

test('nor does a delay for ever in a refusal, or in silence, mean at once', async () => {
  const refused = start();
  await refused.last().answer(503, { 'retry-after': '9'.repeat(400) });
  const silent = start({ transport: 'fetch', silence: Infinity });
  for (const { clock, connection, requests } of [refused, silent]) {
    clock.advance(3600);
    await settle();
    assert.deepEqual([requests.length, requests[0].signal.aborted], [1, connection === refused.connection]);
    connection.close();
  }
});

test('what passes is tried again, when the server says, and what does not is the end', async () => {
  const soon = new Date(Date.now() + 100_000).toUTCString();
  const past = new Date(Date.now() - 100_000).toUTCString();
  const answers = /** @type {const} */ ([
    [500, {}, 1], [502, {}, 1], [503, { 'retry-after': '7' }, 7], [599, {}, 1], [408, {}, 1], [425, {}, 1],
    [429, { 'retry-after': '0' }, 1], [429, { 'retry-after': '120' }, 120],
    [503, { 'retry-after': past }, 1], [503, { 'retry-after': 'soon' }, 1], [503, { 'retry-after': '-5' }, 1],
  ]);
  for (const [status, headers, delay] of answers) {
    const { connection, last, states } = start();
    await last().answer(status, headers);
    assert.deepEqual(states, ['connecting', `waiting {"delay":${delay},"status":${status}}`]);
    assert(last().signal.aborted, 'the rest of its answer is not wanted');
    connection.close();
  }
  const { connection, last, states } = start();
  await last().answer(503, { 'retry-after': soon });
  const [delay] = delaysOf(states);
  assert(delay > 90 && delay <= 100, String(delay));
  connection.close();
});

test('the delay that a refusal asks for is not shortened by chance', async () => {
  const { connection, last, states } = start({ transport: 'fetch' }, { chance: 1 });
  await last().answer(503, { 'retry-after': '120' });

  assert.deepEqual(delaysOf(states), [120.5]);
  connection.close();
});

test('any other answer is the end, and says so', async () => {
  for (const status of [201, 205, 206, 299, 304, 400, 401, 403, 404, 410, 499]) {
    const { connection, clock, last, requests, states } = start();
    await last().answer(status);
    clock.advance(3600);

    assert.deepEqual(states, ['connecting', `failed {"status":${status}}`]);
    assert.deepEqual([await connection.done, requests.length, clock.waiting()], ['failed', 1, 0]);
  }
});

test('204 is the end of a stream', async () => {
  const { connection, clock, last, requests, states } = start();
  await last().answer(204);
  clock.advance(3600);

  assert.deepEqual(states, ['connecting', 'ended {"status":204}']);
  assert.deepEqual([await connection.done, requests.length], ['ended', 1]);
});

test('only an event stream is one, whatever else its type says', async () => {
  for (const [type, state] of [
    ['text/event-stream; charset=utf-8', 'open'], ['TEXT/Event-Stream ;', 'open'],
    ['text/event-stream;x=bogus', 'open'], ['text/html', 'failed {"status":200}'],
    ['', 'failed {"status":200}'], ['text/event-streams', 'failed {"status":200}'],
    ['x/y, text/event-stream', 'failed {"status":200}'],
  ]) {
    const { connection, last, states } = start();
    await last().answer(200, { 'content-type': type });
    assert.deepEqual(states, ['connecting', state], type);
    connection.close();
  }
});

test('an answer that was cut amid its headers is lost, not refused', async () => {
  const { clock, last, requests, states } = start();
  await last().answer(200, { 'content-type': undefined });
  clock.advance(60);

  assert.deepEqual([states[1].split(' ')[0], requests.length], ['waiting', 2]);
});

test('a stream that is over right behind its end event is not asked for again', async () => {
  const { clock, connection, heard, last, requests, states } = start();
  await last().answer();
  await last().say('id: end\nevent: end\ndata: null\n\n: still here\n\n');
  const before = connection.state;
  await last().end();
  clock.advance(3600);

  assert.deepEqual([heard, before, states.at(-1)], [[['end', null, 'end']], 'open', 'ended']);
  assert.deepEqual([await connection.done, connection.lastEventId, requests.length], ['ended', 'end', 1]);
});

test('the end of one channel is not that of a stream of several', async () => {
  const { clock, connection, heard, last, requests } = start();
  await last().answer();
  await last().say('id: 1\nevent: end\ndata: null\n\nid: 2\ndata: 1\n\n');
  await last().end();
  clock.advance(60);

  assert.deepEqual(heard, [['end', null, '1'], ['message', 1, '2']]);
  assert.deepEqual([connection.state, requests.length], ['connecting', 2]);
});

test('a stream that ends at the moment it is closed does not come back', async () => {
  const { clock, connection, last, requests, states } = start();
  await last().answer();
  connection.on('message', () => connection.close());
  const said = last().say('data: 1\n\n');
  const ended = last().end();
  await Promise.all([said, ended]);
  clock.advance(60);

  assert.deepEqual([states, requests.length], [['connecting', 'open', 'closed'], 1]);
});

test('one that is closed is closed on the wire too, before the answer and after', async () => {
  const { clock, connection, last, states } = start();
  connection.close();
  const late = start();
  await late.last().answer();
  late.connection.close();
  await settle();

  assert.deepEqual([last().signal.aborted, late.last().signal.aborted], [true, true]);
  assert.deepEqual([states.at(-1), late.states.at(-1), clock.waiting(), late.clock.waiting()], ['closed', 'closed', 0, 0]);
});

test('an answer that comes at the moment it is closed is not told', async () => {
  const { connection, last, states } = start();
  const answered = last().answer();
  connection.close();
  await answered;

  assert.deepEqual(states, ['connecting', 'closed']);
});

test('one that is closed while it waits does not come back', async () => {
  const { clock, connection, last, requests } = start();
  await last().cut();
  connection.close();
  assert.equal(clock.waiting(), 0);
  clock.advance(60);

  assert.deepEqual([requests.length, connection.state], [1, 'closed']);
});

test('silence is a loss, from the request on; a comment breaks it', async () => {
  const { clock, connection, last, requests, states } = start({ transport: 'fetch', silence: 45 });
  clock.advance(44);
  await last().answer();
  for (let time = 0; time < 3; time += 1) {
    clock.advance(44);
    await last().say(': still here\n\n');
  }
  clock.advance(44.9);
  assert.equal(last().signal.aborted, false);
  clock.advance(0.1);
  await settle();
  assert.deepEqual(states, ['connecting', 'open', 'waiting {"delay":1}']);

  clock.advance(1);
  clock.advance(45);
  await settle();

  assert.deepEqual([requests.length, states.at(-1)], [2, 'waiting {"delay":2}']);
  connection.close();
});

test('silence may last for ever where it is said so', async () => {
  const { clock, connection, last, states } = start({ transport: 'fetch', silence: 0 });
  await last().answer();
  clock.advance(24 * 24 * 3600);
  await settle();

  assert.deepEqual(states, ['connecting', 'open']);
  connection.close();
});

test('a network that is back is tried at once, with short delays again', async () => {
  const { connection, answerAfter, last, requests, states, window } = start();
  window.emit('online');
  await last().cut();
  await answerAfter(1, 503);
  await answerAfter(2, 503);
  window.emit('online');
  window.emit('online');
  assert.equal(requests.length, 4);
  await last().cut();

  assert.deepEqual(delaysOf(states), [1, 2, 4, 1]);
  connection.close();
});

test('a page behind the back button asks for nothing, and goes on where it was', async () => {
  const { clock, connection, heard, last, requests, states, window } = start();
  await last().answer();
  await last().say('id: 7-0\ndata: 1\n\n');
  window.emit('pagehide');
  await settle();
  clock.advance(60);
  assert.deepEqual([last().signal.aborted, requests.length, clock.waiting()], [true, 1, 0]);

  window.emit('pageshow');
  await last().answer();
  await last().say('data: 2\n\n');

  assert.equal(last().headers['last-event-id'], '7-0');
  assert.deepEqual([heard.length, states], [2, ['connecting', 'open', 'connecting', 'open']]);
  connection.close();
});

test('a page that waited when it was left does not wait when it is back', async () => {
  const { connection, last, requests, window } = start();
  await last().cut();
  window.emit('pagehide');
  window.emit('online');
  assert.equal(requests.length, 1);
  window.emit('pageshow');

  assert.equal(requests.length, 2);
  connection.close();
});
