import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createHub } from '../../../livereload_sse/client/stream/hub.js';
import { createClock, createEventSource, settle } from '../fakes.js';
import { createChance, createModel } from './browser_model.js';
import { createFetch, createPort } from './fakes.js';

const CONNECTING = 0;
const CLOSED = 2;
const GAMES = 400;

function start() {
  const clock = createClock();
  const { EventSource, streams } = createEventSource();
  const { fetch, requests } = createFetch();
  const hub = createHub({
    EventSource, fetch, ...clock, url: 'http://host/', reader: 'r', names: ['change'],
  });
  let greetings = 0;

  function join(after = '1-0', isVisible = true) {
    const port = createPort();
    hub.connect(port);
    port.say({ type: 'hello', greeting: ++greetings, after, isVisible });
    return port;
  }

  const open = () => streams.filter(({ readyState }) => readyState !== CLOSED);
  const told = () =>
    requests.filter(({ url }) => url === 'http://host/tabs').map(({ options }) => options.body);
  const asked = () => requests.filter(({ url }) => url.startsWith('http://host/missed'));
  return { clock, streams, requests, hub, join, open, told, asked };
}

/** What was sent to a port, but for `alone`. @param {any} port */
function typesTo(port) {
  const types = port.sent.map((/** @type {any} */ { type }) => type);
  return types.filter((/** @type {string} */ type) => type !== 'alone');
}

/** @param {any} port */
function eventsTo(port) {
  const events = port.sent.filter((/** @type {any} */ { type }) => type === 'event');
  return events.map((/** @type {any} */ { id }) => id);
}

/** @param {any} stream @param {string} id */
function emit(stream, id) {
  stream.emit('change', { data: '{}', lastEventId: id });
}

/** @param {any} stream @param {number} readyState */
function fail(stream, readyState) {
  stream.readyState = readyState;
  stream.emit('error');
}

test('the first tab opens the stream after its own id and says how many tabs there are', () => {
  const { join, streams } = start();

  join('1-0');

  assert.deepEqual(streams.map(({ url }) => url), [
    'http://host/events?reader=r-1&visible=1&hidden=0&after=1-0',
  ]);
});

test('a tab is welcomed at once, under the number of its greeting', () => {
  const { join } = start();

  assert.deepEqual(join().sent[0], { type: 'welcome', greeting: 1 });
});

test('thirty tabs have one stream, and each is told each event', () => {
  const { join, streams } = start();
  const ports = Array.from({ length: 30 }, () => join('1-0'));

  emit(streams[0], '2-0');

  assert.equal(streams.length, 1);
  assert.deepEqual(ports.flatMap(eventsTo), Array(30).fill('2-0'));
});

test('an event is told with its name, data and id', () => {
  const { join, streams } = start();
  const port = join();

  emit(streams[0], '2-0');

  assert.deepEqual(port.sent.at(-1), {
    type: 'event', greeting: 1, name: 'change', data: '{}', id: '2-0',
  });
});

test('tabs are told once that the connection is lost, and each time that it is there', () => {
  const { join, streams } = start();
  const port = join();
  streams[0].emit('open');
  fail(streams[0], CONNECTING);
  fail(streams[0], CONNECTING);
  streams[0].emit('open');

  assert.deepEqual(typesTo(port), ['welcome', 'opened', 'away', 'opened']);
});

test('a tab that comes later is told how things are', () => {
  const { join, streams } = start();
  join();
  streams[0].emit('open');
  const whileOpen = join();
  fail(streams[0], CONNECTING);
  const whileAway = join();

  assert.deepEqual(typesTo(whileOpen), ['welcome', 'opened', 'away']);
  assert.deepEqual(typesTo(whileAway), ['welcome', 'away']);
});

test('a tab with an id that the stream has passed is told the rest, without asking', () => {
  const { join, streams, asked } = start();
  join('1-0');
  emit(streams[0], '2-0');
  emit(streams[0], '3-0');
  const ports = ['1-0', '2-0', '3-0'].map((id) => join(id));

  assert.deepEqual(ports.map(eventsTo), [['2-0', '3-0'], ['3-0'], []]);
  assert.equal(asked().length, 0);
});

test('when the last tab has left the stream is closed, and the next one begins anew', () => {
  const { join, open, streams } = start();
  const [one, two] = [join(), join()];
  streams[0].emit('open');

  one.say({ type: 'bye' });
  const oneLeft = open().length;
  two.say({ type: 'bye' });
  const noneLeft = open().length;
  const three = join('7-0');

  assert.deepEqual([oneLeft, noneLeft, open().length], [1, 0, 1]);
  assert.deepEqual(typesTo(three), ['welcome']);
  assert(/after=7-0$/.test(streams[1].url), streams[1].url);
});

test('a tab that is seen and does not let hear of itself has crashed', () => {
  const { join, open, clock } = start();
  const port = join();
  for (let time = 0; time < 90; time += 30) {
    clock.advance(30);
    port.say({ type: 'ping' });
  }
  const pinging = open().length;
  clock.advance(35);

  assert.deepEqual([pinging, open().length], [1, 0]);
});

