/**
 * One EventSource that does not stay dead: what the browser has given up is made anew.
 *
 * Knows EventSource, ids and delays; refuses to know whose stream it is and when there should be
 * one. A new EventSource sends no Last-Event-ID, so its address has to carry the id.
 */

const CLOSED = 2; // EventSource.CLOSED
const SHORTEST_RETRY_DELAY = 0.5;
const LONGEST_RETRY_DELAY = 5;

/**
 * How often the browser may try by itself: it always waits as long as the server has said last, and
 * one that is about to be started again says a moment.
 */
const MOST_TRIES = 20;

/**
 * @typedef {(name: string, text: string, id: string) => void} Receive
 * @typedef {object} Source
 * @property {(after: string) => void} open listen to what came after this id, unless it is open
 * @property {() => void} close
 */

/**
 * @param {object} world
 * @param {typeof globalThis.EventSource} world.EventSource
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {(after: string) => string} world.address
 * @param {readonly string[]} world.names the events to listen to
 * @param {Receive} world.receive
 * @param {() => void} world.opened called at each connection, the browser's own ones too
 * @param {() => void} world.lost called at each failure, of which there may be many in a row
 * @returns {Source}
 */
export function createSource({
  EventSource, setTimeout, clearTimeout, address, names, receive, opened, lost,
}) {
  let lastId = '';
  let retryDelay = SHORTEST_RETRY_DELAY;
  let hasOpened = false;
  let tries = 0;
  /** @type {EventSource | null} */
  let source = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function open(/** @type {string} */ after) {
    if (source !== null) return;
    lastId = after;
    const opening = new EventSource(address(after));
    source = opening;
    opening.addEventListener('open', () => onOpen(opening));
    opening.addEventListener('error', () => onError(opening));
    for (const name of names) opening.addEventListener(name, (event) => onEvent(opening, event));
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  function onOpen(/** @type {EventSource} */ from) {
    if (from !== source) return;
    retryDelay = SHORTEST_RETRY_DELAY;
    tries = 0;
    hasOpened = true;
    opened();
  }

  /** An EventSource that was refused (not 200, wrong type) is dead for good: make a new one. */
  function onError(/** @type {EventSource} */ from) {
    if (from !== source) return;
    const isRefused = from.readyState === CLOSED; // else the browser is reconnecting
    tries += 1;
    if (isRefused) retry();
    else if (tries >= MOST_TRIES) openIn(SHORTEST_RETRY_DELAY);
    // What was refused from the beginning (by a page's own policy, say) has not been lost.
    if (hasOpened || !isRefused) lost();
  }

  function retry() {
    openIn(retryDelay);
    retryDelay = Math.min(retryDelay * 2, LONGEST_RETRY_DELAY);
  }

  function openIn(/** @type {number} */ delay) {
    close();
    timer = setTimeout(() => open(lastId), delay * 1000);
  }

  /** @param {EventSource} from @param {MessageEvent} event */
  function onEvent(from, event) {
    if (from !== source) return; // queued before we closed it: it is told again after our id
    lastId = event.lastEventId || lastId;
    receive(event.type, event.data, lastId);
  }

  return { open, close };
}
