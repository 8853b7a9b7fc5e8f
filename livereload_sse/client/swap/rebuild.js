/**
 * Builds the sheet of one element anew beside the old one, and lets it take the old one's place.
 *
 * Knows `<link>` and `<style>`; refuses to know which file has changed. The replacement stands
 * right after the old element, so the cascade keeps its order, and has no effect until it and all
 * that it imports are there: then the two change places between two frames.
 */

import { resolvePath, withoutVersions, withVersion } from './addresses.js';
import { keepEnabled } from './alternates.js';
import { NO_MEDIUM } from './imports.js';
import { isLink, readRules } from './sheets.js';

/** @import {CarryOver} from './fonts.js' */
/** @import {Imports, Versions} from './imports.js' */
/** @import {Loading} from './loading.js' */
/** @import {Originals} from './originals.js' */
/** @import {Owner} from './sheets.js' */

/**
 * @typedef {object} Result
 * @property {'done' | 'failed' | 'unused'} outcome unused: a script has changed the element's
 *   sheet, and what it did would be lost
 * @property {ReadonlySet<string>} failed imports that could not be had
 *
 * @typedef {(owner: Owner, isLatest: () => boolean) => Promise<Result>} Rebuild
 */

/** @type {ReadonlySet<string>} */
const NONE = new Set();

/**
 * @param {object} world
 * @param {string} world.origin
 * @param {Originals} world.originals
 * @param {Loading} world.loading
 * @param {Imports} world.imports
 * @param {Versions} world.versions
 * @param {Set<Owner>} world.own where replacements are noted while they are not in effect
 * @param {CarryOver} world.carryOver
 * @param {(sheet: CSSStyleSheet) => void} world.renewImages in a sheet that is about to take effect
 * @returns {Rebuild}
 */
export function createRebuild({
  origin, originals, loading, imports, versions, own, carryOver, renewImages,
}) {
  return async (owner, isLatest) => {
    const replacement = cloneOwner(owner);
    if (isLink(owner) && owner.disabled) {
      owner.replaceWith(replacement); // it loads nothing, so there is nothing to wait for
      return { outcome: 'done', failed: NONE };
    }
    own.add(replacement);
    const result = await prepare(owner, replacement, isLatest);
    const isBetter = result.outcome === 'done' && isLatest() && isNewer(owner, replacement, result);
    if (isBetter && owner.isConnected) await settle(owner, replacement, isLatest);
    else replacement.remove();
    own.delete(replacement);
    return result;
  };

  /**
   * @param {Owner} owner
   * @param {Owner} replacement
   * @param {() => boolean} isLatest
   * @returns {Promise<Result>}
   */
  async function prepare(owner, replacement, isLatest) {
    const loaded = loading.untilLoaded(replacement);
    replacement.media = NO_MEDIUM;
    owner.after(replacement);
    if (!(await loaded)) return { outcome: 'failed', failed: NONE };
    const isAltered = !isLink(owner) && !hasSameRules(owner, replacement);
    if (isAltered) return { outcome: 'unused', failed: NONE };
    if (!isLatest()) return { outcome: 'failed', failed: NONE }; // the later one decides
    return { outcome: 'done', failed: await imports.renew(replacement, versions) };
  }

  /** @param {Owner} owner @returns {Owner} */
  function cloneOwner(owner) {
    const replacement = /** @type {Owner} */ (owner.cloneNode(true));
    originals.adopt(owner, replacement);
    if (!isLink(owner) || !isLink(replacement)) return replacement;
    keepEnabled(owner, replacement);
    const href = owner.getAttribute('href') ?? '';
    const version = versions.get(resolvePath(href, owner.baseURI, origin) ?? '');
    if (version === undefined) return replacement;
    replacement.setAttribute('href', withVersion(href, version));
    originals.remember(replacement, 'href', href);
    return withoutIntegrity(replacement);
  }

  /** The hash of the old content would refuse the new. @param {Owner} replacement */
  function withoutIntegrity(replacement) {
    const integrity = replacement.getAttribute('integrity');
    if (integrity === null) return replacement;
    replacement.removeAttribute('integrity');
    originals.remember(replacement, 'integrity', integrity);
    return replacement;
  }

  /**
   * @param {Owner} owner
   * @param {Owner} replacement
   * @param {() => boolean} isLatest
   */
  async function settle(owner, replacement, isLatest) {
    await carryOver(
      () => takeEffect(owner, replacement),
      () => (isLatest() ? owner : replacement).remove(), // a later one has built upon the old
    );
  }

  /** @param {Owner} owner @param {Owner} replacement */
  function takeEffect(owner, replacement) {
    const media = owner.getAttribute('media');
    const sheet = replacement.sheet;
    if (sheet !== null) renewImages(sheet);
    if (media === null) replacement.removeAttribute('media');
    else replacement.setAttribute('media', media);
    // A sheet that a script switched on or off says so on the sheet only, which is not cloned.
    if (owner.sheet && sheet) sheet.disabled = owner.sheet.disabled;
  }
}

/**
 * With an import that could not be had, only an element whose own sheet is newer is better.
 *
 * @param {Owner} owner
 * @param {Owner} replacement
 * @param {Result} result
 */
function isNewer(owner, replacement, { failed }) {
  return failed.size === 0 || owner.getAttribute('href') !== replacement.getAttribute('href');
}

/** @param {Owner} owner @param {Owner} replacement */
function hasSameRules(owner, replacement) {
  const [before, now] = [owner, replacement].map(({ sheet }) =>
    (sheet ? readRules(sheet) : []).map(({ cssText }) => withoutVersions(cssText)),
  );
  return before.length === now.length && before.every((text, index) => text === now[index]);
}
