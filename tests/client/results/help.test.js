import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createHelp } from '../../../livereload_sse/client/results/help.js';
import { KEYS } from '../../../livereload_sse/client/results/keys.js';
import { renderPage } from './samples.js';

function create() {
  const { document, part, window } = renderPage();
  const dialog = /** @type {HTMLDialogElement} */ (part('help'));
  return { help: createHelp({ document, dialog }), dialog, window };
}

test('every key is explained', () => {
  const { dialog } = create();

  assert.equal(dialog.querySelectorAll('dt').length, KEYS.length);
  assert.equal(dialog.querySelectorAll('kbd').length, KEYS.flatMap(({ keys }) => keys).length);
});

test('it opens and closes by its key, its button and a click beside it', () => {
  const { help, dialog, window } = create();
  const states = [];
  help.toggle();
  states.push(help.isOpen());
  dialog.dispatchEvent(new window.KeyboardEvent('keydown', { key: '?' }));
  states.push(help.isOpen());
  help.toggle();
  dialog.querySelector('button')?.click();
  states.push(help.isOpen());
  help.toggle();
  /** @type {HTMLElement} */ (dialog.querySelector('h2')).click();
  states.push(help.isOpen());
  dialog.click();
  states.push(help.isOpen());

  assert.deepEqual(states, [true, false, false, true, false]);
});
