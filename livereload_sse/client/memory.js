/**
 * What one reload hands to the page after it, in the tab's session storage.
 *
 * Knows a note with a date; refuses to know what it is for. The note is read once, and soon, or not
 * at all. It is for the same frame and the same address: frames of one tab share the storage, and
 * may even show the same page.
 */

import { isLater } from './messages.js';

/**
 * @typedef {object} Note
 * @property {string} cause the id of the event that started the reload
 * @property {Pending[]} pending events the reload answers
 * @property {[url: string, digest: string][]} known contents the reload is for
 * @property {unknown} [state] what the person did to the page; checked by whoever restores it
 *
 * @typedef {object} Pending
 * @property {string} id
 * @property {number} started epoch milliseconds
 * @property {string} [reason] why it took a reload
 *
 * @typedef {{length: number, [index: number]: unknown}} Frames
 * @typedef {{parent: Frame, frames: Frames}} Frame the little that every window shows of itself
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
 * @param {() => string} [world.findFrame] which frame of the tab this is; empty for its own page
 * @param {() => number} world.now epoch milliseconds
 * @returns {Memory}
 */
export function createMemory({ findStorage, findAddress, findFrame = () => '', now }) {
  const findKey = () => ['sse-reload', findFrame(), findAddress()].filter(Boolean).join(' ');

  /** The state is the large part: where there is no room for it, the rest is still worth having. */
  function leave(/** @type {Note} */ note) {
    const { state, ...rest } = note;
    if (!write(note) && state !== undefined) write(rest);
  }

  function write(/** @type {Note} */ note) {
    const text = JSON.stringify({ note, at: now() });
    return attempt(() => (findStorage().setItem(findKey(), text), true)) ?? false;
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

/**
 * Where a window stands among the frames of its tab: `0.2` is the third frame in the first. A
 * parent of another origin can be counted, too.
 *
 * @param {Frame} window
 * @returns {string} empty for the tab's own page
 */
export function findFramePath(window) {
  const path = [];
  for (let frame = window; frame !== frame.parent; frame = frame.parent) {
    path.unshift(indexAmong(frame.parent.frames, frame));
  }
  return path.join('.');
}

/** @param {Frames} frames @param {Frame} frame */
function indexAmong(frames, frame) {
  let index = 0;
  while (index < frames.length && frames[index] !== frame) index += 1;
  return index;
}

/** @param {any} note the page can write there too @returns {note is Note} */
function isNote(note) {
  const { cause, pending, known } = note ?? {};
  if (typeof cause !== 'string' || ![pending, known].every(Array.isArray)) return false;
  return known.every(Array.isArray) && pending.every(isPending);
}

/** @param {any} event @returns {event is Pending} */
function isPending(event) {
  const { id, reason = '' } = event ?? {};
  return Boolean(id) && typeof reason === 'string';
}

/**
 * Storage is refused in sandboxed frames and by privacy settings, and may be full. A lost note
 * costs one line in the log and the person's place; that must never cost the reload.
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
