import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isNews, isSame, parseTests, readTests } from '../../../livereload_sse/client/tests_badge/messages.js';

const COMMON = { watch: 'w', run: 3, page: 'http://localhost:8123/', age: 0.5 };

/** @returns {any} */
const told = (/** @type {string} */ type, more = {}) => ({ type, watch: 'w', run: 3, page: '', age: 0, ...more });

test('a run that begins is read', () => {
  const read = parseTests('tests-started', JSON.stringify({ ...COMMON, tests: 4, expected: 1.5 }));

  assert.deepEqual(read, { ...COMMON, type: 'running', tests: 4, expected: 1.5 });
});

test('a run that is over is read', () => {
  const counts = { passed: 9, failed: 1, skipped: 2, before: 3, owed: 4, failing: ['a.py::b'], trouble: '' };

  const read = readTests('tests-finished', { ...COMMON, ...counts });

  assert.deepEqual(read, { ...COMMON, type: 'finished', ...counts });
});

test('what an older or newer release does not say is nothing', () => {
  const read = readTests('tests-finished', { watch: 'w', run: 3 });

  assert.deepEqual(read, {
    type: 'finished', watch: 'w', run: 3, page: '', age: 0, passed: 0, failed: 0, skipped: 0,
    before: 0, owed: 0, failing: [], trouble: '',
  });
});

for (const [name, data] of [
  ['tests-finished', 'no JSON'], ['tests-finished', '[]'], ['tests-finished', '{"watch": "w"}'],
  ['tests-finished', '{"run": 1}'], ['tests-other', '{"watch": "w", "run": 1}'],
  ['toString', '{"watch": "w", "run": 1}'],
]) {
  test(`what cannot be understood is no message: ${name} ${data}`, () => {
    assert.equal(parseTests(name, data), null);
  });
}

for (const page of ['javascript:alert(1)', 'data:text/html,x', '//elsewhere/', 7]) {
  test(`only an address of the web becomes a link: ${page}`, () => {
    assert.equal(readTests('tests-started', { ...COMMON, page })?.page, '');
  });
}

for (const [what, state, before, wanted] of /** @type {[string, any, any, boolean][]} */ ([
  ['the first word', told('finished'), null, true],
  ['a goodbye that nobody waited for', told('gone'), null, false],
  ['the end of a run', told('finished'), told('running'), true],
  ['the beginning after the end', told('running'), told('finished'), false],
  ['the same once more', told('finished'), told('finished'), true],
  ['the next run', told('running', { run: 4 }), told('finished'), true],
  ['an earlier run', told('finished', { run: 2 }), told('running'), false],
  ['another that watches', told('running', { watch: 'v', run: 1 }), told('finished'), true],
  ['the goodbye of another', told('gone', { watch: 'v', run: 9 }), told('finished'), false],
  ['its own goodbye', told('gone'), told('finished'), true],
])) {
  test(`${what} is ${wanted ? '' : 'no '}news`, () => {
    assert.equal(isNews(state, before), wanted);
  });
}

test('the same is the same process, run and moment', () => {
  const one = told('running');

  assert.deepEqual([
    isSame(one, told('running', { page: 'http://x/' })), isSame(one, told('finished')),
    isSame(one, told('running', { run: 4 })), isSame(one, told('running', { watch: 'v' })),
    isSame(one, null), isSame(told('finished'), told('finished', { owed: 1 })),
  ], [true, false, false, false, false, false]);
});
