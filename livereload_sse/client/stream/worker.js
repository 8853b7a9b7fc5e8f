/**
 * The shared worker: one stream for all tabs of a browser that show pages of this server.
 *
 * Only joins the hub to the worker's globals.
 */

import { EVENT_NAMES } from '../messages.js';
import { createHub } from './hub.js';

const scope = /** @type {EventTarget & typeof globalThis} */ (globalThis);

/** Not `crypto.randomUUID`: a page on plain http has none unless its host is this machine. */
const numbers = scope.crypto.getRandomValues(new Uint32Array(4));
const reader = [...numbers].map((number) => number.toString(36)).join('-');

const hub = createHub({
  EventSource: scope.EventSource, reader, names: EVENT_NAMES,
  url: new URL('../../../', import.meta.url).href,
  // Detached from the scope they would refuse to be called.
  fetch: (...request) => scope.fetch(...request),
  setTimeout: scope.setTimeout.bind(scope), clearTimeout: scope.clearTimeout.bind(scope),
});

scope.addEventListener('connect', (event) => {
  const [port] = /** @type {MessageEvent} */ (event).ports;
  hub.connect(port);
});
