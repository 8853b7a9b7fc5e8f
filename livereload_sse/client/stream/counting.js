/**
 * Tells the server how many tabs are behind a stream, and how many of them somebody can see.
 *
 * Knows two numbers and when they were said last; refuses to know the tabs. It is for the server's
 * log, which names who was told of a change and waits for those that are seen.
 */

const DELAY = 50; // milliseconds; a page that loads anew goes and comes in less

/**
 * @typedef {{visible: number, hidden: number}} Counts
 *
 * @typedef {{url: string, body: string}} Farewell a request, for whoever outlives us
 *
 * @typedef {object} Counting
 * @property {() => string} query names a new stream and says the numbers, for its address
 * @property {() => Farewell} findFarewell what says that nobody is behind this stream any more
 * @property {() => void} opened the server has heard the address: say what is different now
 * @property {() => void} changed the numbers may be others
 * @property {() => void} doubted somebody else may have told the server other numbers
 * @property {() => void} closed there is no stream, so there is nothing to say
 */

/**
 * @param {object} world
 * @param {typeof globalThis.fetch} world.fetch
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {string} world.url
 * @param {string} world.reader names us to the server
 * @param {() => Counts} world.count
 * @returns {Counting}
 */
export function createCounting({ fetch, setTimeout, clearTimeout, url, reader, count }) {
  let name = reader;
  let openings = 0;
  let isOpen = false;
  let isSending = false;
  let inAddress = '';
  let said = ''; // what the server believes, as JSON; empty when that is not known
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** Each stream has its own name, so that a late word about the one before does not meet it. */
  function query() {
    const { visible, hidden } = count();
    name = `${reader}-${(openings += 1)}`;
    inAddress = write({ visible, hidden });
    return `reader=${name}&visible=${visible}&hidden=${hidden}`;
  }

  function write(/** @type {Counts} */ { visible, hidden }) {
    return JSON.stringify({ reader: name, visible, hidden });
  }

  function findFarewell() {
    return { url, body: write({ visible: 0, hidden: 0 }) };
  }

  /** The browser reconnects to the address as it was, whatever has been said since. */
  function opened() {
    isOpen = true;
    said = inAddress;
    changed();
  }

  function changed() {
    if (isOpen) timer ??= setTimeout(say, DELAY);
  }

  function doubted() {
    said = '';
    changed();
  }

  function closed() {
    isOpen = false;
    clearTimeout(timer);
    timer = undefined;
  }

  /** One at a time: a second request could overtake the first. */
  async function say() {
    timer = undefined;
    const body = write(count());
    if (body === said || isSending) return;
    isSending = true;
    said = body;
    await post(body);
    isSending = false;
    if (said !== body) said = ''; // a new stream opened meanwhile: which of them came last?
    changed();
  }

  async function post(/** @type {string} */ body) {
    try {
      await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    } catch {
      // The server is away. Its stream will end, and the next one begins with the numbers.
    }
  }

  return { query, findFarewell, opened, changed, doubted, closed };
}