test('a tab that says hello again has all its time again', () => {
  const { join, open, clock } = start();
  const port = join();
  clock.advance(20);
  join(); // so that the stream is not closed in between
  port.say({ type: 'hello', greeting: 9, after: '1-0', isVisible: true });
  clock.advance(30);
  port.say({ type: 'ping' });

  assert.deepEqual([open().length, port.sent.at(-1).type], [1, 'pong']);
});

test('while the server is away it is told nothing, and then what is true', () => {
  const { join, streams, clock, told } = start();
  const port = join();
  streams[0].emit('open');
  port.say({ type: 'visibility', isVisible: false });
  fail(streams[0], CONNECTING);
  clock.advance(1);
  const meanwhile = told().length;
  streams[0].emit('open');
  clock.advance(1);

  assert.deepEqual([meanwhile, told().length], [0, 1]);
});

test('nothing is expected from a tab that is hidden', () => {
  const { join, open, clock } = start();
  const port = join();
  join('1-0', false);
  port.say({ type: 'visibility', isVisible: false });

  clock.advance(3600);
  port.say({ type: 'visibility', isVisible: true });
  port.say({ type: 'ping' });

  assert.equal(open().length, 1);
  assert.equal(typesTo(port).at(-1), 'pong');
});

test('a tab that has left is told nothing more', () => {
  const { join, streams } = start();
  join();
  const gone = join();
  gone.say({ type: 'bye' });

  emit(streams[0], '2-0');

  assert.deepEqual(eventsTo(gone), []);
});

test('a tab that says hello again on the same port stands where it says', () => {
  const { join, streams } = start();
  join('1-0');
  emit(streams[0], '2-0');
  const port = join('2-0');

  port.say({ type: 'hello', greeting: 9, after: '1-0', isVisible: true });
  emit(streams[0], '3-0');

  assert.deepEqual(eventsTo(port), ['2-0', '3-0']);
  assert.equal(port.sent.at(-1).greeting, 9);
});

test('the server is told of tabs that are shown, come and go, once a moment', async () => {
  const { join, streams, clock, told, requests } = start();
  const first = join();
  streams[0].emit('open');
  join('1-0', false);
  join();
  clock.advance(0.05);
  requests[0].answer({});
  await settle();
  first.say({ type: 'visibility', isVisible: false });
  clock.advance(0.05);

  assert.deepEqual(told().map((body) => JSON.parse(body)), [
    { reader: 'r-1', visible: 2, hidden: 1 }, { reader: 'r-1', visible: 1, hidden: 2 },
  ]);
});

test('a ping is answered, unless the tab is not known', () => {
  const { hub, join } = start();
  const port = join();
  const stranger = createPort();
  hub.connect(stranger);

  port.say({ type: 'ping' });
  stranger.say({ type: 'ping' });

  assert.deepEqual(port.sent.at(-1), { type: 'pong', greeting: 1 });
  assert.deepEqual(stranger.sent, []);
});

test('a shown tab finds a stream that has died unnoticed, and a new one is made', async () => {
  const { join, streams, asked, open } = start();
  const port = join('1-0');
  streams[0].emit('open');

  port.say({ type: 'visibility', isVisible: true });
  asked()[0].answer({ events: [{ name: 'change', data: '{}', id: '2-0' }], id: '2-0' });
  await settle();

  assert(/after=1-0$/.test(asked()[0].url), asked()[0].url);
  assert.deepEqual([streams.length, open().length], [2, 1]);
  assert(/after=1-0$/.test(streams[1].url), streams[1].url);
});

test('nobody asks for a tab that is hidden', () => {
  const { join, streams, asked } = start();
  const port = join();
  streams[0].emit('open');

  port.say({ type: 'visibility', isVisible: false });

  assert.equal(asked().length, 0);
});

test('a shown tab leaves a stream alone that has said all', async () => {
  const { join, streams, asked } = start();
  const port = join('1-0');
  streams[0].emit('open');

  port.say({ type: 'visibility', isVisible: true });
  emit(streams[0], '2-0'); // what was under way arrives before the answer
  asked()[0].answer({ events: [{ name: 'change', data: '{}', id: '2-0' }], id: '2-0' });
  await settle();

  assert.equal(streams.length, 1);
});

test('a network that is back, as every tab says, is one new stream', () => {
  const { join, clock, streams, open } = start();
  const ports = [join('1-0'), join('1-0')];
  emit(streams[0], '2-0');

  for (const port of ports) port.say({ type: 'online' });
  clock.advance(0.05);

  assert.deepEqual([streams.length, open().length], [2, 1]);
  assert(/after=2-0$/.test(streams[1].url), streams[1].url);
});

