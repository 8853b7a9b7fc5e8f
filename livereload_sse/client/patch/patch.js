/**
 * Brings this page up to date in place, one save after the other.
 *
 * Knows which version the document was made from, which one is new, and that two patches must not
 * run into one another; refuses to know how a difference is carried over. Where it cannot be done
 * exactly the answer is a refusal that says why, and the tab loads its page.
 */

import { findLine } from './lines.js';

/** @import {Result} from '../tab.js' */
/** @import {Source, Sources} from './source.js' */
/** @import {Refusal} from './refuse.js' */

/**
 * @typedef {Source & {document: Document}} Version of the page, with its source as a parsed document
 * @typedef {{changed: Element[], nodes: number}} Carried what was done to the live document
 * @typedef {(base: Document, next: Document) => Promise<Carried | Refusal>} Carry
 */

/**
 * @param {object} world
 * @param {string} world.page the canonical path of the file that this document was made from
 * @param {string} world.digest of that file as it was then
 * @param {Pick<Sources, 'fetchServed' | 'fetchCurrent'>} world.sources
 * @param {(text: string) => Document} world.parse
 * @param {Carry} world.carry
 * @param {(changed: Element[]) => void} world.patched called after each patch that changed something
 * @param {() => Promise<unknown>} world.settled has what came in shown in the newest version of its
 *   files
 * @returns {{patch: () => Promise<Result>}}
 */
export function createPatch({ page, digest, sources, parse, carry, patched, settled }) {
  /** @type {Version | null} */
  let base = null;
  /** @type {Promise<unknown>} */
  let latest = Promise.resolve();

  /** @returns {Promise<Result>} */
  function patch() {
    const result = latest.then(fetchVersions).then(bringUpToDate, leave);
    latest = result;
    return result;
  }

  /** The source is not fetched before it is needed: most pages that are loaded are never changed. */
  function fetchVersions() {
    return Promise.all([
      base ?? sources.fetchServed(page, digest),
      sources.fetchCurrent(page),
    ]);
  }

  /** The server is away: the page stays as it is until the next stream. */
  function leave() {
    return { outcomes: new Map([[page, /** @type {const} */ ('failed')]]) };
  }

  /** @param {[Source | null, Source | null]} versions @returns {Promise<Result>} */
  async function bringUpToDate([served, current]) {
    if (current === null) return refuse('the page has no readable source any more');
    if (current.digest === (base?.digest ?? digest)) return done(current, 0);
    if (served === null) return refuse('the source of this page is not held any more');
    try {
      base ??= { ...served, document: parse(served.text) };
      return await carryOver(base, { ...current, document: parse(current.text) });
    } catch (error) {
      // It would be a mistake of ours, and a page that is loaded anew is right all the same.
      return refuse(`patching went wrong: ${error}`);
    }
  }

  /** @param {Version} from @param {Version} to */
  async function carryOver(from, to) {
    const carried = await carry(from.document, to.document);
    if ('reason' in carried) return refuse(withLine(carried, from, to));
    base = to;
    if (carried.changed.length > 0) patched(carried.changed);
    await settled();
    return done(to, carried.nodes);
  }

  /** @param {Source} shown @param {number} nodes @returns {Result} */
  function done(shown, nodes) {
    return {
      outcomes: new Map([[page, 'done']]), digests: new Map([[page, shown.digest]]), nodes,
    };
  }

  /** @param {string} reason @returns {Result} */
  function refuse(reason) {
    return { outcomes: new Map(), refusal: reason };
  }

  return { patch };
}

/**
 * @param {Refusal} refusal
 * @param {Version} from
 * @param {Version} to
 */
function withLine({ reason, node }, from, to) {
  const version = node?.ownerDocument === from.document ? from : to;
  const line = node && findLine(version.text, version.document, node);
  return line ? `${reason} (line ${line})` : reason;
}
