/**
 * Has a person done something to this page yet? What they do must not be undone by a restoration.
 *
 * Knows the events of hands; refuses to know what they meant. What a script only pretends does not
 * count. The first act is enough, and ends the listening.
 */

const ACTS = ['wheel', 'touchstart', 'pointerdown', 'keydown'];

/**
 * @param {object} world
 * @param {Pick<Window, 'addEventListener' | 'removeEventListener'>} world.window
 * @returns {() => boolean} whether they have, since now
 */
export function watchPerson({ window }) {
  let hasActed = false;

  /** @param {Event} event */
  function note({ isTrusted }) {
    if (!isTrusted) return;
    hasActed = true;
    for (const name of ACTS) window.removeEventListener(name, note, { capture: true });
  }

  for (const name of ACTS) window.addEventListener(name, note, { capture: true, passive: true });
  return () => hasActed;
}
