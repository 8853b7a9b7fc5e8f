/**
 * Addresses that ask for the newest content: the version parameter, put in and taken out again.
 *
 * Knows how an address is spelt, absolute or relative; refuses to know who loads it. The author's
 * spelling is kept, because what a relative address is relative to differs from place to place.
 *
 * A parameter is needed because the same address again is not a new request for the browser:
 * Chromium answers it from memory until the page's load event, Firefox for as long as the document
 * lives. It is the event's id, not the digest: an address that was used before would give back what
 * it held then.
 */

import { findPath } from '../paths.js';

const PARAMETER = 'sse-reload=';
const PARAMETERS = /([?&])sse-reload=[^&#"'()\s,\\]*(&?)/g;

/**
 * The address with our parameter set, and all else as it was spelt.
 *
 * @param {string} spelling
 * @param {string} version
 */
export function withVersion(spelling, version) {
  const [, path, query, fragment] = /** @type {RegExpExecArray} */ (
    /^([^?#]*)\??([^#]*)(#?[^]*)$/.exec(spelling.trim())
  );
  const kept = query.split('&').filter((part) => part !== '' && !part.startsWith(PARAMETER));
  return `${path}?${[...kept, PARAMETER + version].join('&')}${fragment}`;
}

/**
 * Any text with addresses in it (an attribute, a rule) as it was without our parameters.
 *
 * @param {string} text
 */
export function withoutVersions(text) {
  if (!text.includes(PARAMETER)) return text;
  return text.replace(PARAMETERS, (_, before, after) => (after === '' ? '' : before));
}

/**
 * The canonical path of what a spelling names; `null` for nothing, or nothing of this origin.
 *
 * @param {string} spelling
 * @param {string} base
 * @param {string} origin
 */
export function resolvePath(spelling, base, origin) {
  if (spelling === '' || spelling.startsWith('#') || !URL.canParse(spelling, base)) return null;
  return findPath(new URL(spelling, base).href, origin);
}
