/**
 * The events of the server, as one tab hears them: from a stream that all tabs of the browser share
 * where there can be one, else from the tab's own.
 *
 * Knows which of the two speaks and up to which id it was heard; refuses to know how either works
 * and what the events mean.
 */

import { createOwn } from './own.js';
import { createShared } from './shared.js';
import { trust } from '../trusted.js';

/** @import {Receive} from './source.js' */
/** @import {TrustedTypes} from '../trusted.js' */

const WORKER = new URL('./worker.js', import.meta.url).href;

/**
 * @typedef {object} Stream
 * @property {() => void} start begin to follow the page's life
 */

/**
 * @param {object} world
 * @param {typeof globalThis.SharedWorker} [world.SharedWorker] browsers without it still exist
 * @param {TrustedTypes} [world.trustedTypes]
 * @param {typeof globalThis.EventSource} world.EventSource
 * @param {typeof globalThis.fetch} world.fetch
 * @param {Document} world.document
 * @param {Window} world.window
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {string} world.url of the tab's own stream
 * @param {string} world.after the id to start after
 * @param {readonly string[]} world.names the events to listen to
 * @param {Receive} world.receive
 * @param {() => void} [world.opened] called at each connection, the browser's own ones too
 * @param {() => void} [world.away] called when the connection is lost, and not again before the
 *   next `opened`; letting go on purpose is no loss
 * @returns {Stream}
 */
export function createStream({
  SharedWorker, trustedTypes, EventSource, fetch, document, window, setTimeout, clearTimeout, url,
  after, names, receive, opened = () => {}, away = () => {},
}) {
  let lastId = after;
  let isAway = false;

  const common = {
    document, window, setTimeout, clearTimeout, findAfter: () => lastId, receive: hear,
    opened: open, lost,
  };
  const own = createOwn({ ...common, EventSource, url, names });

  /** @type {Receive} */
  function hear(name, text, id) {
    lastId = id;
    receive(name, text, id);
  }

  function open() {
    isAway = false;
    opened();
  }

  function lost() {
    if (isAway) return;
    isAway = true;
    away();
  }

  function start() {
    if (SharedWorker === undefined) return own.start();
    createShared({
      ...common, SharedWorker, fetch, url: trust(trustedTypes, WORKER), welcomed: own.stop,
      silent: own.start, failed: own.start,
    }).start();
  }

  return { start };
}
