/**
 * A server that publishes, dies and comes back, and a browser's EventSource and fetch to it: small
 * enough to be looked through, and driven by chance in `hub.test.js`.
 *
 * What was published is on the disk, as numbers with ids. A process remembers what it has told
 * itself; what came before it, it tells as one event, as a comparison with the disk does.
 */

import { createTarget } from './fakes.js';

/** Numbers below 1 from a seed: mulberry32. */
export function createChance(/** @type {number} */ seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @typedef {{time: number, id: string, number: number}} Told
 * @typedef {{name: string, data: string, id: string}} Said
 */

export function createModel(/** @type {() => number} */ chance) {
  /** @type {Told[]} */
  const disk = [];
  /** @type {Set<any>} */
  const connected = new Set();
  /** @type {(() => void)[][]} queues of what is under way; each keeps its order */
  let queues = [];
  let isUp = true;
  let clock = 1;
  let start = clock;
  let elsewhere = 0;

  const timeOf = (/** @type {string} */ id) => Number(id.split('-')[0]);
  const name = (/** @type {number} */ time) => `${time}-0`;
  const findLast = () => name(Math.max(start, elsewhere, disk.at(-1)?.time ?? 0));

  /** What a stream after this id says first, and where it stands then. @param {string} after */
  function missed(after) {
    const found = disk.filter(({ time }) => time > timeOf(after));
    const id = findLast();
    if (timeOf(after) >= start) return { events: found.map(say), id };
    const data = JSON.stringify(found.map(({ number }) => number));
    return { events: found.length > 0 ? [{ name: 'change', id, data }] : [], id };
  }

  /** @param {Told} told @returns {Said} */
  function say({ id, number }) {
    return { name: 'change', id, data: JSON.stringify([number]) };
  }

  function publish() {
    if (!isUp) return edit();
    clock += 1 + Math.floor(chance() * 3);
    disk.push({ time: clock, id: name(clock), number: disk.length });
    for (const stream of connected) stream.deliver(say(/** @type {Told} */ (disk.at(-1))));
  }

  /** A file that is saved while no server sees it. */
  function edit() {
    clock += 1;
    disk.push({ time: clock, id: name(clock), number: disk.length });
  }

  /** Something else takes an id, which no tab's stream will ever say. */
  function publishElsewhere() {
    if (!isUp) return;
    clock += 1;
    elsewhere = clock;
  }

  /** The id in a page that is rendered now; null when nobody renders. */
  function render() {
    return isUp ? findLast() : null;
  }

  function kill() {
    isUp = false;
    cut();
  }

  /** Every stream breaks, with what was under way in it; the browser notices at once. */
  function cut() {
    for (const stream of [...connected]) stream.lose();
  }

  function restart() {
    if (isUp) return;
    clock += 1;
    start = clock;
    isUp = true;
  }

  /** @param {(() => void)[]} queue @param {() => void} step */
  function enqueue(queue, step) {
    queue.push(step);
    if (!queues.includes(queue)) queues.push(queue);
  }

  /** Let one thing that is under way arrive. */
  function step() {
    if (queues.length === 0) return false;
    const queue = queues[Math.floor(chance() * queues.length)];
    queue.shift()?.();
    queues = queues.filter(({ length }) => length > 0);
    return true;
  }

  function EventSource(/** @type {string} */ url) {
    /** @type {(() => void)[]} */
    const queue = [];
    let lastId = new URL(url).searchParams.get('after') ?? '';
    const stream = Object.assign(createTarget(), { url, readyState: 0, close, deliver, lose });
    const connect = () => enqueue(queue, () => {
      if (stream.readyState === 2) return;
      if (!isUp) return fail();
      connected.add(stream);
      stream.readyState = 1;
      stream.emit('open');
      const { events, id } = missed(lastId);
      events.forEach(deliver);
      enqueue(queue, () => void (lastId = id)); // a block with an id and no data
    });

    /** Refused now and then, which an EventSource does not survive. */
    function fail() {
      stream.readyState = chance() < 0.3 ? 2 : 0;
      stream.emit('error');
      if (stream.readyState === 0) connect();
    }

    function deliver(/** @type {Said} */ said) {
      enqueue(queue, () => {
        lastId = said.id;
        stream.emit(said.name, { data: said.data, lastEventId: said.id });
      });
    }

    function lose() {
      connected.delete(stream);
      queue.length = 0;
      if (stream.readyState === 2) return;
      stream.readyState = 0;
      stream.emit('error');
      connect();
    }

    function close() {
      connected.delete(stream);
      stream.readyState = 2;
    }

    connect();
    return stream;
  }

  /** @param {string} address */
  function fetch(address) {
    const url = new URL(address);
    if (url.pathname !== '/missed') return Promise.resolve({ ok: true, json: async () => ({}) });
    return new Promise((resolve, reject) => {
      /** @type {(() => void)[]} */
      const queue = [];
      enqueue(queue, () => {
        if (!isUp) return reject(new TypeError('Failed to fetch'));
        const answer = missed(url.searchParams.get('after') ?? '');
        const arrive = () => resolve({ ok: true, json: async () => answer });
        enqueue(queue, chance() < 0.1 ? () => reject(new TypeError('lost')) : arrive);
      });
    });
  }

  return {
    EventSource: /** @type {any} */ (EventSource), fetch: /** @type {any} */ (fetch), disk, publish,
    publishElsewhere, render, kill, cut, restart, step, timeOf, countStreams: () => connected.size,
  };
}
