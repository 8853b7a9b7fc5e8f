/**
 * Lets new font faces take the place of old ones without a moment of some other font.
 *
 * Knows that a browser loads a face only when text needs it, and shows another font until then: so
 * the old faces stay beside the new ones until those have loaded. Refuses to know what brings them.
 * Only what was in use is loaded: a family may have a hundred faces, and the page need two.
 */

/**
 * @typedef {(begin: () => void, finish: (haveLoaded: boolean) => void) => Promise<void>} CarryOver
 *   `begin` brings new faces, `finish` takes the old ones away: in the same step, where no face
 *   needs to be waited for
 */

const LOADING_TIMEOUT = 1000; // milliseconds; a font that takes longer is waited for by its text

/**
 * @param {object} world
 * @param {Pick<Document, 'fonts'>} world.document
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @returns {CarryOver}
 */
export function createCarryOver({ document, setTimeout, clearTimeout }) {
  return async (begin, finish) => {
    const before = listFaces();
    const inUse = new Set(before.filter(({ status }) => status === 'loaded').map(keyOf));
    begin();
    const wanted = inUse.size === 0 ? [] : listFaces().filter(
      (face) => inUse.has(keyOf(face)) && !before.includes(face),
    );
    finish(wanted.length === 0 || (await load(wanted)));
  };

  function listFaces() {
    return [...document.fonts];
  }

  /** @param {readonly FontFace[]} faces @returns {Promise<boolean>} false where one is broken */
  function load(faces) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(true), LOADING_TIMEOUT);
      Promise.allSettled(faces.map((face) => face.load())).then((results) => {
        clearTimeout(timer);
        resolve(results.every(({ status }) => status === 'fulfilled'));
      });
    });
  }
}

/** @param {FontFace} face */
function keyOf({ family, style, weight, stretch, unicodeRange }) {
  return [family, style, weight, stretch, unicodeRange].join('|');
}
