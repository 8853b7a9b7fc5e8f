import assert from 'node:assert/strict';
import { test } from 'node:test';

import { rewriteSrcset } from '../../../livereload_sse/client/swap/srcset.js';

/** @type {[text: string, addresses: string[]][]} */
const SETS = [
  ['a.png', ['a.png']],
  ['a.png 1x, b.png 2x', ['a.png', 'b.png']],
  ['\n a.png 400w,\n b.png 800w\n', ['a.png', 'b.png']],
  ['a.png, b.png 2x', ['a.png', 'b.png']],
  ['a.png,b.png 2x', ['a.png,b.png']],
  ['/w=4,h=3/a.png 1x,b.png 2x', ['/w=4,h=3/a.png', 'b.png']],
  ['data:image/png;base64,AA== 1x, b.png 2x', ['data:image/png;base64,AA==', 'b.png']],
  ['a.png (1x, 2x), b.png', ['a.png', 'b.png']],
  [', ,a.png 1x,,', ['a.png']],
  ['', []],
];

for (const [text, addresses] of SETS) {
  test(`${JSON.stringify(text)} holds ${addresses.length} addresses`, () => {
    /** @type {string[]} */
    const seen = [];
    const same = rewriteSrcset(text, (address) => {
      seen.push(address);
      return address;
    });

    assert.deepEqual(seen, addresses);
    assert.equal(same, text);
  });
}

test('each address is written where it stood', () => {
  const text = rewriteSrcset(' a.png 1x , b.png 2x', (address) => `${address}?2`);

  assert.equal(text, ' a.png?2 1x , b.png?2 2x');
});
