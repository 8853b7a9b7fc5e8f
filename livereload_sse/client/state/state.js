/**
 * What a person did to the page, handed over a reload.
 *
 * Knows the parts and the moments: where the page was scrolled to is restored at once, what was
 * opened, entered and focused when the page's scripts listen, and once more when all is loaded for
 * what was not there yet. Refuses to know how each part does it, and where the state is kept.
 */

import { createFields } from './fields.js';
import { createFocus } from './focus.js';
import { createOpenings } from './openings.js';
import { watchPerson } from './presence.js';
import { createScroll } from './scroll.js';

/** @import {FieldEntry} from './fields.js' */
/** @import {AttentionEntry} from './focus.js' */
/** @import {OpeningEntry} from './openings.js' */
/** @import {ScrollEntry} from './scroll.js' */

/**
 * @typedef {object} PageState plain values, for JSON
 * @property {ScrollEntry[]} scroll
 * @property {OpeningEntry[]} openings
 * @property {FieldEntry[]} fields
 * @property {AttentionEntry[]} focus
 *
 * @typedef {object} State
 * @property {() => PageState} read
 * @property {(state: unknown) => void} restore
 */

const MOST = 200_000; // characters of JSON; session storage holds some five million for the tab

/** In this order: a field may stand in a dialog, and only what can be seen can be focused. */
const ORDER = /** @type {const} */ (['openings', 'fields', 'focus']);

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Window & typeof globalThis} world.window
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {() => number} world.now milliseconds
 * @returns {State}
 */
export function createState({ document, window, setTimeout, now }) {
  let hasActed = () => false;
  const scroll = createScroll({ document, window, now, hasActed: () => hasActed() });
  /** @type {Record<typeof ORDER[number], {read: () => any[], restore: (entry: any) => boolean}>} */
  const parts = {
    openings: createOpenings({ document }),
    fields: createFields({ document, window }),
    focus: createFocus({ document }),
  };
  /** @type {Record<typeof ORDER[number], unknown[]>} what has not been there yet */
  let waiting = { openings: [], fields: [], focus: [] };

  /** A page that is reloaded again before all is restored hands on what it was given. */
  function read() {
    const fits = createBudget(MOST);
    const find = (/** @type {typeof ORDER[number]} */ name) =>
      [...waiting[name], ...(attempt(parts[name].read) ?? [])].filter(fits);
    const scrolled = (attempt(scroll.read) ?? []).filter(fits);
    const [focus, fields, openings] = [find('focus'), find('fields'), find('openings')];
    return /** @type {PageState} */ ({ scroll: scrolled, focus, fields, openings });
  }

  /** @param {any} state */
  function restore(state) {
    hasActed = watchPerson({ window });
    for (const name of ORDER) waiting[name] = listOf(state?.[name]);
    attempt(() => scroll.restore(listOf(state?.scroll)));
    if (document.readyState === 'complete') return restoreLast();
    // A task later: listeners of the page's own for the same event must have run.
    const [soon, last] = [restoreParts, restoreLast].map((run) => () => setTimeout(run, 0));
    document.addEventListener('DOMContentLoaded', soon, { once: true });
    window.addEventListener('load', last, { once: true });
  }

  function restoreParts() {
    for (const name of ORDER) {
      if (name === 'focus' && hasActed()) waiting.focus = [];
      const isMissing = (/** @type {unknown} */ entry) =>
        attempt(() => parts[name].restore(entry)) === false;
      waiting[name] = waiting[name].filter(isMissing);
    }
  }

  function restoreLast() {
    restoreParts();
    waiting = { openings: [], fields: [], focus: [] };
  }

  return { read, restore };
}

/** @param {unknown} value @returns {any[]} */
function listOf(value) {
  return Array.isArray(value) ? value : [];
}

/** Takes entries until they are too many; a large one leaves room for smaller ones. */
function createBudget(/** @type {number} */ left) {
  return (/** @type {unknown} */ entry) => {
    const { length } = JSON.stringify(entry);
    if (length > left) return false;
    left -= length;
    return true;
  };
}

/**
 * A state comes from storage in which the page can write as well, and a page may have replaced any
 * method that is used here. What cannot be kept must not cost the reload, nor the rest.
 *
 * @template T
 * @param {() => T} action
 * @returns {T | null}
 */
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}
