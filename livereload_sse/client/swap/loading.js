/**
 * Waits for style sheets: one that an element brings, and one that a rule imports.
 *
 * Knows events, patience and what counts as loaded; refuses to know what the sheet is for.
 */

import { isLink, isReadable, readRules } from './sheets.js';

/** @import {Owner} from './sheets.js' */

const LOOK_INTERVAL = 5; // milliseconds; an import has no event of its own

/**
 * @typedef {object} Loading
 * @property {(owner: Owner) => Promise<boolean>} untilLoaded begins when the element is put in;
 *   false when its sheet could not be had
 * @property {(rule: CSSImportRule) => Promise<boolean>} untilImported
 */

/**
 * @param {object} world
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {number} world.timeout seconds until a sheet counts as failed
 * @returns {Loading}
 */
export function createLoading({ setTimeout, clearTimeout, timeout }) {
  /** @type {Loading['untilLoaded']} */
  function untilLoaded(owner) {
    return new Promise((resolve) => {
      const end = (/** @type {boolean} */ hasLoaded) => {
        clearTimeout(timer);
        resolve(hasLoaded);
      };
      const timer = setTimeout(() => end(isReadable(owner.sheet)), timeout * 1000);
      owner.addEventListener('load', () => end(true), { once: true });
      owner.addEventListener('error', () => end(hasContent(owner)), { once: true });
    });
  }

  /** @type {Loading['untilImported']} */
  async function untilImported(rule) {
    for (let waited = 0; waited < timeout * 1000; waited += LOOK_INTERVAL) {
      if (isReadable(rule.styleSheet)) return true;
      await new Promise((resolve) => setTimeout(() => resolve(undefined), LOOK_INTERVAL));
    }
    return false;
  }

  return { untilLoaded, untilImported };
}

/** A sheet of which only an import could not be had says `error` as well. */
function hasContent(/** @type {Owner} */ owner) {
  return owner.sheet !== null && (!isLink(owner) || readRules(owner.sheet).length > 0);
}
