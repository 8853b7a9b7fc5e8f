import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PALETTE, element } from '../../../livereload_sse/client/build/look.js';
import { createWorld } from './world.js';

const [light, dark] = PALETTE.split('@media').map((part) =>
  Object.fromEntries([...part.matchAll(/--([\w]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value])));

/** Relative luminance (WCAG 2.2). @param {string} colour */
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} one @param {string} other */
function contrast(one, other) {
  const [dim, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

test('what has a colour in light has one in dark', () => {
  assert.deepEqual(Object.keys(light).sort(), Object.keys(dark).sort());
});

for (const [scheme, palette] of Object.entries({ light, dark })) {
  const written = Object.keys(palette).filter((name) => /^(ink|soft|wrong|warn|live|c\d+)$/.test(name));
  for (const name of written) {
    test(`${name} can be read in ${scheme}`, () => {
      const least = Math.min(...['paper', 'wash'].map((on) => contrast(palette[name], palette[on])));

      assert.equal(least >= 4.5, true, `${least.toFixed(2)} of 4.5`); // WCAG 2.2, 1.4.3
    });
  }
}

test('text goes in as text', () => {
  const { document } = createWorld();

  const made = element(document, 'p', { class: 'x' }, '<b>');

  assert.equal(made.outerHTML, '<p class="x">&lt;b&gt;</p>');
});
