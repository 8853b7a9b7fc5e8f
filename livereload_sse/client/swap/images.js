/**
 * Swaps images and fonts in place, wherever the page names them.
 *
 * Knows which version of each file was swapped in, and that the old picture stays until the new one
 * is there; refuses to know where addresses stand. A page that shows a file without naming it
 * (drawn by a script, say) has nothing to swap.
 */

import { resolvePath, withVersion } from './addresses.js';
import { createAttempts, supersede } from './attempts.js';
import { createCarryOver } from './fonts.js';
import { createImageElements } from './image_elements.js';
import { rewriteRules } from './image_rules.js';
import { createPreload } from './preload.js';
import { findBase, findImported, findRoots, findSheets, isReadable } from './sheets.js';

/** @import {Outcome} from './attempts.js' */
/** @import {ReplaceFace, Rewrite, Use} from './image_rules.js' */
/** @import {Originals} from './originals.js' */
/** @import {Placed} from './sheets.js' */

/**
 * @typedef {object} Images
 * @property {(paths: readonly string[], version: string) => Promise<Map<string, Outcome>>} swap
 * @property {() => void} renew after sheets or nodes were replaced: apply the versions again, so
 *   that nothing old comes back from the browser's memory
 * @property {(sheet: CSSStyleSheet) => void} renewSheet the same for one sheet and what it imports
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Pick<Location, 'origin'>} world.location
 * @param {Originals} world.originals
 * @param {typeof globalThis.Image} world.Image
 * @param {typeof globalThis.fetch} world.fetch
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {number} [world.timeout] seconds until a file counts as failed
 * @returns {Images}
 */
export function createImages({
  document, location, originals, Image, fetch, setTimeout, clearTimeout, timeout = 5,
}) {
  const { origin } = location;
  /** @type {Map<string, string>} */
  const versions = new Map();
  /** @type {Map<string, unknown[]>} what the browser is to keep in its memory */
  const held = new Map();
  const swaps = createAttempts(supersede);
  const carryOver = createCarryOver({ document, setTimeout, clearTimeout });
  /** @type {WeakSet<CSSRule>} faces that stay only until newer ones have loaded */
  const leaving = new WeakSet();
  const { rewriteElements, rewriteHints } = createImageElements({ originals });
  const preload = createPreload({
    document, Image, fetch, setTimeout, clearTimeout, timeout,
  });

  /** @type {Images['swap']} */
  async function swap(paths, version) {
    const outcomes = await Promise.all(paths.map((path) => swapPath(path, version)));
    return new Map(paths.map((path, index) => [path, outcomes[index]]));
  }

  /** @param {string} path @param {string} version @returns {Promise<Outcome>} */
  function swapPath(path, version) {
    return swaps.run(path, async (isLatest) => {
      const places = findPlaces(path, version);
      if (places.size === 0) return 'unused';
      const loading = [...places.values()].map(({ address, use }) => preload(address, use));
      const loaded = await Promise.all(loading);
      if (!isLatest() || loaded.includes(null)) return 'failed';
      versions.set(path, version);
      held.set(path, loaded);
      renew();
      return 'done';
    });
  }

  /**
   * What there is to load: each spelling of the file's address, in each way in which it is used.
   *
   * @param {string} path
   * @param {string} version
   */
  function findPlaces(path, version) {
    /** @type {Map<string, {address: string, use: Use}>} */
    const places = new Map();
    walk((spelling, base, use) => {
      if (resolvePath(spelling, base, origin) !== path) return spelling;
      const { href } = new URL(withVersion(spelling, versionFor(use, version)), base);
      places.set(href, { address: href, use });
      return spelling;
    });
    return places;
  }

  /** @param {Rewrite} rewrite */
  function walk(rewrite) {
    for (const root of findRoots(document)) rewriteElements(root, rewrite);
    for (const placed of findSheets(document)) rewriteSheet(placed, rewrite);
  }

  /** @param {Placed} placed @param {Rewrite} rewrite */
  function rewriteSheet({ sheet, base }, rewrite) {
    if (isReadable(sheet)) rewriteRules(sheet, [base, document.baseURI], rewrite, replaceFace);
  }

  /** @type {ReplaceFace} */
  function replaceFace(parent, rule, text) {
    if (leaving.has(rule)) return;
    leaving.add(rule);
    const indexOf = () => [...parent.cssRules].indexOf(rule);
    carryOver(
      () => parent.insertRule(text, indexOf() + 1),
      (haveLoaded) => {
        const index = indexOf();
        if (index >= 0) parent.deleteRule(haveLoaded ? index : index + 1);
        leaving.delete(rule);
      },
    );
  }

  /** @type {Rewrite} */
  function toNewest(spelling, base, use) {
    const version = versions.get(resolvePath(spelling, base, origin) ?? '');
    return version === undefined ? spelling : withVersion(spelling, versionFor(use, version));
  }

  function renew() {
    if (versions.size === 0) return;
    walk(toNewest);
    for (const root of findRoots(document)) rewriteHints(root, toNewest);
  }

  /** @type {Images['renewSheet']} */
  function renewSheet(sheet) {
    if (versions.size === 0) return;
    const base = findBase(sheet, document);
    for (const placed of [{ sheet, base }, ...findImported(sheet, base)])
      rewriteSheet(placed, toNewest);
  }

  return { swap, renew, renewSheet };
}

/**
 * Browsers hold one answer for each address: what was got in one way takes the place of what was
 * got in another, so each way has an address of its own.
 *
 * @param {Use} use
 * @param {string} version
 */
function versionFor(use, version) {
  return use === 'image' ? version : `${version}-${use}`;
}
