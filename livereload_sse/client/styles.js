/**
 * Swaps style sheets in place, without a moment in which the page is bare.
 *
 * Knows `<link>` elements; refuses to know why. The replacement stands right after the old link, so
 * the cascade keeps its order, and the old one goes only when the new one has loaded.
 *
 * The address gets a query parameter, because the same address again is not a new request for the
 * browser: Chromium answers it from memory until the page's load event, Firefox for as long as the
 * document lives. The parameter is the event's id, not the digest: an address that was used before
 * would give back what it held then.
 */

import { findPath } from './paths.js';

const PARAMETER = 'sse-reload=';
const LINKS = 'link[rel~="stylesheet" i][href]';

/**
 * @typedef {'swapped' | 'failed' | 'superseded'} Outcome superseded: a later swap took its place
 * @typedef {object} Attempt
 * @property {HTMLLinkElement} replacement
 * @property {ReturnType<typeof globalThis.setTimeout>} timer
 * @property {(outcome: Outcome | Promise<Outcome>) => void} resolve
 *
 * @typedef {object} Styles
 * @property {() => HTMLLinkElement[]} links those in use; a replacement under way is not one yet
 * @property {(paths: readonly string[], version: string) => Promise<Map<string, Outcome>>} swap
 *   the sheets of these canonical paths; `failed` keeps the old one
 */

/**
 * @param {object} world
 * @param {Pick<Document, 'querySelectorAll'>} world.document
 * @param {string} world.origin
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {number} [world.timeout] seconds until a sheet counts as failed
 * @returns {Styles}
 */
export function createStyles({ document, origin, setTimeout, clearTimeout, timeout = 5 }) {
  /** @type {Map<HTMLLinkElement, Attempt>} */
  const underWay = new Map();

  function links() {
    const all = /** @type {NodeListOf<HTMLLinkElement>} */ (document.querySelectorAll(LINKS));
    const replacements = new Set([...underWay.values()].map(({ replacement }) => replacement));
    return [...all].filter((link) => !replacements.has(link));
  }

  /** @type {Styles['swap']} */
  async function swap(paths, version) {
    const outcomes = await Promise.all(paths.map((path) => swapPath(path, version)));
    return new Map(paths.map((path, index) => [path, outcomes[index]]));
  }

  /** @param {string} path @param {string} version @returns {Promise<Outcome>} */
  async function swapPath(path, version) {
    const ours = links().filter((link) => findPath(link.href, origin) === path);
    const outcomes = await Promise.all(ours.map((link) => replace(link, version)));
    return outcomes.find((outcome) => outcome !== 'swapped') ?? 'swapped';
  }

  /** @param {HTMLLinkElement} old @param {string} version @returns {Promise<Outcome>} */
  function replace(old, version) {
    const earlier = underWay.get(old);
    if (earlier) finish(old, earlier, false);
    const latest = load(old, cloneLink(old, version));
    earlier?.resolve(latest.then(() => 'superseded'));
    return latest;
  }

  /**
   * @param {HTMLLinkElement} old
   * @param {HTMLLinkElement} replacement
   * @returns {Promise<Outcome>}
   */
  function load(old, replacement) {
    if (old.disabled) {
      old.replaceWith(replacement); // it loads nothing, so there is nothing to wait for
      return Promise.resolve('swapped');
    }
    return new Promise((resolve) => {
      const end = (/** @type {boolean} */ hasLoaded) => {
        if (underWay.get(old) !== attempt) return;
        finish(old, attempt, hasLoaded);
        resolve(hasLoaded ? 'swapped' : 'failed');
      };
      const timer = setTimeout(() => end(replacement.sheet !== null), timeout * 1000);
      const attempt = { replacement, timer, resolve };
      underWay.set(old, attempt);
      replacement.addEventListener('load', () => end(true));
      replacement.addEventListener('error', () => end(false));
      old.after(replacement);
    });
  }

  /** @param {HTMLLinkElement} old @param {Attempt} attempt @param {boolean} hasLoaded */
  function finish(old, { replacement, timer }, hasLoaded) {
    underWay.delete(old);
    clearTimeout(timer);
    if (hasLoaded) settle(old, replacement);
    else replacement.remove();
  }

  return { links, swap };
}

/**
 * The address with our parameter set, and the rest of its query untouched.
 *
 * @param {string} address
 * @param {string} version
 */
export function versionedAddress(address, version) {
  const url = new URL(address);
  const parts = url.search.slice(1).split('&');
  const kept = parts.filter((part) => part !== '' && !part.startsWith(PARAMETER));
  url.search = [...kept, PARAMETER + version].join('&');
  return url.href;
}

/** @param {HTMLLinkElement} old @param {string} version */
function cloneLink(old, version) {
  const replacement = /** @type {HTMLLinkElement} */ (old.cloneNode());
  replacement.removeAttribute('integrity'); // the hash of the old content would refuse the new
  replacement.href = versionedAddress(old.href, version);
  return replacement;
}

/** @param {HTMLLinkElement} old @param {HTMLLinkElement} replacement */
function settle(old, replacement) {
  if (!old.isConnected) return replacement.remove(); // the page dropped the sheet meanwhile
  // A sheet that a script switched on or off says so on the sheet only, which is not cloned.
  if (old.sheet && replacement.sheet) replacement.sheet.disabled = old.sheet.disabled;
  old.remove();
}
