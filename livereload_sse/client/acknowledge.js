/**
 * Tells the server what this tab did about an event, and when a person could see it.
 *
 * Knows one request and one moment; refuses to know plans. Nobody waits for the answer.
 */

/**
 * @typedef {'reload' | 'patch-page' | 'swap-styles' | 'swap-images' | 'none' | 'paused'} Deed
 * @typedef {object} Details what the log says besides
 * @property {number} [nodes] how many nodes were changed in place
 * @property {string} [reason] why the page was loaded instead
 *
 * @typedef {(id: string, deed: Deed, milliseconds: number, details?: Details) => void} Acknowledge
 */

const LONGEST_REASON = 200; // characters that the server takes
const TIMEOUT = 250; // milliseconds; a tab that nobody sees any more paints no frame

/**
 * @param {object} world
 * @param {typeof globalThis.fetch} world.fetch
 * @param {string} world.url
 * @returns {Acknowledge}
 */
export function createAcknowledge({ fetch, url }) {
  return (id, action, milliseconds, { nodes = 0, reason = '' } = {}) => {
    const duration = Math.max(0, Math.round(milliseconds)); // a clock may be set back meanwhile
    const line = reason.replace(/\p{C}+/gu, ' ').slice(0, LONGEST_REASON);
    const body = JSON.stringify({ id, action, milliseconds: duration, nodes, reason: line });
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
  const paint = () => afterFrame(requestAnimationFrame, setTimeout, callback);
  if (document.readyState === 'complete') paint();
  else window.addEventListener('load', paint, { once: true });
}

/**
 * Wait until what is in the document now is painted, or until that has taken too long: the tab may
 * have been hidden meanwhile.
 *
 * @param {object} world
 * @param {typeof globalThis.requestAnimationFrame} world.requestAnimationFrame
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @returns {Promise<void>}
 */
export function untilPainted({ requestAnimationFrame, setTimeout }) {
  return new Promise((resolve) => {
    afterFrame(requestAnimationFrame, setTimeout, resolve);
    setTimeout(resolve, TIMEOUT);
  });
}

/**
 * A frame's callbacks run before it is painted; the task after them runs when it has been.
 *
 * @param {typeof globalThis.requestAnimationFrame} requestAnimationFrame
 * @param {typeof globalThis.setTimeout} setTimeout
 * @param {() => void} callback
 */
function afterFrame(requestAnimationFrame, setTimeout, callback) {
  requestAnimationFrame(() => setTimeout(callback, 0));
}
