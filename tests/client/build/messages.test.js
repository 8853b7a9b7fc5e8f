import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isNews, parseState, readState } from '../../../livereload_sse/client/build/messages.js';

const REPORT = { title: 'wrong', problems: [], excerpt: null, output: [[{ text: 'x' }]], cut: false };
const PLACE = { name: 'a.md', line: 1, column: null, key: null };
const BASE = { run: 'r', build: 3 };

test('a build that begins says what is run and how long that takes', () => {
  const state = parseState('build-started', JSON.stringify({ ...BASE, command: 'make', expected: 2 }));

  assert.deepEqual(state, {
    ...BASE, type: 'running', command: 'make', expected: 2, elapsed: 0, fraction: null, stage: '',
    doing: '',
  });
});

test('what begins may say that it is something else than a build', () => {
  const state = parseState('build-started', JSON.stringify({ ...BASE, doing: 'Restarting' }));

  assert.equal(state?.type === 'running' && state.doing, 'Restarting');
});

test('a build that goes on says how far it is', () => {
  const state = readState('build-output', {
    ...BASE, elapsed: 1.5, expected: 6, fraction: 0.25, stage: 'reading',
  });

  assert.deepEqual(state, {
    ...BASE, type: 'running', command: '', expected: 6, elapsed: 1.5, fraction: 0.25,
    stage: 'reading',
  });
});

test('of warnings those that can be read are kept', () => {
  const warning = { message: 'odd', severity: 'warning', place: null };

  const state = readState('build-succeeded', { ...BASE, warnings: [warning, { message: 1 }, null] });

  assert.deepEqual(state, { ...BASE, type: 'succeeded', warnings: [warning] });
});

test('a failure comes with its report', () => {
  const state = readState('build-failed', {
    ...BASE, command: 'make', ending: 'exited', exit_code: 2, duration: 0.4, shown: false,
    report: REPORT,
  });

  assert.deepEqual(state, {
    ...BASE, type: 'failed', command: 'make', ending: 'exited', exitCode: 2, duration: 0.4,
    shown: false, report: REPORT,
  });
});

for (const [name, value] of /** @type {[string, unknown][]} */ ([
  ['build-failed', { ...BASE, report: { ...REPORT, output: 'x' } }],
  ['build-failed', { ...BASE, report: { ...REPORT, output: [[{ text: 1 }]] } }],
  ['build-failed', { ...BASE, report: { ...REPORT, problems: [{ message: 'x', place: 'a.md' }] } }],
  ['build-failed', { ...BASE, report: { ...REPORT, excerpt: {} } }],
  ['build-failed', { ...BASE, report: { ...REPORT, output: [[{ text: 'x', style: [1] }]] } }],
  ['build-failed', { ...BASE, report: { ...REPORT, excerpt: { place: PLACE, lines: [null] } } }],
  ['build-failed', { ...BASE, report: { ...REPORT, excerpt: { place: PLACE, lines: [{ number: 1 }] } } }],
  ['build-failed', { ...BASE }],
  ['build-started', { run: 1, build: 1 }],
  ['build-started', { run: 'r', build: '1' }],
  ['build-paused', BASE],
  ['toString', BASE],
  ['build-started', null],
  ['build-started', []],
])) {
  test(`nothing is made of ${name} ${JSON.stringify(value)}`, () => {
    assert.equal(readState(name, value), null);
  });
}

test('what is not JSON is no message', () => {
  assert.equal(parseState('build-started', '{'), null);
});

const state = (
  /** @type {string} */ run, /** @type {number} */ build, /** @type {any} */ type, elapsed = 0,
) => /** @type {any} */ ({ run, build, type, elapsed });

for (const [next, before, expected] of /** @type {const} */ ([
  [state('r', 1, 'running'), null, true],
  [state('r', 1, 'running'), state('r', 1, 'running'), true],
  [state('r', 1, 'running', 2), state('r', 1, 'running', 1), true],
  [state('r', 1, 'running', 1), state('r', 1, 'running', 2), false],
  [state('r', 1, 'failed'), state('r', 1, 'running', 2), true],
  [state('r', 1, 'running'), state('r', 1, 'failed'), false],
  [state('r', 2, 'running'), state('r', 1, 'failed'), true],
  [state('r', 1, 'failed'), state('r', 2, 'running'), false],
  [state('s', 1, 'running'), state('r', 9, 'failed'), true],
])) {
  const words = (/** @type {any} */ one) => one ? `${one.run}${one.build} ${one.type} ${one.elapsed}` : 'nothing';
  test(`${words(next)} is ${expected ? '' : 'not '}news after ${words(before)}`, () => {
    assert.equal(isNews(next, before), expected);
  });
}
