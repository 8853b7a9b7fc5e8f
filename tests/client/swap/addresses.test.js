import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  resolvePath,
  withoutVersions,
  withVersion,
} from '../../../livereload_sse/client/swap/addresses.js';

const ORIGIN = 'http://localhost:8000';

/** @type {[spelling: string, expected: string][]} */
const SPELLINGS = [
  ['a.css', 'a.css?sse-reload=2-0'],
  ['../a.svg#part', '../a.svg?sse-reload=2-0#part'],
  [' a.css\n', 'a.css?sse-reload=2-0'],
  ['a.css?', 'a.css?sse-reload=2-0'],
  ['a.css?a&b=%20+&sse-reload=1-0#x?y', 'a.css?a&b=%20+&sse-reload=2-0#x?y'],
  ['a.css?sse-reload=1-0&theme=dark', 'a.css?theme=dark&sse-reload=2-0'],
  [`${ORIGIN}/a b.css?x=/?y`, `${ORIGIN}/a b.css?x=/?y&sse-reload=2-0`],
];

for (const [spelling, expected] of SPELLINGS) {
  test(`${JSON.stringify(spelling)} keeps its spelling beside the version`, () => {
    assert.equal(withVersion(spelling, '2-0'), expected);
  });
}

/** @type {[text: string, expected: string][]} */
const TEXTS = [
  ['a.css?sse-reload=2-0', 'a.css'],
  ['a.css?x=1&sse-reload=2-0#y', 'a.css?x=1#y'],
  ['a.css?sse-reload=2-0&x=1', 'a.css?x=1'],
  ['url("a.png?sse-reload=2-0") 1x, url(b.png?sse-reload=2-0-cors)', 'url("a.png") 1x, url(b.png)'],
  ['a.png?sse-reload=2-0 1x, b.png 2x', 'a.png 1x, b.png 2x'],
  ['color: red', 'color: red'],
];

for (const [text, expected] of TEXTS) {
  test(`${JSON.stringify(text)} without versions`, () => {
    assert.equal(withoutVersions(text), expected);
  });
}

test('a spelling is resolved against its base, and is a path of this origin or nothing', () => {
  const base = `${ORIGIN}/styles/main.css`;
  const resolve = (/** @type {string} */ spelling) => resolvePath(spelling, base, ORIGIN);

  assert.deepEqual(
    ['../x.png?1', 'x.png', '//other.test/x.png', 'data:,x', '', '#part', 'http://['].map(resolve),
    ['/x.png', '/styles/x.png', null, null, null, null, null],
  );
});
