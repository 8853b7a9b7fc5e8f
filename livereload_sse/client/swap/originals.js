/**
 * What the author wrote in the attributes that swaps have altered.
 *
 * Knows elements, names and two values of each: the author's and ours. Refuses to know why a value
 * was altered. A value that a script has written since is no longer ours, so it is taken as it is.
 */

import { withoutVersions } from './addresses.js';

/**
 * @typedef {object} Originals
 * @property {(element: Element, name: string, value: string | null) => void} remember
 *   to be called after writing, with the value that stood there before
 * @property {(element: Element, name: string) => string | null} attributeOf the author's value, or
 *   what stands there if it is not ours any more
 * @property {(element: Element, name: string) => void} forget
 * @property {(from: Element, to: Element) => void} adopt a replacement takes over the records
 */

/** @typedef {{author: string | null, written: string | null}} Entry */

/** @returns {Originals} */
export function createOriginals() {
  /** @type {WeakMap<Element, Map<string, Entry>>} */
  const entries = new WeakMap();

  /** @type {Originals['remember']} */
  function remember(element, name, value) {
    const own = entries.get(element) ?? new Map();
    const earlier = own.get(name);
    const author = earlier && earlier.written === value ? earlier.author : value;
    own.set(name, { author, written: element.getAttribute(name) });
    entries.set(element, own);
  }

  /** @type {Originals['attributeOf']} */
  function attributeOf(element, name) {
    const value = element.getAttribute(name);
    const entry = entries.get(element)?.get(name);
    if (entry && entry.written === value) return entry.author;
    return value === null ? null : withoutVersions(value);
  }

  /** @type {Originals['forget']} */
  function forget(element, name) {
    entries.get(element)?.delete(name);
  }

  /** @type {Originals['adopt']} */
  function adopt(from, to) {
    const own = entries.get(from);
    if (own) entries.set(to, new Map(own));
  }

  return { remember, attributeOf, forget, adopt };
}
