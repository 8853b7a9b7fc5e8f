/**
 * Brings the imports of one sheet to the versions that are wanted.
 *
 * Knows `@import` rules, nested as deep as they are; refuses to know which element brings the
 * sheet. The sheet must not be in effect: while an import loads, Chromium takes the whole sheet
 * away.
 *
 * Each address is first loaded by a link that has no effect either. It says whether the file can be
 * had, which a rule does not, and when the rule asks for it, it is there.
 */

import { resolvePath, withVersion } from './addresses.js';
import { rewriteUrls } from './css_urls.js';
import { findBase, isImport, isReadable, readRules } from './sheets.js';

/** @import {Loading} from './loading.js' */
/** @import {Owner} from './sheets.js' */

/** No medium at all: a sheet that is loaded and has no effect. */
export const NO_MEDIUM = 'not all';

/**
 * @typedef {ReadonlyMap<string, string>} Versions canonical path → what is to be asked for
 * @typedef {object} Imports
 * @property {(owner: Owner, versions: Versions) => Promise<Set<string>>} renew gives back the paths
 *   that could not be had; their rules stay as they are
 */

/**
 * @param {object} world
 * @param {string} world.origin
 * @param {Loading} world.loading
 * @param {Set<Owner>} world.own where elements of ours are noted while they are in the page
 * @returns {Imports}
 */
export function createImports({ origin, loading, own }) {
  /** @type {Imports['renew']} */
  async function renew(owner, versions) {
    /** @type {Set<string>} */
    const failed = new Set();
    if (owner.sheet !== null) {
      const base = findBase(owner.sheet, owner);
      await renewIn(owner.sheet, base, { owner, versions, failed, above: new Set([base]) });
    }
    return failed;
  }

  /**
   * @typedef {{owner: Owner, versions: Versions, failed: Set<string>, above: ReadonlySet<string>}}
   *   Round
   * @param {CSSStyleSheet} sheet
   * @param {string} base
   * @param {Round} round
   */
  async function renewIn(sheet, base, round) {
    for (const rule of readRules(sheet).filter(isImport)) {
      const newest = await renewRule(sheet, rule, base, round);
      const child = newest.styleSheet;
      if (!child) continue;
      const address = child.href ?? base;
      const above = new Set([...round.above, address]);
      await renewIn(child, address, { ...round, above });
    }
  }

  /**
   * @param {CSSStyleSheet} sheet
   * @param {CSSImportRule} rule
   * @param {string} base
   * @param {Round} round
   */
  async function renewRule(sheet, rule, base, { owner, versions, failed, above }) {
    const path = resolvePath(rule.href, base, origin);
    const version = path === null ? undefined : versions.get(path);
    if (path === null || version === undefined) return rule;
    const address = new URL(withVersion(rule.href, version), base).href;
    if (address === rule.styleSheet?.href || above.has(address)) return rule; // a circle ends there
    if (!(await canLoad(owner, address))) failed.add(path);
    else return (await replaceRule(sheet, rule, version)) ?? rule;
    return rule;
  }

  /** @param {Owner} owner @param {string} address */
  async function canLoad(owner, address) {
    const probe = owner.ownerDocument.createElement('link');
    probe.rel = 'stylesheet';
    probe.media = NO_MEDIUM;
    probe.href = address;
    own.add(probe);
    const loaded = loading.untilLoaded(probe);
    owner.after(probe);
    const hasLoaded = await loaded;
    probe.remove();
    own.delete(probe);
    return hasLoaded;
  }

  /**
   * The new rule stands right after the old one, so that layers keep their order.
   *
   * @param {CSSStyleSheet} sheet
   * @param {CSSImportRule} rule
   * @param {string} version
   * @returns {Promise<CSSImportRule | null>}
   */
  async function replaceRule(sheet, rule, version) {
    const index = readRules(sheet).indexOf(rule);
    if (index < 0) return null;
    const text = rewriteFirst(rule.cssText, (address) => withVersion(address, version));
    sheet.insertRule(text, index + 1);
    const newest = /** @type {CSSImportRule} */ (sheet.cssRules[index + 1]);
    // An import whose conditions this browser does not meet has no sheet, now or later.
    if (rule.styleSheet !== null) await loading.untilImported(newest);
    sheet.deleteRule(isReadable(newest.styleSheet) || rule.styleSheet === null ? index : index + 1);
    return /** @type {CSSImportRule} */ (sheet.cssRules[index]);
  }

  return { renew };
}

/**
 * `supports()` may have an address in it, too, but the sheet's own comes first.
 *
 * @param {string} text
 * @param {(address: string) => string} rewrite
 */
function rewriteFirst(text, rewrite) {
  let isFirst = true;
  return rewriteUrls(text, (address) => {
    const rewritten = isFirst ? rewrite(address) : address;
    isFirst = false;
    return rewritten;
  });
}
