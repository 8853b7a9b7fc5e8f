/**
 * What one reload hands to the page after it, in the tab's session storage.
 *
 * Knows a short note with a date; refuses to know what it is for. The note is read once, by the
 * same address (frames of one tab share the storage), and soon, or not at all.
 */

import { isLater } from './messages.js';

/**
 * @typedef {object} Note
 * @property {string} cause the id of the event that started the reload
 * @property {{id: string, started: number}[]} pending events the reload answers; epoch milliseconds
 * @property {[url: string, digest: string][]} known contents the reload is for
 *
 * @typedef {object} Memory
 * @property {(note: Note) => void} leave
 * @property {() => Note | null} take
 */

const LIFETIME = 10_000; // milliseconds; a note older than that belongs to another visit

/**
 * @param {object} world
 * @param {() => Storage} world.findStorage a function: naming it throws where it is forbidden
 * @param {() => string} world.findAddress path and query now: a page may change its own
 * @param {() => number} world.now epoch milliseconds
 * @returns {Memory}
 */
export function createMemory({ findStorage, findAddress, now }) {
  const findKey = () => `sse-reload ${findAddress()}`;

  /** @param {Note} note */
  function leave(note) {
    attempt(() => findStorage().setItem(findKey(), JSON.stringify({ note, at: now() })));
  }

  function take() {
    const text = attempt(() => findStorage().getItem(findKey()));
    if (!text) return null;
    attempt(() => findStorage().removeItem(findKey()));
    const kept = attempt(() => JSON.parse(text));
    const isFresh = Math.abs(now() - kept?.at) < LIFETIME;
    return isFresh && isNote(kept.note) ? kept.note : null;
  }

  return { leave, take };
}

/**
 * Where the new page goes on. It was asked for after the event that reloaded it, so its own id is
 * not older; if it is, the page came from a cache, and would reload for that event for ever.
 *
 * @param {Note | null} note
 * @param {string} id the page's own
 */
export function firstId(note, id) {
  return note && isLater(note.cause, id) ? note.cause : id;
}

/**
 * What the new page may take as known: not its own paths, of which its tag knows better.
 *
 * @param {Note | null} note
 * @param {readonly string[]} own
 */
export function knownElsewhere(note, own) {
  return (note?.known ?? []).filter(([url]) => !own.includes(url));
}

/** @param {any} note the page can write there too @returns {note is Note} */
function isNote(note) {
  const { cause, pending, known } = note ?? {};
  if (typeof cause !== 'string' || ![pending, known].every(Array.isArray)) return false;
  return known.every(Array.isArray) && pending.every((/** @type {any} */ event) => event?.id);
}

/**
 * Storage is refused in sandboxed frames and by privacy settings, and may be full. A lost note
 * costs one line in the log; that must never cost the reload.
 *
 * @template T
 * @param {() => T} action
 * @returns {T | null}
 */
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}
