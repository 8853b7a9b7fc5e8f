import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mayHoldUrls, rewriteUrls } from '../../../livereload_sse/client/swap/css_urls.js';

/** @param {string} text */
function rewrite(text) {
  /** @type {string[]} */
  const seen = [];
  const written = rewriteUrls(text, (address) => {
    seen.push(address);
    return address.startsWith('x') ? `${address}?2` : address;
  });
  return { seen, written };
}

/** @type {[text: string, expected: string][]} */
const REWRITTEN = [
  ['url(x.png)', 'url("x.png?2")'],
  ['URL( x.png )', 'url("x.png?2")'],
  ['url("x.png")', 'url("x.png?2")'],
  ["url('x.png')", 'url("x.png?2")'],
  ['url( "x.png" ) no-repeat', 'url( "x.png?2" ) no-repeat'],
  ['url("x (1).png")', 'url("x (1).png?2")'],
  [String.raw`url(x\ \(1\).png)`, 'url("x (1).png?2")'],
  [String.raw`url("x\"y.png")`, String.raw`url("x\"y.png?2")`],
  [String.raw`url("x\\.png")`, String.raw`url("x\\.png?2")`],
  [String.raw`url("\78 .png")`, 'url("x.png?2")'],
  [String.raw`url("x\a y.png")`, String.raw`url("x\a y.png?2")`],
  [
    'image-set("x.png" 1x, "x2.png" 2x type("x/png"))',
    'image-set("x.png?2" 1x, "x2.png?2" 2x type("x/png"))',
  ],
  ['-webkit-image-set(url(x.png) 1x)', '-webkit-image-set(url("x.png?2") 1x)'],
  [
    'url(y.png), url(x.png), url("data:image/png;base64,x==")',
    'url(y.png), url("x.png?2"), url("data:image/png;base64,x==")',
  ],
  ['/* url(x.png) */ url(x.png)', '/* url(x.png) */ url("x.png?2")'],
  ['"url(x.png)" attr(x) url(x.png)', '"url(x.png)" attr(x) url("x.png?2")'],
  ['my-url(x.png) url(x.png)', 'my-url(x.png) url("x.png?2")'],
  ['format("x")', 'format("x")'],
  ['url("x.png") "x.png"', 'url("x.png?2") "x.png"'],
  ['image-set(type("x") "x.png")', 'image-set(type("x") "x.png?2")'],
  [String.raw`url("x\0 y")`, 'url("x\uFFFDy?2")'],
  [
    '@import url("x.css") layer(x) supports(display: grid);',
    '@import url("x.css?2") layer(x) supports(display: grid);',
  ],
  ['"unfinished x.png', '"unfinished x.png'],
];

for (const [text, expected] of REWRITTEN) {
  test(`${text} is rewritten where it holds an address, and only there`, () => {
    assert.equal(rewrite(text).written, expected);
  });
}

test('what is rewritten reads back as what was meant', () => {
  const addresses = ['x"y', 'x\\', 'x\ny', 'x)y', "x'y", 'x y', 'x🌊', 'x\u0001'];

  const read = addresses.flatMap((address) => {
    const text = rewriteUrls('url(a)', () => address);
    return rewrite(text).seen;
  });

  assert.deepEqual(read, addresses);
});

test('a quick look misses nothing and is not sure of what it finds', () => {
  const texts = ['URL(a)', '-webkit-IMAGE-SET("a" 1x)', 'color: red', 'my-url(a)'];

  assert.deepEqual(texts.map(mayHoldUrls), [true, true, false, true]);
});
