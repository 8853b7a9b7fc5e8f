import assert from 'node:assert/strict';
import { test } from 'node:test';

import { watchPerson } from '../../../livereload_sse/client/state/presence.js';

function create() {
  /** @type {Map<string, (event: any) => void>} */
  const listeners = new Map();
  const window = /** @type {any} */ ({
    addEventListener: (/** @type {string} */ name, /** @type {any} */ listener) =>
      listeners.set(name, listener),
    removeEventListener: (/** @type {string} */ name) => listeners.delete(name),
  });
  return { hasActed: watchPerson({ window }), listeners };
}

for (const name of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
  test(`a person's ${name} is noticed, and then nothing is listened to any more`, () => {
    const { hasActed, listeners } = create();
    assert.equal(hasActed(), false);

    listeners.get(name)?.({ isTrusted: true });

    assert.equal(hasActed(), true);
    assert.equal(listeners.size, 0);
  });
}

test('what a script pretends is not a person', () => {
  const { hasActed, listeners } = create();

  listeners.get('keydown')?.({ isTrusted: false });

  assert.equal(hasActed(), false);
});
