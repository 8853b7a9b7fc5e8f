/**
 * The one stream of a browser, and the tabs that hear it: the logic of the shared worker.
 *
 * Knows ports, the messages that go over them, and whether the stream is open; refuses to know what
 * the events mean, and leaves it to `places.js` which of them each tab still has to hear.
 */

import { createCounting } from './counting.js';
import { createAskMissed } from './missed.js';
import { createPlaces } from './places.js';
import { createSource } from './source.js';

/** @import {Place} from './places.js' */

const ONLINE_DELAY = 0.05; // seconds: every tab tells that the network is back
const LEASE = 35; // seconds in which a tab that is seen lets hear of itself three times

/**
 * @typedef {object} Member one tab
 * @property {MessagePort} port
 * @property {number} greeting which of the tab's greetings is being answered
 * @property {boolean} isVisible
 * @property {Place} place
 * @property {ReturnType<typeof setTimeout> | undefined} lease
 *
 * @typedef {object} Hub
 * @property {(port: MessagePort) => void} connect
 */

/**
 * @param {object} world
 * @param {typeof globalThis.EventSource} world.EventSource
 * @param {typeof globalThis.fetch} world.fetch
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {string} world.url of the folder of the server's own addresses, with its slash
 * @param {string} world.reader names this stream to the server, among all others
 * @param {readonly string[]} world.names the events to listen to
 * @returns {Hub}
 */
export function createHub({ EventSource, fetch, setTimeout, clearTimeout, url, reader, names }) {
  /** @type {Map<MessagePort, Member>} */
  const members = new Map();
  /** @type {'opening' | 'opened' | 'away'} */
  let state = 'opening';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let onlineTimer;

  const places = createPlaces({
    setTimeout, askMissed: createAskMissed({ fetch, url: `${url}missed` }),
  });
  const counting = createCounting({
    fetch, setTimeout, clearTimeout, url: `${url}tabs`, reader, count,
  });
  const source = createSource({
    EventSource, setTimeout, clearTimeout, names, opened, lost,
    receive: (name, data, id) => places.receive({ name, data, id }),
    address: (after) => `${url}events?${counting.query()}&after=${encodeURIComponent(after)}`,
  });

  function count() {
    const visible = [...members.values()].filter(({ isVisible }) => isVisible).length;
    return { visible, hidden: members.size - visible };
  }

  /** @type {Hub['connect']} */
  function connect(port) {
    port.addEventListener('message', ({ data }) => hear(port, data));
    port.start();
  }

  /** @param {MessagePort} port @param {any} message the page's own scripts could have sent it */
  function hear(port, message) {
    if (message?.type === 'hello') enter(port, message);
    const member = members.get(port);
    if (!member) return; // a tab that is not answered says hello again
    if (message.type === 'visibility') look(member, message);
    if (message.type === 'ping') port.postMessage({ type: 'pong', greeting: member.greeting });
    if (message.type === 'online') reconnectSoon();
    if (message.type === 'bye') leave(port);
    else extendLease(member);
  }

  /** A tab that crashed cannot say goodbye. One that only slept says hello when it misses us. */
  function extendLease(/** @type {Member} */ member) {
    clearTimeout(member.lease);
    if (member.isVisible) member.lease = setTimeout(() => leave(member.port), LEASE * 1000);
  }

  /** @param {MessagePort} port @param {any} hello */
  function enter(port, { greeting, after, isVisible }) {
    leave(port);
    const send = (/** @type {object} */ message) => port.postMessage({ ...message, greeting });
    send({ type: 'welcome' });
    if (state !== 'opening') send({ type: state });
    if (members.size === 0) places.begin(String(after));
    const place = places.enter(String(after), (event) => send({ type: 'event', ...event }));
    members.set(port, { port, greeting, isVisible: Boolean(isVisible), place, lease: undefined });
    counting.changed();
    source.open(places.findLast());
    tellWhoIsAlone();
  }

  /**
   * A browser that puts the last page aside for the back button freezes its worker as well, perhaps
   * before that has heard the goodbye. So the last page takes with it what it may tell the server.
   */
  function tellWhoIsAlone() {
    if (members.size > 2) return; // it has been said to both of the first two
    const farewell = members.size === 1 ? counting.findFarewell() : null;
    for (const { port, greeting } of members.values()) {
      port.postMessage({ type: 'alone', farewell, greeting });
    }
  }

  /** @param {MessagePort} port */
  function leave(port) {
    const member = members.get(port);
    if (!member) return;
    members.delete(port);
    clearTimeout(member.lease);
    places.leave(member.place);
    if (members.size === 0) return end();
    counting.doubted(); // the tab may have thought that it was alone, and said so
    tellWhoIsAlone();
  }

  /**
   * Somebody who comes back after a long time must not look at a stream that has died unnoticed.
   *
   * @param {Member} member
   * @param {any} message
   */
  async function look(member, { isVisible }) {
    member.isVisible = Boolean(isVisible);
    counting.changed();
    if (member.isVisible && (await places.isBehind())) reconnect();
  }

  function opened() {
    enterState('opened');
    places.connected();
    counting.opened();
    tellWhoIsAlone();
  }

  function lost() {
    if (state === 'away') return; // and it is still being tried
    interrupt();
    enterState('away');
  }

  function enterState(/** @type {'opened' | 'away'} */ next) {
    state = next;
    for (const { port, greeting } of members.values()) port.postMessage({ type: next, greeting });
  }

  function interrupt() {
    state = 'opening';
    places.interrupted();
    counting.closed();
  }

  function end() {
    clearTimeout(onlineTimer);
    interrupt();
    source.close();
  }

  function reconnectSoon() {
    clearTimeout(onlineTimer);
    onlineTimer = setTimeout(reconnect, ONLINE_DELAY * 1000);
  }

  /** The old connection may be one of a network that is gone, which nobody would ever close. */
  function reconnect() {
    end();
    source.open(places.findLast());
  }

  return { connect };
}
