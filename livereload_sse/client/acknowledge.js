/**
 * Tells the server what this tab did about an event, and when a person could see it.
 *
 * Knows one request and one moment; refuses to know plans. Nobody waits for the answer.
 */

/**
 * @typedef {'reload' | 'swap-styles' | 'none' | 'paused'} Action
 * @typedef {(id: string, action: Action, milliseconds: number) => void} Acknowledge
 */

/**
 * @param {object} world
 * @param {typeof globalThis.fetch} world.fetch
 * @param {string} world.url
 * @returns {Acknowledge}
 */
export function createAcknowledge({ fetch, url }) {
  return (id, action, milliseconds) => {
    const duration = Math.max(0, Math.round(milliseconds)); // a clock may be set back meanwhile
    const body = JSON.stringify({ id, action, milliseconds: duration });
    const headers = { 'Content-Type': 'application/json' };
    // It is for the server's log only: a server that is gone has no log to write.
    fetch(url, { method: 'POST', headers, body, keepalive: true }).catch(() => {});
  };
}

/**
 * Call back once the page is loaded and its next frame is painted, which waits for a hidden tab.
 *
 * @param {object} world
 * @param {Pick<Document, 'readyState'>} world.document
 * @param {Pick<Window, 'addEventListener'>} world.window
 * @param {typeof globalThis.requestAnimationFrame} world.requestAnimationFrame
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {() => void} callback
 */
export function whenShown({ document, window, requestAnimationFrame, setTimeout }, callback) {
  // A frame's callbacks run before it is painted; the task after them runs when it has been.
  const paint = () => requestAnimationFrame(() => setTimeout(callback, 0));
  if (document.readyState === 'complete') paint();
  else window.addEventListener('load', paint, { once: true });
}
