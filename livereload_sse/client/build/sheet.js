/**
 * A sheet of paper over the page, that is read and put away.
 *
 * Knows the top layer, the keyboard and the focus; refuses to know what is written on it. It is a
 * modal dialog in a shadow root: only such a one can be used above the page's own dialogs, which make
 * everything else inert.
 */

import { attach, closeButton, element } from './look.js';
import { LOOK } from './overlay_look.js';

/**
 * @typedef {object} Sheet
 * @property {(role: 'alertdialog' | 'dialog', title: string, parts: Element[]) => void} put write on it,
 *   and lay it over the page if it is not there
 * @property {() => void} close
 * @property {() => boolean} isOpen
 * @property {(selector: string) => HTMLElement | null} find
 * @property {(text: string) => void} say something about what was just done
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Window & typeof globalThis} world.window
 * @param {() => void} world.dismissed a person has closed it
 * @returns {Sheet}
 */
export function createSheet({ document, window, dismissed }) {
  /** @type {HTMLElement | null} */
  let host = null;
  /** @type {HTMLElement | null} */
  let focused = null;

  /** @type {Sheet['put']} */
  function put(role, title, parts) {
    if (!isOpen()) lay();
    const dialog = find('dialog');
    dialog?.setAttribute('role', role);
    const heading = find('h1');
    if (heading && heading.textContent !== title) heading.textContent = title;
    const paper = find('.paper');
    const hadFocus = paper?.contains(root()?.activeElement ?? null);
    find('.body')?.replaceChildren(...parts);
    say('');
    // What had the focus may be gone with the old report.
    if (hadFocus && !root()?.activeElement) paper?.focus({ preventScroll: true });
  }

  /** A page that replaces everything there is takes the sheet away, too: then there is a new one. */
  function lay() {
    close();
    focused = findActive(document);
    const dialog = /** @type {HTMLDialogElement} */ (build());
    host = attach({ document, window }, 'sse-reload-overlay', LOOK, dialog);
    window.addEventListener('keydown', onKey, true);
    if (typeof dialog.showModal === 'function') dialog.showModal();
    else dialog.setAttribute('open', '');
    find('.paper')?.focus({ preventScroll: true });
  }

  function build() {
    const dialog = element(document, 'dialog', { 'aria-labelledby': 'title', lang: 'en' });
    const paper = element(document, 'section', { class: 'paper', tabindex: '-1' });
    const head = document.createElement('header');
    head.append(
      element(document, 'h1', { id: 'title', dir: 'auto' }),
      element(document, 'kbd', { 'aria-hidden': 'true' }, 'Esc'),
      closeButton(document, 'Close', dismiss),
    );
    paper.append(
      head, element(document, 'div', { class: 'body' }),
      element(document, 'p', { class: 'note', role: 'status' }),
    );
    dialog.append(paper);
    dialog.addEventListener('cancel', (event) => { // a gesture may close it as well as a key
      event.preventDefault();
      dismiss();
    });
    return dialog;
  }

  /** Before the page hears of it, and wherever the focus is: it is the uppermost thing to close. */
  function onKey(/** @type {KeyboardEvent} */ event) {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    dismiss();
  }

  function dismiss() {
    close();
    dismissed();
  }

  function close() {
    if (host === null) return;
    window.removeEventListener('keydown', onKey, true);
    host.remove();
    host = null;
    if (focused?.isConnected) focused.focus({ preventScroll: true });
    focused = null;
  }

  const isOpen = () => host?.isConnected ?? false;
  const root = () => host?.shadowRoot ?? null;
  /** @type {Sheet['find']} */
  const find = (selector) => root()?.querySelector(selector) ?? null;

  /** @type {Sheet['say']} */
  function say(text) {
    const note = find('.note');
    if (note && note.textContent !== text) note.textContent = text;
  }

  return { put, close, isOpen, find, say };
}

/** What has the focus, in a component of the page too. @param {Document} document */
function findActive(document) {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return /** @type {HTMLElement | null} */ (active);
}
