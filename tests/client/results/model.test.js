import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createModel } from '../../../livereload_sse/client/results/model.js';
import { finished, modelOf, row, state } from './samples.js';

/** @param {import('../../../livereload_sse/client/results/model.js').Model} model */
function outcomes(model) {
  return [...model.tests.values()].map(({ outcome }) => outcome);
}

const started = { run: 2, header: 'cart.py', why: ['a → b'] };
const collected = { run: 2, files: [], tests: [], order: [1], gone: [], deselected: 0 };
const results = { run: 2, results: [[1, 'failed', 0.2]], notes: [], problems: [], running: null, elapsed: 3 };

test('the state is all that counts', () => {
  const model = modelOf(state([row(1)]));

  model.read(state([row(2, 'failed')], {
    notes: [{ number: 2, message: 'no', place: { name: 'a.py', line: 3, key: 'k' } }],
  }));

  assert.deepEqual([...model.tests.keys()], [2]);
  assert.equal(model.tests.get(2)?.message, 'no');
  assert.equal(model.tests.get(2)?.place?.line, 3);
});

test('a run that goes on began as long ago as the server says', () => {
  const model = modelOf(state([row(1)], { run: { elapsed: 4, finished: null } }));

  assert.equal(model.run.began, 96);
});

test('a run begins with nothing of the one before', () => {
  const model = modelOf(state([row(1)], { problems: [{ title: 'x', message: '', place: null, lines: [] }] }));

  model.learn('tests-started', started);

  assert.deepEqual(
    [model.run.number, model.run.header, model.run.done.size, model.run.finished, model.problems],
    [2, 'cart.py', 0, null, []],
  );
});

test('results replace what was known, and their notes', () => {
  const model = modelOf(state([row(1)]));
  model.learn('tests-started', started);
  model.learn('tests-collected', collected);

  model.learn('test-result', { ...results, notes: [{ number: 1, message: 'no', place: null }] });
  const message = model.tests.get(1)?.message;
  model.learn('test-result', { ...results, results: [[1, 'passed', 0.1]] });

  assert.equal(message, 'no');
  assert.equal(model.tests.get(1)?.message, '');
  assert.deepEqual([...model.run.done], [1]);
  assert.equal(model.tests.get(1)?.run, 2);
  assert.equal(model.run.began, 97);
});

test('what is expected of a test is what it took before this run', () => {
  const model = modelOf(state([row(1, 'passed', { duration: 2 })]));
  model.learn('tests-started', started);
  model.learn('tests-collected', collected);

  model.learn('test-result', results);

  assert.deepEqual([model.tests.get(1)?.expected, model.tests.get(1)?.duration], [2, 0.2]);
  model.learn('tests-started', { ...started, run: 3 });
  model.learn('tests-collected', { ...collected, run: 3 });
  assert.equal(model.tests.get(1)?.expected, 0.2);
});

test('to hear something twice changes nothing', () => {
  const model = modelOf(state([row(1)]));
  const problem = { title: 'a.py', message: 'no', place: null, lines: [] };
  const told = /** @type {[string, any][]} */ ([
    ['tests-started', started],
    ['tests-collected', { ...collected, files: [{ name: 'c.py', key: '' }], tests: [row(9, '', { file: 2 })] }],
    ['test-result', { ...results, problems: [problem] }],
    ['tests-finished', finished({ run: 2 })],
  ]);
  for (const [name, data] of told) model.learn(name, data);
  const once = JSON.stringify([[...model.tests], model.files, model.problems, model.past]);

  for (const [name, data] of told) model.learn(name, data);

  assert.equal(JSON.stringify([[...model.tests], model.files, model.problems, model.past]), once);
  assert.equal(model.run.finished?.run, 2);
});

test('a test that is gone is not shown any more', () => {
  const model = modelOf(state([row(1), row(2, 'failed')]));

  model.learn('tests-collected', { ...collected, gone: [2] });

  assert.deepEqual(outcomes(model), ['passed']);
  assert.deepEqual(model.failing(), []);
});

test('of all runs the last twenty are kept', () => {
  const model = createModel(() => 0);

  for (let run = 1; run <= 25; run += 1) model.learn('tests-finished', finished({ run }));

  assert.deepEqual([model.past.length, model.past[0].run], [20, 6]);
});

test('a result of a test that is not known does no harm', () => {
  const model = modelOf(state([]));

  model.learn('test-result', results);
  model.learn('of-another-release', {});

  assert.equal(model.tests.size, 0);
});

test('what is waited for ends with the next run', () => {
  const model = modelOf(state([]));
  model.learn('tests-waiting', { line: 'waiting', paused: false, filters: [] });
  const line = model.waiting?.line;

  model.learn('tests-started', started);

  assert.deepEqual([line, model.waiting], ['waiting', null]);
});
