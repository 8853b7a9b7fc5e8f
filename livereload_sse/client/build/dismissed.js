/**
 * What a person has closed, so that the tab does not show it again on its next page.
 *
 * Knows one name for each kind of thing; refuses to know what was shown. A tab whose storage is
 * forbidden or full forgets with its page.
 */

/**
 * @typedef {object} Dismissed
 * @property {(name: string) => boolean} has
 * @property {(name: string) => void} add it takes the place of the one before
 */

/**
 * @param {() => Storage} findStorage a function: naming it throws where it is forbidden
 * @param {string} kind
 * @returns {Dismissed}
 */
export function createDismissed(findStorage, kind) {
  const key = `sse-reload dismissed ${kind}`;
  let last = attempt(() => findStorage().getItem(key)) ?? '';

  function add(/** @type {string} */ name) {
    last = name;
    attempt(() => findStorage().setItem(key, name));
  }

  return { has: (name) => name === last, add };
}

/** @template T @param {() => T} act @returns {T | null} */
function attempt(act) {
  try {
    return act();
  } catch {
    return null; // no storage for this page
  }
}
