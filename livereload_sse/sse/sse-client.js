/**
 * The browser's half of a stream: a connection that comes back, and to its place.
 *
 * Knows the wire and the reconnection of server-sent events (WHATWG HTML), EventSource and fetch.
 * Refuses to know what an event means. One module without dependencies; types: sse-client.d.ts.
 *
 * A native EventSource is used first. It cannot say why it was refused, and never tries again then,
 * so the answer is asked for with fetch, and read from there on by the same rules.
 */

/** @import * as Typed from './sse-client.js' */
/** @import { FinalState, State, StateDetail, StreamEvent, World } from './sse-client.js' */
/** @typedef {Set<{ handle: (value: any, more: any) => void }>} Handlers */

const CLOSED = 2; // EventSource.CLOSED

/** How often in a row the browser may try by itself, at its constant pace. */
const NATIVE_TRIES = 3;
const STEADY = 10; // seconds that a stream without ids must be open before its failures are forgotten

/** Seconds; whatever a server asks for, it is not asked again at once for ever. */
const SHORTEST_DELAY = 0.05;

/** Seconds, 24 days; setTimeout takes a longer time for none at all. */
const LONGEST_DELAY = (2 ** 31 - 1) / 1000;

/** Statuses that pass, besides all from 500 on: timeout, too early, too many requests. */
const PASSING = new Set([408, 425, 429]);

/**
 * To the letter of "Parsing an event stream" and "Interpreting an event stream".
 *
 * @implements {Typed.EventStreamParser}
 */
export class EventStreamParser {
  /** @type {number | undefined} */
  retry;
  #text = new TextDecoder(); // removes one byte order mark, and knows characters that are cut
  #isAfterReturn = false;
  /** @type {string[]} the pieces of the line that has not ended yet */
  #line = [];
  #id;
  #name = '';
  /** @type {string[]} */
  #data = [];

  constructor(lastEventId = '') {
    this.lastEventId = lastEventId;
    this.#id = lastEventId;
  }

  /** @param {Uint8Array} chunk */
  feed(chunk) {
    /** @type {StreamEvent[]} */
    const events = [];
    const pieces = this.#decode(chunk).split(/\r\n|\r|\n/);
    const rest = pieces.pop();
    for (const piece of pieces) this.#endLine(piece, events);
    if (rest) this.#line.push(rest);
    return events;
  }

