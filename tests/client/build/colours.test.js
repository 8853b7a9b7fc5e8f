import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contrast, findColours, readable } from '../../../livereload_sse/client/build/colours.js';
import { GROUND, terminalColours } from '../../../livereload_sse/client/build/look.js';

for (const [words, expected] of /** @type {[string[], object][]} */ ([
  [[], {}],
  [['bold', 'underline'], {}],
  [['dim'], { color: 'var(--soft)' }],
  [['fg-3'], { color: 'var(--c3)' }],
  [['fg-15', 'dim'], { color: 'var(--c15)' }],
  [['bg-3'], { color: 'var(--paper)', backgroundColor: 'var(--c3)' }],
  [['fg-1', 'bg-3'], { color: 'var(--paper)', backgroundColor: 'var(--c3)' }],
  [['inverse'], { color: 'var(--paper)', backgroundColor: 'var(--ink)' }],
  [['inverse', 'fg-2'], { color: 'var(--paper)', backgroundColor: 'var(--c2)' }],
  [['fg-#ff8800'], { color: 'light-dark(#a65800, #ff8800)' }],
  [['fg-16', 'bg-#12345', 'fg-red;'], {}],
])) {
  test(`${words.join(' ') || 'nothing'} → ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(findColours(words), expected);
  });
}

for (const scheme of /** @type {const} */ (['light', 'dark'])) {
  test(`each of a terminal's colours can be read in ${scheme}`, () => {
    const ratios = terminalColours(scheme).map((colour) => contrast(colour, GROUND[scheme]));

    assert.equal(Math.min(...ratios) >= 4.5 && ratios.length === 16, true, ratios.join());
  });

  test(`any colour can be read in ${scheme}`, () => {
    const parts = ['00', '33', '66', '99', 'cc', 'ff'];
    const all = parts.flatMap((red) => parts.flatMap((green) => parts.map((blue) => `#${red}${green}${blue}`)));
    const ratios = all.map((hex) => contrast(readable(hex, GROUND[scheme]), GROUND[scheme]));

    assert.equal(Math.min(...ratios) >= 4.5, true, String(Math.min(...ratios)));
  });
}

test('a colour that can be read is left alone', () => {
  assert.equal(readable('#102030', GROUND.light), '#102030');
});

test('black on white is 21 to 1', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
});
