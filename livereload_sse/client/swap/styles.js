/**
 * Swaps style sheets in place, without a moment in which the page is bare.
 *
 * Knows which elements and scripts show which file, and which version of it; refuses to know why it
 * has changed. An element whose sheet imports the file is built anew as one that names it: whatever
 * is built later asks for every file in the version that was swapped in, so that no old content
 * comes back from the browser's memory.
 */

import { resolvePath, withVersion } from './addresses.js';
import { createAdopted } from './adopted.js';
import { combine, createAttempts, supersede } from './attempts.js';
import { createCarryOver } from './fonts.js';
import { createImports } from './imports.js';
import { createLoading } from './loading.js';
import { createRebuild } from './rebuild.js';
import { findBase, findImports, findOwners, isLink } from './sheets.js';

/** @import {FindOld} from './adopted.js' */
/** @import {Outcome} from './attempts.js' */
/** @import {Originals} from './originals.js' */
/** @import {Result} from './rebuild.js' */
/** @import {Owner} from './sheets.js' */

/**
 * @typedef {object} Styles
 * @property {() => ReadonlySet<string>} paths of all sheets in use that an element brings, imported
 *   ones too, whether they could be loaded or not
 * @property {() => HTMLLinkElement[]} links those in use; a replacement under way is not one yet
 * @property {(paths: readonly string[], version: string) => Promise<Map<string, Outcome>>} swap
 *   the sheets of these canonical paths; `failed` keeps the old one
 * @property {(node: Node) => boolean} isOwn whether it is a replacement under way
 * @property {() => Promise<void>} renew bring what was put into the page since to the versions that
 *   were swapped in
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {string} world.origin
 * @param {typeof globalThis.CSSStyleSheet} world.CSSStyleSheet
 * @param {typeof globalThis.fetch} world.fetch
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {Originals} world.originals
 * @param {FindOld} world.findOld
 * @param {(sheet: CSSStyleSheet) => void} [world.renewImages] so that a sheet which takes effect
 *   does not show old pictures for a moment
 * @param {number} [world.timeout] seconds until a sheet counts as failed
 * @returns {Styles}
 */
export function createStyles({
  document, origin, CSSStyleSheet, fetch, setTimeout, clearTimeout, originals, findOld,
  renewImages = () => {}, timeout = 5,
}) {
  /** @type {Map<string, string>} */
  const versions = new Map();
  /** @type {Set<Owner>} */
  const own = new Set();
  const swaps = createAttempts(supersede);
  const rebuilds = createAttempts(/** @param {Promise<Result>} later */ (later) => later);
  const loading = createLoading({ setTimeout, clearTimeout, timeout });
  const imports = createImports({ origin, loading, own });
  const carryOver = createCarryOver({ document, setTimeout, clearTimeout });
  const rebuild = createRebuild({
    origin, originals, loading, imports, versions, own, carryOver, renewImages,
  });
  const swapAdopted = createAdopted({ document, CSSStyleSheet, fetch, findOld, renewImages });

  function owners() {
    return findOwners(document).filter((owner) => !own.has(owner));
  }

  function links() {
    return owners().filter(isLink);
  }

  function paths() {
    return new Set(owners().flatMap(pathsOf));
  }

  /** @param {Owner} owner @returns {string[]} */
  function pathsOf(owner) {
    const paths = addressesOf(owner).map(({ address, base }) => resolvePath(address, base, origin));
    return paths.filter((path) => path !== null);
  }

  /** @type {Styles['swap']} */
  async function swap(wanted, version) {
    const outcomes = await Promise.all(wanted.map((path) => swapPath(path, version)));
    return new Map(wanted.map((path, index) => [path, outcomes[index]]));
  }

  /** @param {string} path @param {string} version @returns {Promise<Outcome>} */
  function swapPath(path, version) {
    return swaps.run(path, async (isLatest) => {
      const before = versions.get(path);
      versions.set(path, version);
      const using = owners().filter((owner) => pathsOf(owner).includes(path));
      const swapping = using.map((owner) => rebuildFor(path, owner));
      const outcome = combine(await Promise.all([...swapping, swapAdopted(path, isLatest)]));
      if (outcome !== 'done' && isLatest()) restore(path, before);
      return outcome;
    });
  }

  /** @param {string} path @param {Owner} owner @returns {Promise<Outcome>} */
  async function rebuildFor(path, owner) {
    const { outcome, failed } = await rebuildLatest(owner);
    return failed.has(path) ? 'failed' : outcome;
  }

  /** Two files that change at once may belong to one element, which is then built for both. */
  function rebuildLatest(/** @type {Owner} */ owner) {
    return rebuilds.run(owner, (isLatest) => rebuild(owner, isLatest));
  }

  /** @param {string} path @param {string | undefined} version */
  function restore(path, version) {
    if (version === undefined) versions.delete(path);
    else versions.set(path, version);
  }

  async function renew() {
    if (versions.size > 0) await Promise.all(owners().filter(isStale).map(rebuildLatest));
  }

  function isStale(/** @type {Owner} */ owner) {
    return addressesOf(owner).some(({ address, base }) => {
      const version = versions.get(resolvePath(address, base, origin) ?? '');
      return version !== undefined && address !== withVersion(address, version);
    });
  }

  function isOwn(/** @type {Node} */ node) {
    return own.has(/** @type {Owner} */ (node));
  }

  return { paths, links, swap, isOwn, renew };
}

/** @param {Owner} owner what it names itself, then what it imports */
function addressesOf(owner) {
  const named = isLink(owner) ? [{ address: owner.href, base: owner.baseURI }] : [];
  const start = owner.sheet ? findBase(owner.sheet, owner) : owner.baseURI;
  const imported = findImports(owner.sheet, start);
  return [...named, ...imported.map(({ rule, base }) => ({ address: rule.href, base }))];
}
