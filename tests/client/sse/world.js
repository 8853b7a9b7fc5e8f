/** A browser for one connection: its clock, its EventSources, its requests and its page. */

import { createClock, createEventSource } from '../fakes.js';
import { createTarget } from '../stream/fakes.js';

/** Let everything that can happen without time happen. */
export const settle = () => new Promise((resolve) => void setTimeout(resolve, 0));

/** A request that a test answers, and whose answer it writes bit by bit. */
function createRequest(/** @type {string} */ url, /** @type {RequestInit} */ init) {
  const signal = /** @type {AbortSignal} */ (init.signal);
  /** @type {any} */
  let writer;
  /** @type {any} */
  let settled;
  const response = new Promise((resolve, reject) => (settled = { resolve, reject }));
  const fail = (error = new TypeError('network error')) => (settled.reject(error), writer?.error(error));
  signal.addEventListener('abort', () => fail(signal.reason));

  function answer(status = 200, headers = {}) {
    const body = new ReadableStream({ start: (controller) => void (writer = controller) });
    /** @type {Record<string, string | undefined>} */
    const wanted = { 'content-type': 'text/event-stream', ...headers };
    const all = /** @type {[string, string][]} */ (Object.entries(wanted).filter(([, value]) => value !== undefined));
    const isEmpty = [204, 205, 304].includes(status);
    settled.resolve(new Response(isEmpty ? null : body, { status, headers: all }));
    return settle();
  }

  function say(/** @type {string} */ text) {
    writer.enqueue(new TextEncoder().encode(text));
    return settle();
  }

  const end = () => (writer.close(), settle());
  const cut = () => (fail(), settle());
  const headers = Object.fromEntries(new Headers(init.headers));
  return { url, init, headers, signal, response, answer, say, end, cut };
}

/** @param {{ chance?: number, hasEventSource?: boolean }} [options] `chance` is what random() says */
export function createWorld({ chance = 0, hasEventSource = true } = {}) {
  const clock = createClock();
  const { EventSource: Source, streams } = createEventSource();
  function EventSource(/** @type {string} */ url, /** @type {unknown} */ init) {
    return Object.assign(new Source(url), { init });
  }
  const window = createTarget();
  /** @type {ReturnType<typeof createRequest>[]} */
  const requests = [];
  /** @type {unknown[]} */
  const errors = [];
  /** @type {any} */
  const world = {
    ...clock, ...window,
    // A browser takes a time that does not fit into 31 bits for none.
    setTimeout: (/** @type {() => void} */ run, /** @type {number} */ time) =>
      clock.setTimeout(run, time < 2 ** 31 ? time : 0),
    location: { href: 'https://example.org/shop/page?x=1' },
    Math: { random: () => chance },
    reportError: (/** @type {unknown} */ error) => void errors.push(error),
    fetch: (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
      requests.push(createRequest(url, init));
      return requests.at(-1)?.response;
    },
    ...(hasEventSource ? { EventSource } : {}),
  };
  return { world, clock, window, streams, requests, errors };
}

/** Note each state that a connection is in, as "state" or "state {…}". */
export function noteStates(/** @type {{ onState: (handler: any) => any }} */ connection) {
  /** @type {string[]} */
  const states = [];
  connection.onState((/** @type {string} */ state, /** @type {object} */ detail) => {
    const said = JSON.stringify(detail);
    states.push(said === '{}' ? state : `${state} ${said}`);
  });
  return states;
}
