/**
 * What `pytest --watch` tells the tabs of a site, as checked values, and which of two says the later
 * thing.
 *
 * Knows names and shapes; refuses to know how it is shown. What cannot be understood is `null`.
 */

/**
 * @typedef {object} Told
 * @property {string} watch names the process that watches
 * @property {number} run counts its runs
 * @property {string} page the address of its results page, empty where there is none
 * @property {number} age seconds since it happened, when it was told
 *
 * @typedef {object} Running
 * @property {'running'} type
 * @property {number | null} tests how many
 * @property {number | null} expected seconds
 *
 * @typedef {object} Finished
 * @property {'finished'} type
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} before failed earlier, and not run this time
 * @property {number} owed concerned by a change, and not run since
 * @property {string[]} failing the names of some of them
 * @property {string} trouble why the run could not tell more
 *
 * @typedef {Told & (Running | Finished | {type: 'gone'})} Tests
 */

/** @type {Readonly<Record<string, (value: Record<string, any>) => Running | Finished | {type: 'gone'}>>} */
const READERS = {
  'tests-started': ({ tests, expected }) => ({
    type: 'running', tests: number(tests), expected: number(expected),
  }),
  'tests-finished': ({ passed, failed, skipped, before, owed, failing, trouble }) => ({
    type: 'finished', passed: number(passed) ?? 0, failed: number(failed) ?? 0,
    skipped: number(skipped) ?? 0, before: number(before) ?? 0, owed: number(owed) ?? 0,
    failing: Array.isArray(failing) ? failing.map(String) : [], trouble: text(trouble),
  }),
  'tests-gone': () => ({ type: 'gone' }),
};

/** Within one run: it begins, it ends. */
const RANKS = { running: 1, finished: 2, gone: 3 };

/**
 * Read one event, or the answer to `GET tests`, which has the event's name in it.
 *
 * @param {string} name
 * @param {unknown} value
 * @returns {Tests | null}
 */
export function readTests(name, value) {
  if (!isObject(value) || !Object.hasOwn(READERS, name)) return null;
  const { watch, run, page, age } = value;
  if (typeof watch !== 'string' || typeof run !== 'number') return null;
  return { ...READERS[name](value), watch, run, page: address(page), age: number(age) ?? 0 };
}

/** @param {string} name @param {string} data JSON */
export function parseTests(name, data) {
  try {
    return readTests(name, JSON.parse(data));
  } catch {
    return null; // not JSON: garbled, and so no message
  }
}

/**
 * Does a state tell something that comes after another? What is said twice counts: the results page
 * may have got an address since. Of two processes that watch, the one that speaks last.
 *
 * @param {Tests} state
 * @param {Tests | null} before
 */
export function isNews(state, before) {
  if (before === null) return state.type !== 'gone';
  if (state.watch !== before.watch) return state.type !== 'gone';
  if (state.run !== before.run) return state.run > before.run;
  return RANKS[state.type] >= RANKS[before.type];
}

/** The very same moment of the same run. @param {Tests | null} one @param {Tests | null} other */
export function isSame(one, other) {
  return one?.watch === other?.watch && one?.run === other?.run && one?.type === other?.type
    && owedIn(one) === owedIn(other);
}

/** After the run, too, something may be saved that is left out. @param {Tests | null} state */
function owedIn(state) {
  return state?.type === 'finished' ? state.owed : 0;
}

/** Only what a browser opens as a page: the address ends up in a link. @param {unknown} value */
function address(value) {
  const given = text(value);
  return /^https?:\/\//i.test(given) ? given : '';
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' ? value : '';
}

/** @param {unknown} value */
function number(value) {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** @param {unknown} value @returns {value is Record<string, any>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
