import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contrast } from '../../../livereload_sse/client/build/colours.js';
import { PALETTE, attach, closeButton, element } from '../../../livereload_sse/client/build/look.js';
import { createWorld } from './world.js';

const [light, dark] = PALETTE.split('@media').map((part) =>
  Object.fromEntries([...part.matchAll(/--([\w]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value])));

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

test('it is not printed, whatever else is said of the host', () => {
  const { document, window } = createWorld();
  let text = '';
  window.CSSStyleSheet = class {
    replaceSync(/** @type {string} */ given) { text = given; }
  };

  attach({ document, window }, 'x-y', ':host { display: block !important; }', element(document, 'div'));

  assert.equal(text.endsWith('@media print { :host { display: none !important; } }'), true);
});

test('what is done in it stays in it', () => {
  const { document, window } = createWorld();
  /** @type {string[]} */
  const heard = [];
  const box = element(document, 'div');
  box.append(closeButton(document, 'Close', () => heard.push('pressed')));
  for (const name of ['keydown', 'click', 'focusin', 'mousedown']) {
    document.addEventListener(name, () => heard.push(name));
  }
  attach({ document, window }, 'x-y', '', box);

  const button = box.querySelector('button');
  button?.focus();
  button?.click();
  for (const name of ['mousedown', 'keydown']) {
    button?.dispatchEvent(new window.Event(name, { bubbles: true, composed: true }));
  }

  assert.deepEqual(heard, ['pressed']);
});

test('what is removed leaves nothing behind', () => {
  const { document, window } = createWorld();
  const before = document.documentElement.outerHTML;

  attach({ document, window }, 'x-y', '', element(document, 'div')).remove();

  assert.equal(document.documentElement.outerHTML, before);
});
