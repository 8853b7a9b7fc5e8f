/**
 * Asks the server what a reader has missed whose id the shared stream knows nothing of.
 *
 * Knows one request and the shape of its answer; refuses to know who missed it. The server answers
 * what a stream of its own would begin with, and the id that this leads up to.
 */

/** @import {StreamEvent} from './ring.js' */

/**
 * @typedef {{events: StreamEvent[], id: string}} Missed
 * @typedef {(after: string) => Promise<Missed | null>} AskMissed null when there is no answer now
 */

/**
 * @param {object} world
 * @param {typeof globalThis.fetch} world.fetch
 * @param {string} world.url
 * @returns {AskMissed}
 */
export function createAskMissed({ fetch, url }) {
  return async (after) => {
    try {
      const response = await fetch(`${url}?after=${encodeURIComponent(after)}`);
      const answer = response.ok ? await response.json() : null;
      return isMissed(answer) ? answer : null;
    } catch {
      return null; // the server is away, or something else answers in its place: ask again later
    }
  };
}

/** @param {any} answer what stands in for a server that is away may say anything */
function isMissed(answer) {
  const { events, id } = answer ?? {};
  return typeof id === 'string' && Array.isArray(events) && events.every(isEvent);
}

/** @param {any} event @returns {event is StreamEvent} */
function isEvent(event) {
  return [event?.name, event?.data, event?.id].every((value) => typeof value === 'string');
}
