/**
 * What the server says of its builds, as checked values, and which of two says the later thing.
 *
 * Knows names and shapes; refuses to know how it is shown. What cannot be understood is `null`.
 */

/**
 * @typedef {{name: string, line: number | null, column: number | null, key: string | null}} Place
 * @typedef {{message: string, severity: 'error' | 'warning', place: Place | null}} Problem
 * @typedef {{text: string, style?: string[], place?: Place}} Span
 * @typedef {{place: Place, lines: {number: number, text: string, marked: boolean}[]}} Excerpt
 *
 * @typedef {object} Report
 * @property {string} title
 * @property {Problem[]} problems
 * @property {Excerpt | null} excerpt
 * @property {Span[][]} output lines of spans
 * @property {boolean} cut the beginning of the output was left out
 *
 * @typedef {object} Running a build goes on
 * @property {'running'} type
 * @property {string} command empty when this message does not say it
 * @property {number | null} expected seconds
 * @property {number} elapsed seconds
 * @property {number | null} fraction 0 to 1
 * @property {string} stage
 * @property {string} [doing] what is done, where that is something else than building
 *
 * @typedef {object} Succeeded
 * @property {'succeeded'} type
 * @property {Problem[]} warnings
 *
 * @typedef {object} Failed
 * @property {'failed'} type
 * @property {string} command
 * @property {string} ending
 * @property {number | null} exitCode
 * @property {number} duration seconds
 * @property {boolean} shown what was built is shown nevertheless
 * @property {Report} report
 *
 * @typedef {{type: 'idle'}} Idle
 * @typedef {{run: string, build: number} & (Running | Succeeded | Failed | Idle)} State
 */

/** @type {Readonly<Record<string, (value: Record<string, any>) => Running | Succeeded | Failed | Idle | null>>} */
const READERS = {
  idle: () => ({ type: 'idle' }),
  'build-started': ({ command, expected, doing }) => ({
    type: 'running', command: text(command), expected: number(expected), elapsed: 0, fraction: null,
    stage: '', doing: text(doing),
  }),
  'build-output': ({ elapsed, expected, fraction, stage }) => ({
    type: 'running', command: '', expected: number(expected), elapsed: number(elapsed) ?? 0,
    fraction: number(fraction), stage: text(stage),
  }),
  'build-succeeded': ({ warnings }) => ({
    type: 'succeeded', warnings: Array.isArray(warnings) ? warnings.filter(isProblem) : [],
  }),
  'build-failed': ({ command, ending, exit_code: exitCode, duration, shown, report }) =>
    isReport(report) ? {
      type: 'failed', command: text(command), ending: text(ending), exitCode: number(exitCode),
      duration: number(duration) ?? 0, shown: shown === true, report,
    } : null,
};

/** Within one build: it begins, it goes on, it ends. */
const RANKS = { idle: 0, running: 1, succeeded: 2, failed: 2 };

/**
 * Read one event, or the answer to `GET build`, which has the event's name in it.
 *
 * @param {string} name
 * @param {unknown} value
 * @returns {State | null}
 */
export function readState(name, value) {
  if (!isObject(value) || !Object.hasOwn(READERS, name)) return null;
  const { run, build } = value;
  const read = READERS[name](value);
  if (read === null || typeof run !== 'string' || typeof build !== 'number') return null;
  return { ...read, run, build };
}

/** @param {string} name @param {string} data JSON */
export function parseState(name, data) {
  try {
    return readState(name, JSON.parse(data));
  } catch {
    return null; // not JSON: garbled, and so no message
  }
}

/**
 * Does a state tell something that comes after another? A server that was started anew counts its
 * builds from one again, and what it says is always the later.
 *
 * @param {State} state
 * @param {State | null} before
 */
export function isNews(state, before) {
  if (before === null || state.run !== before.run) return true;
  if (state.build !== before.build) return state.build > before.build;
  // The answer to a question may come after an event that is later.
  if (state.type === 'running' && before.type === 'running') return state.elapsed >= before.elapsed;
  return RANKS[state.type] >= RANKS[before.type];
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

/** @param {unknown} value @returns {value is Place} */
function isPlace(value) {
  return isObject(value) && typeof value.name === 'string';
}

/** @param {unknown} value @returns {value is Problem} */
function isProblem(value) {
  return isObject(value) && typeof value.message === 'string' &&
    (value.place === null || isPlace(value.place));
}

/** @param {unknown} value @returns {value is Span} */
function isSpan(value) {
  return isObject(value) && typeof value.text === 'string' &&
    (value.style === undefined || isTexts(value.style)) &&
    (value.place === undefined || isPlace(value.place));
}

/** @param {unknown} value @returns {value is Report} */
function isReport(value) {
  return isObject(value) && typeof value.title === 'string' &&
    Array.isArray(value.problems) && value.problems.every(isProblem) &&
    Array.isArray(value.output) &&
    value.output.every((line) => Array.isArray(line) && line.every(isSpan)) &&
    (value.excerpt === null || (isObject(value.excerpt) && isPlace(value.excerpt.place) &&
      Array.isArray(value.excerpt.lines) && value.excerpt.lines.every(isLine)));
}

/** @param {unknown} value a line of an excerpt */
function isLine(value) {
  return isObject(value) && typeof value.number === 'number' && typeof value.text === 'string';
}

/** @param {unknown} value */
function isTexts(value) {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
