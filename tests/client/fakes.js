/** The world of a tab, small enough to hold in a test: a clock moved by hand, links, a stream. */

/** A clock for `setTimeout` and `now`; `advance` runs what falls due, in order. */
export function createClock(time = 1_000_000) {
  /** @type {Map<number, {due: number, run: () => void}>} */
  const timers = new Map();
  let last = 0;

  /** @param {() => void} run @param {number} milliseconds */
  function set(run, milliseconds) {
    timers.set(++last, { due: time + milliseconds, run });
    return last;
  }

  /** @param {number} seconds */
  function advance(seconds) {
    const end = time + seconds * 1000;
    for (let next = findNext(end); next; next = findNext(end)) {
      timers.delete(next[0]);
      time = next[1].due;
      next[1].run();
    }
    time = end;
  }

  /** @param {number} end */
  function findNext(end) {
    const due = [...timers].filter(([, timer]) => timer.due <= end);
    return due.sort(([, one], [, two]) => one.due - two.due)[0];
  }

  return {
    setTimeout: /** @type {typeof globalThis.setTimeout} */ (/** @type {unknown} */ (set)),
    clearTimeout: (/** @type {any} */ id) => void timers.delete(id),
    advance,
    now: () => time,
    waiting: () => timers.size,
  };
}

/** An event target; `emit` calls the listeners with the fields given. */
export function createTarget(fields = {}) {
  /** @type {Map<string, ((event: any) => void)[]>} */
  const listeners = new Map();
  return {
    ...fields,
    /** @param {string} name @param {(event: any) => void} listener */
    addEventListener(name, listener) {
      listeners.set(name, [...(listeners.get(name) ?? []), listener]);
    },
    emit(/** @type {string} */ name, event = {}) {
      for (const listener of listeners.get(name) ?? []) listener({ type: name, ...event });
    },
  };
}

/** An EventSource class, and all the streams made of it. */
export function createEventSource() {
  /** @type {any[]} */
  const streams = [];
  function EventSource(/** @type {string} */ url) {
    const stream = Object.assign(createTarget(), { url, readyState: 0, close });
    function close() {
      stream.readyState = 2;
    }
    streams.push(stream);
    return stream;
  }
  return { EventSource: /** @type {any} */ (EventSource), streams };
}

/** A document that is nothing but a row of links. */
export function createLinks(/** @type {Record<string, any>[]} */ ...rows) {
  /** @type {any[]} */
  const row = [];

  function createLink(/** @type {Record<string, any>} */ attributes) {
    /** @type {any} */
    const link = Object.assign(createTarget(), { ...attributes, sheet: null });
    link.disabled = Boolean(attributes.disabled);
    link.cloneNode = () => createLink({ ...attributes, href: link.href });
    link.removeAttribute = (/** @type {string} */ name) => delete link[name];
    link.after = (/** @type {any} */ other) => row.splice(row.indexOf(link) + 1, 0, other);
    link.replaceWith = (/** @type {any} */ other) => row.splice(row.indexOf(link), 1, other);
    link.remove = () => row.includes(link) && row.splice(row.indexOf(link), 1);
    Object.defineProperty(link, 'isConnected', { get: () => row.includes(link) });
    link.finish = (/** @type {'load' | 'error'} */ event) => {
      if (event === 'load') link.sheet = { disabled: false };
      link.emit(event);
    };
    return link;
  }

  for (const attributes of rows) row.push(createLink(attributes));
  for (const link of row) link.sheet = { disabled: false };
  return { row, document: /** @type {any} */ ({ querySelectorAll: () => row }) };
}

/** A `Storage`. */
export function createStorage() {
  /** @type {Map<string, string>} */
  const items = new Map();
  return /** @type {any} */ ({
    getItem: (/** @type {string} */ key) => items.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => items.set(key, value),
    removeItem: (/** @type {string} */ key) => items.delete(key),
  });
}

/** Let every promise that can settle do so. */
export async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
