/**
 * The events of the wire as checked values, and the order of their ids.
 *
 * Knows names and shapes; refuses to know what a tab does about them. What cannot be understood is
 * `null`, never a half-filled message: a newer server may say things an older tab has not learnt.
 */

/**
 * @typedef {{kind: 'added' | 'modified' | 'deleted', url: string, digest?: string}} Change
 * @typedef {{type: 'change', changes: Change[]}} ChangeMessage
 * @typedef {{type: 'reload', reason: string}} ReloadMessage
 * @typedef {{type: 'custom', name: string, data: unknown}} CustomMessage
 * @typedef {ChangeMessage | ReloadMessage | CustomMessage} Message
 */

const KINDS = ['added', 'modified', 'deleted'];

/**
 * How each event is read. An EventSource hears only the names it was told, so whatever has no row
 * here travels as `custom`.
 *
 * @type {Readonly<Record<string, (value: Record<string, unknown>) => Message | null>>}
 */
const READERS = {
  change: readChange,
  reload: ({ reason }) => ({ type: 'reload', reason: typeof reason === 'string' ? reason : '' }),
  custom: ({ name, data }) =>
    typeof name === 'string' && name !== '' ? { type: 'custom', name, data } : null,
};

/** What is told of builds, for those who show that (`build/`). */
export const BUILD_EVENTS = Object.freeze([
  'build-started', 'build-output', 'build-succeeded', 'build-failed',
]);

/** What is told of tests, for those who show that (`tests_badge/`). */
export const TESTS_EVENTS = Object.freeze(['tests-started', 'tests-finished', 'tests-gone']);

/** The event names to listen to. */
export const EVENT_NAMES = Object.freeze([
  ...Object.keys(READERS), ...BUILD_EVENTS, ...TESTS_EVENTS,
]);

/**
 * Read one event; `null` when the name is unknown or the data is not what the name promises.
 *
 * @param {string} name the event's name
 * @param {string} text its data, a JSON object
 * @returns {Message | null}
 */
export function parseMessage(name, text) {
  const value = parseObject(text);
  return value !== null && Object.hasOwn(READERS, name) ? READERS[name](value) : null;
}

/**
 * Compare two event ids, `<milliseconds>-<sequence>`, as numbers and not as text; one that cannot
 * be read is never the later.
 *
 * @param {string} id
 * @param {string} other
 */
export function isLater(id, other) {
  const [one, two] = [parseId(id), parseId(other)];
  if (one === null || two === null) return one !== null;
  return one[0] === two[0] ? one[1] > two[1] : one[0] > two[0];
}

/** @param {string} id */
function parseId(id) {
  const parts = /^(\d{1,20})-(\d{1,20})$/.exec(id);
  return parts && [BigInt(parts[1]), BigInt(parts[2])];
}

/** @param {string} text @returns {Record<string, unknown> | null} */
function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null; // not JSON: garbled, and so no message
  }
}

/** @param {Record<string, unknown>} value @returns {ChangeMessage | null} */
function readChange({ changes }) {
  return Array.isArray(changes) && changes.every(isChange) ? { type: 'change', changes } : null;
}

/** @param {unknown} value @returns {value is Change} */
function isChange(value) {
  if (!isObject(value)) return false;
  const { kind, url, digest } = value;
  return KINDS.includes(String(kind)) && typeof url === 'string' && isOptionalText(digest);
}

/** @param {unknown} value a digest the server did not need to compute is left out or null */
function isOptionalText(value) {
  return value === undefined || value === null || typeof value === 'string';
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
