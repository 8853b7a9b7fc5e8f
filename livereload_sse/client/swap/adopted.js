/**
 * Swaps sheets that scripts have made from a file: adopted ones, and modules of CSS.
 *
 * Such a sheet does not say where it came from, so it is known by its content: it holds the rules
 * of the file as it was served before. Refuses to know sheets of elements. A sheet that a script
 * has changed since does not match, and is nobody's.
 */

import { withoutVersions } from './addresses.js';
import { combine } from './attempts.js';
import { findAdopted, readRules } from './sheets.js';

/** @import {Outcome} from './attempts.js' */

/**
 * @typedef {(path: string, digest: string) => Promise<string | null>} FindOld the text that was
 *   served before the version with this digest
 * @typedef {(path: string, isLatest: () => boolean) => Promise<Outcome>} SwapAdopted
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {typeof globalThis.CSSStyleSheet} world.CSSStyleSheet
 * @param {typeof globalThis.fetch} world.fetch
 * @param {FindOld} world.findOld
 * @param {(sheet: CSSStyleSheet) => void} world.renewImages
 * @returns {SwapAdopted}
 */
export function createAdopted({ document, CSSStyleSheet, fetch, findOld, renewImages }) {
  /** @type {WeakMap<CSSStyleSheet, string>} */
  const paths = new WeakMap();
  /** @type {Map<string, string>} what we put there is what there is to find the next time */
  const texts = new Map();

  /** @type {SwapAdopted} */
  return async (path, isLatest) => {
    if (findAdopted(document).length === 0) return 'unused';
    const loaded = await load(path);
    if (loaded === null || !isLatest()) return 'failed';
    const { text, digest } = loaded;
    const old = await Promise.all([texts.get(path) ?? null, findOld(path, digest)]);
    const sheets = findMatches(path, old.filter((one) => one !== null));
    if (sheets.length === 0) return 'unused';
    if (!isLatest()) return 'failed';
    texts.set(path, text);
    return combine(await Promise.all(sheets.map((sheet) => fill(sheet, text, path))));
  };

  /** @param {string} path @param {readonly string[]} old */
  function findMatches(path, old) {
    const wanted = new Set(old.map((text) => signatureOf(parse(text))));
    wanted.delete(''); // sheets without rules are all the same
    return findAdopted(document).filter(
      (sheet) => (paths.get(sheet) ?? path) === path && wanted.has(signatureOf(sheet)),
    );
  }

  /** @param {string} text */
  function parse(text) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  }

  /** @param {string} path */
  async function load(path) {
    try {
      const response = await fetch(path, { cache: 'no-store' });
      if (!response.ok) return null;
      const digest = response.headers.get('ETag')?.replaceAll('"', '') ?? '';
      return { text: await response.text(), digest };
    } catch {
      return null; // the server is away: the old content stays, and is tried again
    }
  }

  /** @param {CSSStyleSheet} sheet @param {string} text @param {string} path @returns {Outcome} */
  function fill(sheet, text, path) {
    sheet.replaceSync(text);
    paths.set(sheet, path);
    renewImages(sheet);
    return 'done';
  }
}

/** @param {CSSStyleSheet} sheet */
function signatureOf(sheet) {
  return readRules(sheet).map(({ cssText }) => withoutVersions(cssText)).join('\n');
}
