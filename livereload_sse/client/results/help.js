/** The keys of the page, in a dialog. */

import { element } from '../build/look.js';
import { KEYS, nameKey } from './keys.js';

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {HTMLDialogElement} world.dialog
 */
export function createHelp({ document, dialog }) {
  const list = element(document, 'dl');
  for (const { keys, words } of KEYS) {
    const term = element(document, 'dt');
    term.append(...keys.map((key) => element(document, 'kbd', {}, nameKey(key))));
    list.append(term, element(document, 'dd', {}, words));
  }
  const button = element(document, 'button', { type: 'button' }, 'Close');
  button.addEventListener('click', () => dialog.close());
  dialog.append(element(document, 'h2', {}, 'Keys'), list, button);
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener('keydown', (event) => {
    if (event.key !== '?') return;
    event.stopPropagation();
    dialog.close();
  });

  return {
    isOpen: () => dialog.open,
    toggle: () => (dialog.open ? dialog.close() : dialog.showModal()),
  };
}
