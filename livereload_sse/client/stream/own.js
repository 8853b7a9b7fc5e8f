/**
 * A tab's own event stream, held only while somebody can see the tab.
 *
 * Knows the page's life; refuses to know what the events mean. It is for browsers in which tabs
 * cannot share a stream: they allow six connections to a server for all tabs together, and keep a
 * stream open behind the back button, so a tab that is hidden or left lets go and catches up by id
 * when it is shown again.
 */

import { createSource } from './source.js';

/** @import {Receive} from './source.js' */

/**
 * @typedef {object} Own
 * @property {() => void} start hold a stream whenever the tab is seen
 * @property {() => void} stop
 */

/**
 * @param {object} world
 * @param {typeof globalThis.EventSource} world.EventSource
 * @param {Document} world.document
 * @param {Window} world.window
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {string} world.url of the stream
 * @param {() => string} world.findAfter the id to go on after
 * @param {readonly string[]} world.names the events to listen to
 * @param {Receive} world.receive
 * @param {() => void} world.opened called at each connection
 * @param {() => void} world.lost called at each failure
 * @returns {Own}
 */
export function createOwn({
  EventSource, document, window, setTimeout, clearTimeout, url, findAfter, names, receive, opened,
  lost,
}) {
  let hasLeft = false;
  const source = createSource({
    EventSource, setTimeout, clearTimeout, names, receive, opened, lost,
    // A reader that says how many see it is one that acknowledges.
    address: (after) => `${url}?visible=1&hidden=0&after=${encodeURIComponent(after)}`,
  });

  function follow() {
    if (hasLeft || document.visibilityState !== 'visible') source.close();
    else source.open(findAfter());
  }

  function leave() {
    hasLeft = true;
    follow();
  }

  function enter() {
    hasLeft = false;
    follow();
  }

  /** The old connection may be one of a network that is gone, which nobody would ever close. */
  function reconnect() {
    source.close();
    follow();
  }

  function start() {
    document.addEventListener('visibilitychange', follow);
    window.addEventListener('pagehide', leave);
    window.addEventListener('pageshow', enter);
    window.addEventListener('online', reconnect);
    follow();
  }

  function stop() {
    document.removeEventListener('visibilitychange', follow);
    window.removeEventListener('pagehide', leave);
    window.removeEventListener('pageshow', enter);
    window.removeEventListener('online', reconnect);
    source.close();
  }

  return { start, stop };
}
