/**
 * The last events of a stream, and what came after an id.
 *
 * Knows ids and their order; refuses to know who asks and what the events mean. The stream began
 * after some id: of everything since then it knows all, of what was before it knows nothing.
 */

import { isLater } from '../messages.js';

/**
 * @typedef {{name: string, data: string, id: string}} StreamEvent `data` is the text on the wire
 * @typedef {object} Ring
 * @property {(event: StreamEvent) => void} push add the newest event
 * @property {(id: string) => StreamEvent[] | null} after what came after an id that this stream
 *   has passed; null when it has not, or when that is too long ago
 * @property {(id: string) => StreamEvent[]} later the events whose ids are later than this one
 * @property {() => string} findLast the id to go on after
 */

const LIMIT = 500;

/**
 * @param {string} start the id after which the stream began
 * @param {number} [limit] how many events are kept
 * @returns {Ring}
 */
export function createRing(start, limit = LIMIT) {
  /** @type {StreamEvent[]} */
  let events = [];
  /** @type {string | null} the id before the first event that is kept */
  let before = start;
  let last = start;

  /** @type {Ring['push']} */
  function push(event) {
    if (isLater(last, event.id)) restart();
    events.push(event);
    last = event.id;
    if (events.length > limit) before = /** @type {StreamEvent} */ (events.shift()).id;
  }

  /** Ids of another clock: the server has begun anew and its clock was set back meanwhile. */
  function restart() {
    events = [];
    before = null;
  }

  /** @type {Ring['after']} */
  function after(id) {
    if (id === before) return [...events];
    // The first of those with this id: the rest of a longer catch-up keeps it until its end.
    const index = events.findIndex((event) => event.id === id);
    return index < 0 ? null : events.slice(index + 1);
  }

  /** @type {Ring['later']} */
  function later(id) {
    return events.filter((event) => isLater(event.id, id));
  }

  return { push, after, later, findLast: () => last };
}
