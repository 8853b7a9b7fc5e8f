/**
 * A tab's end of the stream that all tabs of a browser share.
 *
 * Knows the worker's port and the page's life; refuses to know what the events mean, and what to do
 * where no worker answers: it says so. Each greeting has a number, and what answers an earlier one
 * is not heard, so that no event of a port that was given up comes twice.
 */

/** @import {Receive} from './source.js' */

const PATIENCE = 2; // seconds in which a worker answers that lives
const REST = 10; // seconds between a sign of life and the next question for one

/**
 * @typedef {object} Shared
 * @property {() => void} start begin to follow the page's life
 */

/** @import {Farewell} from './counting.js' */

/**
 * @param {object} world
 * @param {typeof globalThis.SharedWorker} world.SharedWorker
 * @param {Document} world.document
 * @param {Window} world.window
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {typeof globalThis.fetch} world.fetch
 * @param {string} world.url of the worker's module
 * @param {() => string} world.findAfter the id to go on after
 * @param {Receive} world.receive
 * @param {() => void} world.opened called at each connection of the worker's
 * @param {() => void} world.lost called when the worker has lost its connection
 * @param {() => void} world.welcomed the worker has answered
 * @param {() => void} world.silent it has not, but still may
 * @param {() => void} world.failed there is none to be had in this page
 * @returns {Shared}
 */
export function createShared({
  SharedWorker, document, window, setTimeout, clearTimeout, fetch, url, findAfter, receive, opened,
  lost, welcomed, silent, failed,
}) {
  let greeting = 0;
  let isSilent = false;
  let isWelcome = false;
  /** @type {Farewell | null} what to tell the server on leaving, as the worker's last tab */
  let farewell = null;
  /** @type {MessagePort | null} */
  let port = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const answers = /** @type {Record<string, (message: any) => void>} */ ({
    welcome, pong: rest, opened, away: lost,
    event: ({ name, data, id }) => receive(name, data, id),
    alone: (message) => void (farewell = message.farewell),
  });

  function connect() {
    try {
      const worker = new SharedWorker(url, { type: 'module', name: 'sse-reload' });
      port = worker.port;
      listen(worker, worker.port);
    } catch {
      return fail(); // a sandboxed frame, a policy or the settings of the browser forbid it
    }
    greet();
  }

  /** @param {SharedWorker} worker @param {MessagePort} from */
  function listen(worker, from) {
    worker.addEventListener('error', () => from === port && fail());
    from.addEventListener('message', ({ data }) => from === port && hear(data));
    from.start();
  }

  function greet() {
    greeting += 1;
    isWelcome = false;
    say({ type: 'hello', greeting, after: findAfter(), isVisible: isVisible() });
    expect(() => {
      isSilent = true;
      silent();
    });
  }

  /** @param {object} message */
  function say(message) {
    port?.postMessage(message);
  }

  function expect(/** @type {() => void} */ giveUp) {
    clearTimeout(timer);
    timer = setTimeout(giveUp, PATIENCE * 1000);
  }

  /** @param {any} message */
  function hear(message) {
    if (message.greeting === greeting) answers[message.type]?.(message);
  }

  /** Where it was waited for too long, something else has gone on meanwhile: begin behind that. */
  function welcome() {
    isWelcome = true;
    rest();
    welcomed();
    if (isSilent) greet();
    isSilent = false;
  }

  /** A worker can end at any time, with the crash of another tab for one, and nobody says so. */
  function rest() {
    clearTimeout(timer);
    if (isVisible()) timer = setTimeout(ping, REST * 1000);
  }

  function ping() {
    say({ type: 'ping' });
    expect(replace);
  }

  function fail() {
    letGo();
    document.removeEventListener('visibilitychange', look);
    window.removeEventListener('pagehide', leave);
    window.removeEventListener('pageshow', enter);
    window.removeEventListener('online', online);
    failed();
  }

  function letGo() {
    clearTimeout(timer);
    say({ type: 'bye' });
    port?.close();
    port = null;
    farewell = null;
  }

  function leave() {
    if (farewell) {
      const { url: address, body } = farewell;
      // It is for the server's log only: a server that is gone has no log to write.
      fetch(address, { method: 'POST', body, keepalive: true }).catch(() => {});
    }
    letGo();
  }

  /** Its connection has gone with it, and nobody would say so. */
  function replace() {
    letGo();
    connect();
  }

  function isVisible() {
    return document.visibilityState === 'visible';
  }

  function look() {
    if (isSilent && isVisible()) return replace();
    say({ type: 'visibility', isVisible: isVisible() });
    if (isVisible()) ping();
    else if (isWelcome) clearTimeout(timer);
  }

  function online() {
    say({ type: 'online' });
  }

  function enter() {
    if (port === null) replace();
  }

  function start() {
    document.addEventListener('visibilitychange', look);
    window.addEventListener('pagehide', leave);
    window.addEventListener('pageshow', enter);
    window.addEventListener('online', online);
    connect();
  }

  return { start };
}
