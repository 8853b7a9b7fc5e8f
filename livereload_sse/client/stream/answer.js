/**
 * The inside of a shared worker: one stream for all tabs of a browser that show pages of this server.
 *
 * Only joins the hub to the worker's globals.
 */

import { createHub } from './hub.js';

/**
 * @param {readonly string[]} names of the events that are passed on
 * @param {EventTarget & Pick<typeof globalThis, 'EventSource' | 'crypto' | 'fetch' | 'setTimeout' | 'clearTimeout'>} [scope]
 *   the worker's globals
 */
export function answerTabs(names, scope = globalThis) {
  // Not `crypto.randomUUID`: a page on plain http has none unless its host is this machine.
  const numbers = scope.crypto.getRandomValues(new Uint32Array(4));
  const reader = [...numbers].map((number) => number.toString(36)).join('-');
  const hub = createHub({
    EventSource: scope.EventSource, reader, names,
    url: new URL('../../../', import.meta.url).href,
    // Detached from the scope they would refuse to be called.
    fetch: (...request) => scope.fetch(...request),
    setTimeout: scope.setTimeout.bind(scope), clearTimeout: scope.clearTimeout.bind(scope),
  });
  scope.addEventListener('connect', (event) => {
    const [port] = /** @type {MessageEvent} */ (event).ports;
    hub.connect(port);
  });
}
