/** The world of a stream in a test: targets that can be left, ports and workers moved by hand. */

/** An event target; `emit` calls those who listen now. */
export function createTarget(fields = {}) {
  /** @type {Map<string, Set<(event: any) => void>>} */
  const listeners = new Map();
  const find = (/** @type {string} */ name) => {
    const found = listeners.get(name) ?? new Set();
    listeners.set(name, found);
    return found;
  };
  return {
    ...fields,
    /** @param {string} name @param {(event: any) => void} listener */
    addEventListener: (name, listener) => void find(name).add(listener),
    /** @param {string} name @param {(event: any) => void} listener */
    removeEventListener: (name, listener) => void find(name).delete(listener),
    emit(/** @type {string} */ name, event = {}) {
      for (const listener of [...find(name)]) listener({ type: name, ...event });
    },
    countListeners: () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0),
  };
}

/** A document and a window that a test shows, hides and leaves. */
export function createPage(visibilityState = 'visible') {
  /** @type {any} */
  const document = createTarget({ visibilityState });
  /** @type {any} */
  const window = createTarget();
  const show = (/** @type {string} */ state) => {
    document.visibilityState = state;
    document.emit('visibilitychange');
  };
  const countListeners = () => document.countListeners() + window.countListeners();
  return { document, window, show, countListeners };
}

/** One end of a port: `sent` is what was posted to it, `say` is the other end speaking. */
export function createPort() {
  /** @type {any[]} */
  const sent = [];
  const target = createTarget({ isClosed: false, isStarted: false });
  /** @type {any} */
  const port = Object.assign(target, {
    sent,
    start: () => void (port.isStarted = true),
    close: () => void (port.isClosed = true),
    postMessage: (/** @type {any} */ message) => void sent.push(structuredClone(message)),
    say: (/** @type {any} */ data) => port.isStarted && port.emit('message', { data }),
  });
  return port;
}

/** A SharedWorker class, and all that were made of it; where `isForbidden`, none can be made. */
export function createSharedWorker({ isForbidden = false } = {}) {
  /** @type {any[]} */
  const workers = [];
  function SharedWorker(/** @type {string} */ url, /** @type {object} */ options) {
    if (isForbidden) throw new Error('SecurityError');
    const worker = Object.assign(createTarget(), { url, options, port: createPort() });
    workers.push(worker);
    return worker;
  }
  return { SharedWorker: /** @type {any} */ (SharedWorker), workers };
}

/** A `fetch` whose requests a test answers one by one. */
export function createFetch() {
  /** @typedef {(value: unknown, ok?: boolean) => void} Answer */
  /** @type {{url: string, options: any, answer: Answer, fail: () => void}[]} */
  const requests = [];
  const fetch = (/** @type {string} */ url, /** @type {any} */ options = {}) =>
    new Promise((resolve, reject) => {
      requests.push({
        url, options,
        answer: (value, ok = true) => resolve({ ok, json: async () => value }),
        fail: () => reject(new TypeError('Failed to fetch')),
      });
    });
  return { fetch: /** @type {any} */ (fetch), requests };
}
