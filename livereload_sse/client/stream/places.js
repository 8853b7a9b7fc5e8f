/**
 * Where each listener stands in the one stream, so that it hears every event after its id once.
 *
 * Knows ids, the last events, and how to ask for what they do not say; refuses to know who the
 * listeners are and what the events mean. A listener whose id the stream has passed is told the
 * rest from memory. For any other id the server is asked, and the listener joins behind the answer.
 */

import { isLater } from '../messages.js';
import { createRing } from './ring.js';

/** @import {AskMissed} from './missed.js' */
/** @import {Ring, StreamEvent} from './ring.js' */

const SHORTEST_RETRY_DELAY = 0.5;
const LONGEST_RETRY_DELAY = 5;

/**
 * @typedef {(event: StreamEvent) => void} Tell
 *
 * @typedef {object} Place one listener's
 * @property {string} after the id up to which it had heard all when it last was not joined
 * @property {Tell} tell
 * @property {boolean} isJoined it hears what the stream hears
 * @property {string} floor up to this id it was told by an answer, which the stream may not have
 *   reached yet; empty when it was not
 *
 * @typedef {object} Places
 * @property {(after: string) => void} begin a stream will start after this id; nobody is here yet
 * @property {() => void} connected the stream is open
 * @property {() => void} interrupted it is not
 * @property {(event: StreamEvent) => void} receive hand on what the stream said
 * @property {(after: string, tell: Tell) => Place} enter one that has heard all up to `after`
 * @property {(place: Place) => void} leave
 * @property {() => string} findLast the id to go on after
 * @property {() => Promise<boolean>} isBehind has the server told more than the stream has said?
 */

/**
 * @param {object} world
 * @param {AskMissed} world.askMissed
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @returns {Places}
 */
export function createPlaces({ askMissed, setTimeout }) {
  /** @type {Set<Place>} */
  const places = new Set();
  /** @type {Ring} */
  let ring = createRing('');
  let isConnected = false;
  let connection = 0; // counts both ends of each: an answer holds for the one it was asked in

  /** @type {Places['begin']} */
  function begin(after) {
    ring = createRing(after);
  }

  function connected() {
    isConnected = true;
    connection += 1;
    for (const place of places) if (!place.isJoined) admit(place);
  }

  function interrupted() {
    isConnected = false;
    connection += 1;
    for (const place of places) if (place.floor) stepOut(place);
  }

  /**
   * The next connection goes on from where this one ended, perhaps with another server process that
   * tells all that was missed as one. Who was told more than this one said has to ask for itself.
   */
  function stepOut(/** @type {Place} */ place) {
    place.isJoined = !isLater(place.floor, ring.findLast());
    place.after = place.floor;
    place.floor = '';
  }

  /** @type {Places['receive']} */
  function receive(event) {
    ring.push(event);
    for (const place of places) if (place.isJoined && !isBelow(event, place)) place.tell(event);
  }

  /** @param {StreamEvent} event @param {Place} place */
  function isBelow({ id }, { floor }) {
    return floor !== '' && !isLater(id, floor);
  }

  /** @type {Places['enter']} */
  function enter(after, tell) {
    const place = { after, tell, isJoined: false, floor: '' };
    places.add(place);
    admit(place);
    return place;
  }

  /** @type {Places['leave']} */
  function leave(place) {
    places.delete(place);
  }

  /** While there is no stream, it waits: the server is asked when the stream has opened. */
  function admit(/** @type {Place} */ place) {
    const events = ring.after(place.after);
    if (events !== null) join(place, events);
    else if (isConnected) catchUp(place, SHORTEST_RETRY_DELAY);
  }

  /** @param {Place} place @param {number} retryDelay */
  async function catchUp(place, retryDelay) {
    const asked = connection;
    // An answer is no use to a listener that has left, nor once the stream was cut.
    const isWanted = () => places.has(place) && connection === asked;
    const missed = await askMissed(place.after);
    if (!isWanted()) return;
    if (missed === null) {
      const longer = Math.min(retryDelay * 2, LONGEST_RETRY_DELAY);
      setTimeout(() => isWanted() && catchUp(place, longer), retryDelay * 1000);
      return;
    }
    place.floor = missed.id;
    join(place, [...missed.events, ...ring.later(missed.id)]);
  }

  /** @param {Place} place @param {StreamEvent[]} events */
  function join(place, events) {
    place.isJoined = true;
    events.forEach(place.tell);
  }

  async function isBehind() {
    if (!isConnected) return false; // it will be told when it is
    const asked = connection;
    const last = (await askMissed(ring.findLast()))?.events.at(-1);
    return connection === asked && last !== undefined && ring.after(last.id) === null;
  }

  return {
    begin, connected, interrupted, receive, enter, leave, findLast: () => ring.findLast(), isBehind,
  };
}
