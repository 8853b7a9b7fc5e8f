import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findAction, KEYS, nameKey } from '../../../livereload_sse/client/results/keys.js';
import { render } from '../dom.js';

/** @param {string} key @param {string} [html] of what has the focus */
function press(key, html = '<main></main>', more = {}) {
  const { document, window } = render(html);
  const target = document.body.querySelector('[data-here]') ?? document.body.firstElementChild;
  /** @type {any} */
  let found;
  document.addEventListener('keydown', (event) => { found = findAction(event); });
  target?.dispatchEvent(new window.KeyboardEvent('keydown', { key, bubbles: true, ...more }));
  return found;
}

for (const { action, keys } of KEYS) {
  for (const key of keys) test(`${key} is for ${action}`, () => assert.equal(press(key), action));
}

test('no key has two meanings', () => {
  const keys = KEYS.flatMap((one) => one.keys);

  assert.equal(new Set(keys).size, keys.length);
});

test('what is typed into a field is text, and Escape leaves it', () => {
  assert.equal(press('a', '<input>'), null);
  assert.equal(press('/', '<input>'), null);
  assert.equal(press('Escape', '<input>'), 'back');
});

test('the keys of the browser stay its own', () => {
  for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) {
    assert.equal(press('f', '<main></main>', more), null);
  }
  assert.equal(press('Z'), null);
});

test('Enter presses the button that has the focus', () => {
  assert.equal(press('Enter', '<button>Run</button>'), null);
  assert.equal(press('a', '<button>Run</button>'), 'all');
});

test('arrows scroll the output that has the focus', () => {
  assert.equal(press('ArrowDown', '<pre tabindex="0"></pre>'), null);
  assert.equal(press('j', '<pre tabindex="0"></pre>'), 'down');
});

test('keys are named as they are printed', () => {
  assert.deepEqual(['ArrowUp', 'Escape', 'a'].map(nameKey), ['↑', 'Esc', 'a']);
});
