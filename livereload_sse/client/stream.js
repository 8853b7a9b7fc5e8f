/**
 * One event stream for one tab, held only while somebody can see the tab.
 *
 * Knows EventSource and the page's life; refuses to know what the events mean. Browsers allow six
 * connections to a server for all tabs together, and keep a stream open behind the back button, so
 * a tab that is hidden or left lets go and catches up by id when it is shown again.
 */

const CLOSED = 2; // EventSource.CLOSED
const SHORTEST_RETRY_DELAY = 0.5;
const LONGEST_RETRY_DELAY = 5;

/**
 * @typedef {(name: string, text: string, id: string) => void} Receive
 * @typedef {object} Stream
 * @property {() => void} start begin to follow the page's life
 */

/**
 * @param {object} world
 * @param {typeof globalThis.EventSource} world.EventSource
 * @param {Pick<Document, 'visibilityState' | 'addEventListener'>} world.document
 * @param {Pick<Window, 'addEventListener'>} world.window
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {string} world.url
 * @param {string} world.after the id to start after
 * @param {readonly string[]} world.names the events to listen to
 * @param {Receive} world.receive
 * @param {() => void} world.opened called at each connection, the browser's own ones too
 * @returns {Stream}
 */
export function createStream({
  EventSource, document, window, setTimeout, clearTimeout, url, after, names, receive, opened,
}) {
  let lastId = after;
  let retryDelay = SHORTEST_RETRY_DELAY;
  let hasLeft = false;
  /** @type {EventSource | null} */
  let source = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function follow() {
    if (hasLeft || document.visibilityState !== 'visible') close();
    else if (source === null) open();
  }

  function open() {
    // A new EventSource sends no Last-Event-ID, so the address carries the id; `tab=1` says that
    // this reader acknowledges, unlike a program that only listens.
    const opening = new EventSource(`${url}?tab=1&after=${encodeURIComponent(lastId)}`);
    source = opening;
    opening.addEventListener('open', onOpen);
    opening.addEventListener('error', () => onError(opening));
    for (const name of names) opening.addEventListener(name, (event) => onEvent(opening, event));
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  function onOpen() {
    retryDelay = SHORTEST_RETRY_DELAY;
    opened();
  }

  /** An EventSource that was refused (not 200, wrong type) is dead for good: make a new one. */
  function onError(/** @type {EventSource} */ lost) {
    if (lost !== source || lost.readyState !== CLOSED) return; // the browser is reconnecting
    close();
    timer = setTimeout(follow, retryDelay * 1000);
    retryDelay = Math.min(retryDelay * 2, LONGEST_RETRY_DELAY);
  }

  /** @param {EventSource} from @param {MessageEvent} event */
  function onEvent(from, event) {
    if (from !== source) return; // queued before we closed it: it is told again after our id
    lastId = event.lastEventId || lastId;
    receive(event.type, event.data, lastId);
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
    close();
    follow();
  }

  function start() {
    document.addEventListener('visibilitychange', follow);
    window.addEventListener('pagehide', leave);
    window.addEventListener('pageshow', enter);
    window.addEventListener('online', reconnect);
    follow();
  }

  return { start };
}