  /** A CR ended its line at once, without waiting for what follows; its LF is not a second end. */
  #decode(/** @type {Uint8Array} */ chunk) {
    const text = this.#text.decode(chunk, { stream: true });
    if (text === '') return '';
    const isSecondHalf = this.#isAfterReturn && text.startsWith('\n');
    this.#isAfterReturn = text.endsWith('\r');
    return isSecondHalf ? text.slice(1) : text;
  }

  /** @param {string} piece @param {StreamEvent[]} events */
  #endLine(piece, events) {
    const line = this.#line.join('') + piece;
    this.#line = [];
    const colon = line.indexOf(':');
    if (line === '') this.#dispatch(events);
    else if (colon < 0) this.#interpret(line, '');
    else this.#interpret(line.slice(0, colon), line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1)));
  }

  /** A comment is a field whose name is empty; unknown names are ignored. */
  #interpret(/** @type {string} */ field, /** @type {string} */ value) {
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#name = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'retry' && /^[0-9]+$/.test(value)) this.retry = Number(value) / 1000;
  }

  #dispatch(/** @type {StreamEvent[]} */ events) {
    this.lastEventId = this.#id;
    const [name, data] = [this.#name || 'message', this.#data];
    [this.#name, this.#data] = ['', []];
    if (data.length > 0) events.push({ name, data: data.join('\n'), id: this.#id });
  }
}

/**
 * One attempt, and what it tells; nothing any more once it is closed.
 *
 * @typedef {{ close: () => void, listen: (name: string) => void }} Line
 * @typedef {object} Told
 * @property {() => void} opened
 * @property {(name: string, data: string, id?: string) => void} event no id: none is known yet
 * @property {(id: string, retry?: number) => void} moved the place, and the server's wish
 * @property {() => void} dropped the browser has lost the stream, and comes back by itself
 * @property {() => void} refused the browser has given up, and does not say why
 * @property {(state: State, detail: StateDetail) => void} lost
 */

/** @param {EventSource} source @param {Told} told @returns {Line} */
function followSource(source, told) {
  const names = new Set();
  let hasId = false;
  let isClosed = false;

  /** A server may call its events "open" and "error", too: those have data. */
  const tellUnlessData = (/** @type {Event} */ event) => {
    if (isClosed || 'data' in event) return;
    if (event.type === 'open') told.opened();
    else if (source.readyState === CLOSED) told.refused();
    else told.dropped();
  };

  /** A new EventSource begins with the id "", which says nothing until there has been another. */
  function receive(/** @type {MessageEvent} */ event) {
    if (isClosed || !('data' in event)) return;
    hasId ||= event.lastEventId !== '';
    told.event(event.type, event.data, hasId ? event.lastEventId : undefined);
  }

  function listen(/** @type {string} */ name) {
    if (!names.has(name)) source.addEventListener(name, receive);
    names.add(name);
  }

  function close() {
    isClosed = true;
    source.close();
  }

  for (const name of ['open', 'error']) source.addEventListener(name, tellUnlessData);
  return { listen, close };
}

/**
 * @param {World} world
 * @param {string} address
 * @param {RequestInit} init
 * @param {{ lastEventId: string, silence: number }} place
 * @param {Told} told
 * @returns {Line}
 */
function followFetch(world, address, init, { lastEventId, silence }, told) {
  const parser = new EventStreamParser(lastEventId);
  const controller = new AbortController();
  let isClosed = false;
  /** @type {any} */
  let timer;

  function hear() {
    world.clearTimeout(timer);
    if (silence > 0) timer = startTimer(world, () => controller.abort(), silence);
  }

  function close() {
    isClosed = true;
    world.clearTimeout(timer);
    controller.abort();
  }

  async function follow() {
    hear();
    const response = await world.fetch(address, { ...init, signal: controller.signal });
    const [state, detail] = judge(response);
    if (isClosed) return;
    if (state !== 'open') return told.lost(state, detail);
    hear();
    told.opened();
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    for (let read = await reader.read(); !read.done && !isClosed; read = await reader.read()) {
      hear();
      tell(read.value);
    }
    if (!isClosed) told.lost('waiting', {});
  }

  function tell(/** @type {Uint8Array} */ chunk) {
    for (const { name, data, id } of parser.feed(chunk)) if (!isClosed) told.event(name, data, id);
    if (!isClosed) told.moved(parser.lastEventId, parser.retry);
  }

  // Whatever the network's error is, we come back; silence ends in one, too.
  follow().catch(() => isClosed || told.lost('waiting', {}));
  return { listen: () => {}, close };
}

/** @param {Response} response @returns {[State, StateDetail]} */
function judge({ status, headers }) {
  const said = headers.get('content-type');
  const type = (said ?? '').split(';', 1)[0].trim().toLowerCase();
  if (status === 200 && type === 'text/event-stream') return ['open', {}];
  // Chromium takes an HTTP/1.1 answer that was cut amid its headers for a whole one.
  if (status === 200 && said === null) return ['waiting', {}];
  if (status === 204) return ['ended', { status }];
  if (status < 500 && !PASSING.has(status)) return ['failed', { status }];
  return ['waiting', { status, delay: readRetryAfter(headers.get('retry-after') ?? '') }];
}

/** Seconds from now; 0 where nothing is said, or nothing that can be understood; less is past. */
function readRetryAfter(/** @type {string} */ text) {
  if (/^[0-9]+$/.test(text)) return Number(text);
  return (Date.parse(text) - Date.now()) / 1000 || 0;
}

/** @param {World} world @param {() => void} run @param {number} seconds */
function startTimer(world, run, seconds) {
  return world.setTimeout(run, Math.min(seconds, LONGEST_DELAY) * 1000);
}

/** JSON if it is, else the text itself. */
function parse(/** @type {string} */ text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @param {unknown} isRight @param {string} what */
function check(isRight, what) {
  if (!isRight) throw new TypeError(`sse-client: ${what}`);
}

const OPTIONS = new Set([
  'after', 'headers', 'body', 'method', 'transport', 'withCredentials', 'signal', 'retry', 'maxRetry',
  'silence', 'endEvent',
]);

/** @type {typeof Typed.connect} */
export function connect(url, options = {}, world = /** @type {any} */ (globalThis)) {
  const {
    after = '', headers, body, method = body === undefined ? undefined : 'POST', transport,
    withCredentials = false, signal, retry = 1, maxRetry = 30, silence = 45, endEvent = 'end',
  } = options;
  const unknown = Object.keys(options).filter((name) => !OPTIONS.has(name));
  check(unknown.length === 0, `no such option: ${unknown.join(', ')}`);
  check(url !== undefined, 'connect needs an address');
  check([undefined, 'fetch'].includes(transport), "transport can only be 'fetch'");
  check(['string', 'undefined'].includes(typeof (after ?? '')), 'after is an id, a text');
  const base = new URL(url, world.document?.baseURI ?? world.location?.href);
  const isRequest = transport === 'fetch' || method !== undefined || headers !== undefined;
  // Made once for what it throws: later, a request that cannot be would look like a lost network.
  new Request(base, { method, headers, body });

  const handlers = /** @type {Map<string, Handlers>} */ (new Map());
  const stateHandlers = /** @type {Handlers} */ (new Set());
  let resolve = /** @type {(state: FinalState) => void} */ (() => {});
  const done = new Promise((/** @type {typeof resolve} */ settle) => (resolve = settle));
  let state = /** @type {State} */ ('connecting');
  let detail = /** @type {StateDetail} */ ({});
  let line = /** @type {Line | null} */ (null);
  /** @type {any} */
  let timer;
  /** @type {any} */
  let steady;
  let lastEventId = after ?? ''; // null is what getAttribute says
  let firstDelay = retry;
  let failures = 0; // in a row
  let readsByFetch = isRequest || world.EventSource === undefined;
  let isAway = false; // behind the back button
  // The end event of one channel is not that of a stream of several: what follows says which it was.
  let isEnding = false;
  let isOver = false;

  function open() {
    rest();
    if (state !== 'connecting') setState('connecting');
    if (isOver) return; // a handler has closed it
    line = readsByFetch ? openFetch() : openSource();
    for (const name of ['message', endEvent, ...handlers.keys()]) line.listen(name);
  }

  function openSource() {
    const Source = /** @type {NonNullable<World['EventSource']>} */ (world.EventSource);
    return followSource(new Source(findAddress(), { withCredentials }), told);
  }

  function openFetch() {
    const credentials = withCredentials ? 'include' : 'same-origin';
    const sent = new Headers(headers);
    sent.set('accept', 'text/event-stream');
    // A header carries bytes: those of the id are UTF-8, as an EventSource sends them.
    const id = String.fromCharCode(...new TextEncoder().encode(lastEventId));
    if (isRequest && id) sent.set('last-event-id', id);
    /** @type {RequestInit} */
    const init = { method, body, headers: sent, cache: 'no-store', credentials };
    return followFetch(world, findAddress(), init, { lastEventId, silence }, told);
  }

  /** An EventSource takes no headers, and where fetch stands in for it, one could be refused. */
  function findAddress() {
    const address = new URL(base);
    if (!isRequest && lastEventId) address.searchParams.set('after', lastEventId);
    return address.href;
  }

  /** @type {Told} */
  const told = {
    opened() {
      // Not at once: a stream that fails again and again behind its first bytes is none that works.
      steady = startTimer(world, () => (failures = 0), STEADY);
      setState('open');
    },
    event(name, data, id = lastEventId) {
      if (id !== lastEventId) failures = 0; // it has got on
      lastEventId = id;
      isEnding = name === endEvent;
      deliver(Object.freeze({ name, data, id }));
    },
    moved(id, wish = firstDelay) {
      if (id !== lastEventId) failures = 0;
      lastEventId = id;
      firstDelay = wish;
    },
    dropped() {
      if (isEnding) return finish('ended');
      failures += 1;
      // The browser may know an id that scripts are not told: one that came without an event.
      if (failures > NATIVE_TRIES && lastEventId) comeBack();
      else if (state !== 'waiting') setState('waiting');
    },
    refused() {
      readsByFetch = true;
      open();
    },
    lost(next, { status, delay }) {
      if (isEnding) return finish('ended');
      failures += 1;
      if (next === 'waiting') comeBack(delay, status);
      else finish(/** @type {FinalState} */ (next), { status });
    },
  };

  /** Twice as long each time, and a little more by chance: who was cut off together comes apart. */
  function comeBack(wish = 0, /** @type {number | undefined} */ status = undefined) {
    rest();
    const first = Math.min(Math.max(firstDelay, SHORTEST_DELAY), LONGEST_DELAY);
    const grown = Math.min(first * 2 ** (failures - 1), Math.max(maxRetry / 1.5, first));
    const delay = Math.max(grown, wish) + (grown / 2) * world.Math.random();
    timer = startTimer(world, open, delay);
    setState('waiting', status === undefined ? { delay } : { delay, status });
  }

  function rest() {
    world.clearTimeout(timer);
    world.clearTimeout(steady);
    line?.close();
    line = null;
  }

  /** @param {State} next @param {StateDetail} more */
  function setState(next, more = {}) {
    [state, detail] = [next, Object.freeze(more)];
    for (const one of [...stateHandlers]) {
      if (detail !== more) return; // a handler has brought about another state, which was told
      if (stateHandlers.has(one)) call(() => one.handle(next, more));
    }
  }

  function deliver(/** @type {StreamEvent} */ event) {
    const called = handlers.get(event.name) ?? new Set();
    const data = called.size > 0 ? parse(event.data) : undefined;
    for (const one of [...called]) {
      if (!isOver && called.has(one)) call(() => one.handle(data, event));
    }
  }

  /** One handler's failure is for the console, and for nobody else. */
  function call(/** @type {() => void} */ run) {
    try {
      run();
    } catch (error) {
      (world.reportError ?? console.error)(error);
    }
  }

  function finish(/** @type {FinalState} */ how, /** @type {StateDetail} */ more = {}) {
    if (isOver) return;
    isOver = true;
    rest();
    for (const [name, listener] of Object.entries(page)) world.removeEventListener?.(name, listener);
    signal?.removeEventListener('abort', close);
    setState(how, more);
    resolve(how);
  }

  function close() {
    finish('closed');
  }

  function restart() {
    failures = 0;
    open();
  }

  const page = {
    /** A page behind the back button would keep its stream, one of six connections to its host. */
    pagehide() {
      isAway = true;
      rest();
    },
    pageshow() {
      if (isAway) restart(); // else it is the first one, of a page that has just been loaded
      isAway = false;
    },
    /** A browser that tries by itself is left alone where only it knows the place. */
    online() {
      if (!isAway && state === 'waiting' && (line === null || lastEventId)) restart();
    },
  };

  /** A function that is given twice is called twice, until each is taken off. */
  function add(/** @type {Handlers} */ to, /** @type {(value: any, more: any) => void} */ handle) {
    const one = { handle };
    to.add(one);
    return () => void to.delete(one);
  }

  /** @type {Typed.Connection['on']} */
  function on(name, handler) {
    check(typeof handler === 'function', `on('${name}', …) needs a function`);
    const named = handlers.get(name) ?? new Set();
    handlers.set(name, named);
    line?.listen(name);
    return add(named, handler);
  }

  /** @type {Typed.Connection['onState']} */
  function onState(handler) {
    check(typeof handler === 'function', 'onState needs a function');
    const takeOff = add(stateHandlers, handler);
    call(() => handler(state, detail));
    return takeOff;
  }

  for (const [name, listener] of Object.entries(page)) world.addEventListener?.(name, listener);
  signal?.addEventListener('abort', close);
  if (signal?.aborted) close();
  else open();
  return {
    on, onState, close, done,
    get state() { return state; },
    get lastEventId() { return lastEventId; },
  };
}
