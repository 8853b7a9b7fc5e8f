/**
 * What is known of the tests in this tab: the state as it was read, and what was told since. Pure.
 *
 * Knows tests, files and the run; refuses to know how they are shown. Times are in seconds of the
 * clock that is handed in.
 */

import { isFailure } from './messages.js';

/** @import {CollectedData, File, Finished, Note, Outcome, Place, Problem, ResultData, StartedData,
 *    State, TestRow, Waiting} from './messages.js' */

const MOST_PAST = 20;

/**
 * @typedef {object} Test
 * @property {number} number
 * @property {number} file
 * @property {string} name
 * @property {number} line
 * @property {Outcome | ''} outcome
 * @property {number} duration seconds it took the last time
 * @property {number} expected seconds it took the time before
 * @property {number} run in which that was
 * @property {string} message
 * @property {Place | null} place
 *
 * @typedef {object} Run
 * @property {number} number
 * @property {string} header
 * @property {string[]} why
 * @property {boolean} isCollected
 * @property {number[]} order
 * @property {Set<number>} done
 * @property {number} deselected
 * @property {number | null} running
 * @property {number} since when
 * @property {number} began
 * @property {number} firstTest when its tests were known
 * @property {Finished | null} finished
 *
 * @typedef {object} Model
 * @property {string} project
 * @property {File[]} files
 * @property {Map<number, Test>} tests
 * @property {Problem[]} problems
 * @property {Run} run
 * @property {Finished[]} past
 * @property {Waiting | null} waiting
 * @property {(state: State) => void} read
 * @property {(name: string, data: any) => void} learn
 * @property {() => Test[]} failing those that failed when they last ran
 */

/** @param {() => number} now @returns {Model} */
export function createModel(now) {
  /** @type {Model} */
  const model = {
    project: '', files: [], tests: new Map(), problems: [], run: createRun(0, '', [], 0),
    past: [], waiting: null, read, learn, failing,
  };

  /** @type {Model['read']} */
  function read(state) {
    const { project, files, problems, past, waiting, run } = state;
    Object.assign(model, { project, files, problems, past, waiting, tests: new Map() });
    state.tests.forEach(meet);
    state.notes.forEach(note);
    model.run = createRun(run.run, run.header, run.why, now() - run.elapsed);
    Object.assign(model.run, {
      isCollected: run.collected, order: run.order, done: new Set(run.done),
      deselected: run.deselected, running: run.running, since: now(), finished: run.finished,
    });
  }

  const learning = /** @type {Record<string, (data: any) => void>} */ ({
    'tests-started': start, 'tests-collected': collect, 'test-result': take,
    'tests-finished': finish, 'tests-waiting': (data) => { model.waiting = data; },
  });

  /** @type {Model['learn']} */
  function learn(name, data) {
    learning[name]?.(data);
  }

  /** @param {StartedData} data */
  function start({ run, header, why }) {
    if (run === model.run.number) return;
    model.run = createRun(run, header, why, now());
    model.problems = [];
    model.waiting = null;
  }

  /** @param {CollectedData} data */
  function collect({ files, tests, order, gone, deselected }) {
    const known = new Set(model.files.map(({ name }) => name));
    model.files.push(...files.filter(({ name }) => !known.has(name)));
    tests.forEach(meet);
    for (const number of gone) {
      model.tests.delete(number);
      model.run.done.delete(number);
    }
    const { run } = model;
    for (const number of order) {
      const test = model.tests.get(number);
      if (test && !run.done.has(number)) test.expected = test.duration;
    }
    if (!run.isCollected) run.firstTest = now();
    Object.assign(run, { isCollected: run.isCollected || run.finished === null, order, deselected });
  }

  /** @param {ResultData} data */
  function take({ run, results, notes, problems, running, elapsed }) {
    for (const [number, outcome, duration] of results) {
      const test = model.tests.get(number);
      if (!test) continue;
      Object.assign(test, { outcome, duration, run, message: '', place: null });
      model.run.done.add(number);
    }
    notes.forEach(note);
    const titles = new Set(model.problems.map(({ title, message }) => title + message));
    model.problems.push(...problems.filter((one) => !titles.has(one.title + one.message)));
    if (running !== model.run.running) Object.assign(model.run, { running, since: now() });
    model.run.began = now() - elapsed;
  }

  /** @param {Finished} data */
  function finish(data) {
    model.run.finished = data;
    model.run.running = null;
    model.past = [...model.past.filter(({ run }) => run !== data.run), data].slice(-MOST_PAST);
  }

  /** @param {TestRow} row */
  function meet([number, file, name, line, outcome, duration, run]) {
    const { message = '', place = null } = model.tests.get(number) ?? {};
    const expected = duration;
    model.tests.set(number, {
      number, file, name, line, outcome, duration, expected, run, message, place,
    });
  }

  /** @param {Note} told */
  function note({ number, message, place }) {
    const test = model.tests.get(number);
    if (test) Object.assign(test, { message, place });
  }

  function failing() {
    return [...model.tests.values()].filter(({ outcome }) => isFailure(outcome));
  }

  return model;
}

/** @param {number} number @param {string} header @param {string[]} why @param {number} began @returns {Run} */
function createRun(number, header, why, began) {
  return {
    number, header, why, isCollected: false, order: [], done: new Set(), deselected: 0,
    running: null, since: began, began, firstTest: began, finished: null,
  };
}
