/**
 * What a person opened or closed: `<details>`, dialogs and popovers, kept over a reload.
 *
 * Knows how each is opened and how it stood when the page came; refuses to know when. What the
 * author has meanwhile given another default stays as the author wants it.
 *
 * Of popovers only those come back that go away by themselves: the others are notices and menus
 * whose script knows nothing of them in the new page, and which nobody could close.
 */

import { addressOf, findElement } from './address.js';
import { queryAll } from './roots.js';

/** @import {Address} from './address.js' */

/**
 * @typedef {'open' | 'modal' | 'closed'} Opening
 * @typedef {object} OpeningEntry
 * @property {Address} at
 * @property {Opening} is
 * @property {boolean} was open when the page came
 *
 * @typedef {object} Openings
 * @property {() => OpeningEntry[]} read
 * @property {(entry: OpeningEntry) => boolean} restore false when there is no such element yet
 */

const KINDS = 'details, dialog, [popover=auto i], [popover=""]';

/**
 * @param {object} world
 * @param {Document} world.document
 * @returns {Openings}
 */
export function createOpenings({ document }) {
  const opened = new WeakSet(all().filter((element) => isOpen(element)));

  /** @returns {HTMLElement[]} */
  function all() {
    return queryAll(document, KINDS);
  }

  function read() {
    const changed = all().filter((element) => isOpen(element) !== opened.has(element));
    return changed.map((element) => ({
      at: addressOf(element), is: openingOf(element), was: opened.has(element),
    }));
  }

  /** @type {Openings['restore']} */
  function restore({ at, is, was }) {
    const element = /** @type {HTMLElement | null} */ (findElement(document, at));
    if (element && isUntouched(element, was)) set(element, is);
    return element !== null;
  }

  /** @param {HTMLElement} element @param {boolean} was */
  function isUntouched(element, was) {
    return opened.has(element) === was && isOpen(element) === was;
  }

  return { read, restore };
}

function isOpen(/** @type {HTMLElement} */ element) {
  return element.hasAttribute('open') || (hasPopover(element) && element.matches(':popover-open'));
}

/** @param {HTMLElement} element @returns {Opening} */
function openingOf(element) {
  if (!isOpen(element)) return 'closed';
  return element.localName === 'dialog' && element.matches(':modal') ? 'modal' : 'open';
}

/** @param {HTMLElement} element @param {Opening} opening */
function set(element, opening) {
  if (element.localName === 'details') element.toggleAttribute('open', opening !== 'closed');
  else if (opening === 'closed') close(element);
  else if (hasPopover(element)) element.showPopover();
  else if (opening === 'modal') /** @type {HTMLDialogElement} */ (element).showModal();
  else /** @type {HTMLDialogElement} */ (element).show();
}

function close(/** @type {HTMLElement} */ element) {
  if (element.localName === 'dialog') /** @type {HTMLDialogElement} */ (element).close();
}

/** Safari before 17 and Firefox before 125 have no popovers, nor the selector. */
function hasPopover(/** @type {HTMLElement} */ element) {
  return 'showPopover' in element && element.hasAttribute('popover');
}