test('a network that is back after the last tab has left is nobody’s business', () => {
  const { join, clock, streams } = start();
  const port = join();

  port.say({ type: 'online' });
  port.say({ type: 'bye' });
  clock.advance(60);

  assert.equal(streams.length, 1);
});

test('what a page’s own script sends does no harm', () => {
  const { hub, streams } = start();
  const port = createPort();
  hub.connect(port);

  const garbled = [null, 7, 'hello', {}, { type: 'bye' }, { type: 'constructor' }];
  for (const message of garbled) port.say(message);
  port.say({ type: 'hello' });

  assert.equal(streams.length, 1);
});

/** @param {any} port @returns {any[]} */
function farewellsTo(port) {
  const sent = port.sent.filter((/** @type {any} */ { type }) => type === 'alone');
  return sent.map((/** @type {any} */ { farewell }) => farewell);
}

test('the only tab knows what to tell the server when it leaves', () => {
  const { join, streams, clock } = start();
  const first = join();
  const second = join();
  second.say({ type: 'bye' });
  first.say({ type: 'online' });
  clock.advance(1);
  streams[1].emit('open');

  const [one, two] = ['r-1', 'r-2'].map((reader) => ({
    url: 'http://host/tabs', body: JSON.stringify({ reader, visible: 0, hidden: 0 }),
  }));
  assert.deepEqual(farewellsTo(first), [one, null, one, two]);
  assert.deepEqual(farewellsTo(second), [null]);
});

test('after a goodbye the numbers are said even where they are as before', async () => {
  const { join, streams, clock, told } = start();
  const first = join();
  streams[0].emit('open');
  const second = join();
  first.say({ type: 'bye' }); // and has told the server that nobody is left
  clock.advance(0.05);

  assert.deepEqual(told().map((body) => JSON.parse(body).visible), [1]);
  assert.equal(typesTo(second)[0], 'welcome');
});

// Chance

/** @param {number} seed */
async function play(seed) {
  const chance = createChance(seed);
  const model = createModel(chance);
  const clock = createClock();
  const hub = createHub({
    ...model, ...clock, url: 'http://host/', reader: 'r', names: ['change'],
  });
  /** @type {{page: string, lastId: string, heard: number[], port: any}[]} */
  const tabs = [];
  const here = () => tabs.filter(({ port }) => port !== null);
  const away = () => tabs.filter(({ port }) => port === null);
  /** @template T @param {T[]} list @returns {T} */
  const pick = (list) => list[Math.floor(chance() * list.length)];

  /** @param {typeof tabs[number]} tab */
  function greet(tab) {
    tab.port = createPort();
    tab.port.postMessage = (/** @type {any} */ { type, data, id }) => {
      if (type !== 'event' || tab.port === null) return;
      tab.heard.push(...JSON.parse(data));
      tab.lastId = id;
    };
    hub.connect(tab.port);
    tab.port.say({ type: 'hello', greeting: 1, after: tab.lastId, isVisible: chance() < 0.5 });
  }

  function openTab() {
    const page = model.render();
    if (page !== null) tabs.push({ page, lastId: page, heard: [], port: null });
  }

  /** @param {typeof tabs[number]} [tab] */
  function leave(tab) {
    tab?.port.say({ type: 'bye' });
    if (tab) tab.port = null;
  }

  function wait(/** @type {number} */ seconds) {
    for (const { port } of here()) port.say({ type: 'ping' });
    clock.advance(seconds);
  }

  const deeds = [
    model.publish, model.publish, model.publish, model.publish, model.publishElsewhere,
    openTab, () => away().length > 0 && greet(pick(away())), () => leave(pick(here())),
    () => pick(here())?.port.say({ type: 'visibility', isVisible: chance() < 0.5 }),
    () => pick(here())?.port.say({ type: 'online' }),
    () => chance() < 0.3 && model.cut(), () => chance() < 0.3 && model.kill(), model.restart,
    () => wait(chance() * 2), model.step, model.step, model.step, model.step, model.step,
  ];

  for (let turn = 0; turn < 120; turn += 1) {
    pick(deeds)();
    if (chance() < 0.5) await settle();
  }
  model.restart();
  for (const tab of away()) greet(tab);
  for (let quiet = 0; quiet < 8; quiet += 1) {
    while (model.step()) await settle();
    wait(10);
    await settle();
  }
  return { model, tabs };
}

test('whatever happens, each tab hears each event after its own id once, in order', async () => {
  let heard = 0;
  for (let seed = 1; seed <= GAMES; seed += 1) {
    const { model, tabs } = await play(seed);
    for (const tab of tabs) {
      const after = model.disk.filter(({ time }) => time > model.timeOf(tab.page));
      const wanted = after.map(({ number }) => number);
      heard += tab.heard.length;
      assert.deepEqual(tab.heard, wanted, `seed ${seed}, page ${tab.page}`);
    }
    assert.equal(model.countStreams(), tabs.length > 0 ? 1 : 0, `seed ${seed}`);
  }

  assert(heard > 5000, `the games were too dull: ${heard}`);
});
