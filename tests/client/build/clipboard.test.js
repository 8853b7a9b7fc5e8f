import assert from 'node:assert/strict';
import { test } from 'node:test';

import { copy } from '../../../livereload_sse/client/build/clipboard.js';
import { createWorld } from './world.js';

/** @param {{clipboard?: any, command?: () => boolean}} [options] */
function create({ clipboard, command } = {}) {
  const { document, window } = createWorld('<div><button>Copy</button></div>');
  const box = /** @type {Element} */ (document.querySelector('div'));
  Object.defineProperty(window.navigator, 'clipboard', { value: clipboard });
  if (command) document.execCommand = command;
  return { document, window, box };
}

test('a secure page has a clipboard', async () => {
  /** @type {string[]} */
  const copied = [];
  const clipboard = { writeText: async (/** @type {string} */ text) => copied.push(text) };

  const isCopied = await copy('x', create({ clipboard }));

  assert.deepEqual([isCopied, copied], [true, ['x']]);
});

for (const [how, clipboard] of /** @type {const} */ ([
  ['has none', undefined],
  ['may not use it', { writeText: () => Promise.reject(new Error('denied')) }],
])) {
  test(`a page that ${how} copies a selection, and nothing is left of that`, async () => {
    /** @type {string[]} */
    const selected = [];
    const world = create({ clipboard, command: () => {
      const field = world.document.querySelector('textarea');
      selected.push(field?.value.slice(field.selectionStart, field.selectionEnd) ?? '');
      return true;
    } });
    const button = /** @type {HTMLElement} */ (world.document.querySelector('button'));
    button.focus();

    const isCopied = await copy('a\nb', world);

    assert.deepEqual([isCopied, selected], [true, ['a\nb']]);
    assert.equal(world.box.innerHTML, '<button>Copy</button>');
    assert.equal(world.document.activeElement, button);
  });
}

test('it says when neither way works', async () => {
  assert.equal(await copy('x', create({ command: () => false })), false);
});
