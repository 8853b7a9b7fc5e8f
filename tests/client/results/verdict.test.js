import assert from 'node:assert/strict';
import { test } from 'node:test';

import { count, findVerdict } from '../../../livereload_sse/client/results/verdict.js';
import { finished, modelOf, row, state } from './samples.js';

/** @param {any} ended @param {any} [more] */
function after(ended, more = {}) {
  return findVerdict(modelOf(state([row(1)], { ...more, run: { finished: finished(ended), ...more.run } })), 100);
}

for (const [ended, kind, title, facts] of /** @type {[any, string, string, string[]][]} */ ([
  [{ counts: { passed: 312 } }, 'passed', '312 passed', ['in 0.41 s']],
  [{ counts: { passed: 3, skipped: 2, xfailed: 1 } }, 'passed', '3 passed', ['2 skipped', '1 failed as expected', 'in 0.41 s']],
  [{ counts: { failed: 1, error: 1, passed: 3 }, exit_code: 1 }, 'failed', '2 failed, 3 passed', ['in 0.41 s']],
  [{ counts: { passed: 4 }, not_rerun: 3 }, 'failed', '3 failed, 4 passed', ['3 failed before and were not run again', 'in 0.41 s']],
  [{ counts: { failed: 1 }, not_rerun: 2, exit_code: 1 }, 'failed', '3 failed', ['2 of them not run again', 'in 0.41 s']],
  [{ counts: { passed: 1 }, exit_code: 1 }, 'failed', 'pytest ended with exit code 1, 1 passed', ['in 0.41 s']],
  [{ counts: {}, exit_code: 4 }, 'failed', 'pytest ended with exit code 4', ['in 0.41 s']],
  [{ ending: 'crashed', message: 'killed by SIGSEGV', exit_code: null, counts: { passed: 1 } }, 'failed', 'The run crashed', ['killed by SIGSEGV', 'in 0.41 s']],
  [{ ending: 'timed-out', exit_code: null }, 'failed', 'The run took too long', ['in 0.41 s']],
  [{ ending: 'cancelled', exit_code: null, counts: { passed: 1 } }, 'stopped', 'Stopped after 1 of 1 test', ['in 0.41 s']],
  [{ ending: 'cancelled', exit_code: null, not_rerun: 1 }, 'failed', '1 failed', ['1 failed before and was not run again', 'in 0.41 s']],
  [{ exit_code: 5 }, 'stopped', 'No tests', ['in 0.41 s']],
  [{ counts: { skipped: 2 } }, 'passed', 'None failed', ['2 skipped', 'in 0.41 s']],
])) {
  test(`${JSON.stringify(ended)} is ${kind}: ${title}`, () => {
    const verdict = after(ended);

    assert.deepEqual([verdict.kind, verdict.title, verdict.facts], [kind, title, facts]);
  });
}

test('what has crashed is said in few words, and below them in all', () => {
  const { title, facts } = after({ ending: 'crashed', message: 'killed.', exit_code: null, not_rerun: 2 });

  assert.deepEqual([title, facts.slice(0, 2)], ['The run crashed', ['killed', '2 failed before and were not run again']]);
});

test('a file that cannot be collected makes no green', () => {
  const problems = [{ title: 'a.py', message: 'no', place: null, lines: [] }];

  const { kind, title } = after({ counts: { passed: 2 }, exit_code: 2 }, { problems });

  assert.deepEqual([kind, title], ['failed', '1 error, 2 passed']);
});

test('what should have run and has not makes no green', () => {
  const waiting = { line: '', paused: true, filters: [], owed: 2 };

  const { kind, title, facts } = after({ counts: { passed: 2 } }, { waiting });

  assert.deepEqual([kind, title, facts], ['stopped', '2 passed', ['2 affected were not run', 'in 0.41 s']]);
});

test('a run that goes on says how far it is and what has failed', () => {
  const tests = [row(1, 'failed', { duration: 4 }), row(2, 'passed', { duration: 4 })];
  const run = { done: [1], elapsed: 4, finished: null };

  const verdict = findVerdict(modelOf(state(tests, { run })), 100);

  assert.deepEqual(verdict, {
    kind: 'running', title: '1 of 2 tests', facts: ['1 failed', '4 s left'], failed: 1,
  });
});

test('a test that takes long is named while it does', () => {
  let time = 100;
  const model = modelOf(state([row(1)], { run: { done: [], running: 1, finished: null } }), () => time);
  const results = { run: 1, results: [], notes: [], problems: [], running: 1, elapsed: 0 };
  const facts = () => findVerdict(model, time).facts;
  const before = facts();
  time = 100.9;
  model.learn('test-result', results);
  const soon = facts();
  time = 103;

  assert.deepEqual([before, soon, facts().at(-1)], [['1 s left'], ['1 s left'], 'test_1 for 3.0 s']);
});

test('what failed before this run is none of its failures yet', () => {
  const run = { done: [], finished: null };

  assert.equal(findVerdict(modelOf(state([row(1, 'failed')], { run })), 100).failed, 0);
});

test('before the tests are known it says so, and before any run, too', () => {
  const collecting = modelOf(state([], { run: { collected: false, finished: null } }));
  const nothing = modelOf(state([], { run: { run: 0 } }));

  assert.equal(findVerdict(collecting, 100).title, 'Collecting tests');
  assert.equal(findVerdict(nothing, 100).kind, 'idle');
});

test('one is one', () => {
  assert.deepEqual([count(1, 'test'), count(0, 'test')], ['1 test', '0 tests']);
});
