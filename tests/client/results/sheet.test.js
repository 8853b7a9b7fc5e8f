import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { contrast } from '../../../livereload_sse/client/build/colours.js';
import { GROUND, PALETTE, terminalColours } from '../../../livereload_sse/client/build/look.js';
import { ROW_HEIGHT } from '../../../livereload_sse/client/results/list.js';

const SHEET = readFileSync(new URL('../../../livereload_sse/client/results/results.css', import.meta.url), 'utf8');

/** @param {string} name @returns {{light: string, dark: string}} */
function colour(name) {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(SHEET);
  if (!found) throw new Error(`no colour ${name}`);
  return { light: found[1], dark: found[2] };
}

for (const scheme of /** @type {const} */ (['light', 'dark'])) {
  test(`${scheme}: the terminal's colours are those of everything of ours`, () => {
    const own = terminalColours(scheme).map((_, index) => colour(`c${index}`)[scheme]);

    assert.deepEqual(own, terminalColours(scheme));
    assert.equal(colour('wash')[scheme], GROUND[scheme]);
  });

  test(`${scheme}: all text can be read on all that it stands on`, () => {
    const texts = ['ink', 'soft', 'live', 'wrong', 'warn'].map((name) => colour(name)[scheme]);
    for (const ground of ['paper', 'wash', 'chosen'].map((name) => colour(name)[scheme])) {
      for (const text of texts) assert(contrast(text, ground) >= 4.5, `${text} on ${ground}`);
    }
    for (const text of terminalColours(scheme)) {
      assert(contrast(text, colour('tint')[scheme]) >= 4.5, `${text} on the tint`);
    }
    assert(contrast(colour('wrong')[scheme], colour('mark')[scheme]) >= 4.5);
  });
}

test('the names that both have mean the same', () => {
  const [light, dark] = PALETTE.split('@media');
  for (const name of ['paper', 'ink', 'soft', 'line', 'live', 'wrong', 'warn', 'mark']) {
    const named = new RegExp(`--${name}: (#\\w{6})`);
    assert.deepEqual(colour(name), { light: named.exec(light)?.[1], dark: named.exec(dark)?.[1] }, name);
  }
});

test('a row is as high as the list believes', () => {
  assert(new RegExp(`\\.row \\{[^}]*block-size: ${ROW_HEIGHT}px`).test(SHEET));
});
