import assert from 'node:assert/strict';
import { test } from 'node:test';

import { countFilters, findRows } from '../../../livereload_sse/client/results/tree.js';
import { modelOf, row, state } from './samples.js';

const TESTS = [
  row(1), row(2, 'skipped', { name: 'TestA::test_slow' }), row(3, 'passed', { file: 1 }),
  row(4, 'failed', { file: 1, name: 'test_Total[EUR]' }), row(5, '', { file: 1 }),
];

/** @param {any} [view] @param {any} [more] */
function rows(view = {}, more = {}) {
  const model = modelOf(state(TESTS, more));
  return findRows(model, { filter: 'all', search: '', open: new Map(), ...view });
}

/** @param {ReturnType<typeof rows>} found */
function names(found) {
  return found.map((one) => (one.kind === 'file' ? one.name : one.test.number));
}

test('a file with failures comes first and is open, with its failures first', () => {
  assert.deepEqual(names(rows()), ['tests/test_b.py', 4, 3, 5, 'tests/test_a.py']);
});

test('a person opens and closes files', () => {
  const open = new Map([[0, true], [1, false]]);

  assert.deepEqual(names(rows({ open })), ['tests/test_b.py', 'tests/test_a.py', 1, 2]);
});

test('a filter shows what it says, in open files', () => {
  assert.deepEqual(names(rows({ filter: 'failed' })), ['tests/test_b.py', 4]);
  assert.deepEqual(names(rows({ filter: 'skipped' })), ['tests/test_a.py', 2]);
  assert.deepEqual(names(rows({ filter: 'run' }, { run: { order: [3] } })), ['tests/test_b.py', 3]);
});

test('all words of a search are in the name or the file, in any case', () => {
  assert.deepEqual(names(rows({ search: 'total b.py' })), ['tests/test_b.py', 4]);
  assert.deepEqual(names(rows({ search: 'TESTA::' })), ['tests/test_a.py', 2]);
  assert.deepEqual(rows({ search: 'nothing' }), []);
});

test('a file says how many tests it has, how many fail, and how long they took', () => {
  const [file] = rows();

  assert.deepEqual(file, {
    kind: 'file', file: 1, name: 'tests/test_b.py', tests: 3, failed: 1, duration: 2, isOpen: true,
    isRunning: false, hasRun: false,
  });
});

test('a test of the run waits until it runs', () => {
  const found = rows({}, { run: { order: [3, 4, 5], done: [3], running: 4, finished: null } });

  const states = found.flatMap((one) => (one.kind === 'test' ? [[one.test.number, one.state]] : []));
  assert.deepEqual(states, [[4, 'running'], [3, 'done'], [5, 'waiting']]);
  assert.equal(found[0].kind === 'file' && found[0].isRunning, true);
});

test('what a stopped run did not reach does not wait any more', () => {
  const found = rows({}, { run: { order: [5], done: [] } });

  assert.equal(found.every((one) => one.kind === 'file' || one.state === 'done'), true);
});

test('a row knows its place among its siblings', () => {
  const second = rows()[2];

  assert.deepEqual(second.kind === 'test' && [second.position, second.size], [2, 3]);
});

test('each filter says how many it would show', () => {
  assert.deepEqual(countFilters(modelOf(state(TESTS, { run: { order: [1, 3] } }))), {
    all: 5, failed: 1, skipped: 1, run: 2,
  });
});
