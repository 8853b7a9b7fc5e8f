/**
 * The shared worker of the results page: one stream for all of its tabs.
 *
 * Only joins the hub to the worker's globals.
 */

import { createHub } from '../stream/hub.js';
import { EVENT_NAMES } from './messages.js';

const scope = /** @type {EventTarget & typeof globalThis} */ (globalThis);

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
