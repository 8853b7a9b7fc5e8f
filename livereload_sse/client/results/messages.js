/**
 * What the server tells a results page: the names of its events and the shapes of their data.
 *
 * Knows shapes only, as the server's `page/shapes.py` describes them. Whatever an event says is
 * absolute: to hear it twice changes nothing.
 */

/** The last two mean: what was told before does not count, ask for the state. */
export const EVENT_NAMES = Object.freeze(/** @type {const} */ ([
  'tests-started', 'tests-collected', 'test-result', 'tests-finished', 'tests-waiting',
  'tests-state', 'reload',
]));

/**
 * @typedef {'passed' | 'failed' | 'error' | 'skipped' | 'xfailed' | 'xpassed'} Outcome
 * @typedef {{name: string, line: number, key: string}} Place `key` is empty where nothing opens it
 * @typedef {{name: string, key: string}} File
 * @typedef {{text: string, style?: string[], place?: Place}} Span
 * @typedef {Span[][]} Lines
 * @typedef {{number: number, message: string, place: Place | null}} Note
 * @typedef {{title: string, message: string, place: Place | null, lines: Lines}} Problem
 *
 * @typedef {[number: number, file: number, name: string, line: number, outcome: Outcome | '',
 *   duration: number, run: number]} TestRow
 *
 * @typedef {object} Finished
 * @property {number} run
 * @property {string} header
 * @property {'finished' | 'cancelled' | 'crashed' | 'timed-out'} ending
 * @property {boolean} good
 * @property {string} message
 * @property {number | null} exit_code
 * @property {number} duration
 * @property {string} summary
 * @property {Partial<Record<Outcome, number>>} counts
 * @property {number} not_rerun
 *
 * @typedef {object} RunState
 * @property {number} run
 * @property {string} header
 * @property {string[]} why
 * @property {boolean} collected
 * @property {number[]} order
 * @property {number[]} done
 * @property {number} deselected
 * @property {number | null} running
 * @property {number} elapsed
 * @property {Finished | null} finished
 *
 * @typedef {{line: string, paused: boolean, filters: string[], owed: number}} Waiting
 *
 * @typedef {object} State
 * @property {string} project
 * @property {string} server names the one that says this
 * @property {string} id after which the stream goes on
 * @property {File[]} files
 * @property {TestRow[]} tests
 * @property {Note[]} notes
 * @property {Problem[]} problems
 * @property {RunState} run
 * @property {Finished[]} past
 * @property {Waiting | null} waiting
 *
 * @typedef {{run: number, header: string, why: string[]}} StartedData
 * @typedef {{run: number, files: File[], tests: TestRow[], order: number[], gone: number[],
 *   deselected: number}} CollectedData
 * @typedef {{run: number, results: [number, Outcome, number][], notes: Note[],
 *   problems: Problem[], running: number | null, elapsed: number}} ResultData
 *
 * @typedef {object} Details
 * @property {number} number
 * @property {Lines} lines
 * @property {boolean} cut
 * @property {{title: string, lines: Lines, cut: boolean}[]} sections
 * @property {number[]} durations
 * @property {Outcome[]} outcomes
 */

/** @param {Outcome | ''} outcome */
export function isFailure(outcome) {
  return outcome === 'failed' || outcome === 'error';
}
