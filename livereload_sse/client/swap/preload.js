/**
 * Gets the new bytes of an image or a font before anything shows them, in the way in which they
 * will be asked for, so that the browser has them when the page names them.
 *
 * Knows the ways; refuses to know who shows what. What was got is to be held on to for as long as
 * it may be asked for, or the browser lets go of it, too.
 */

/** @import {Use} from './image_rules.js' */

/** @typedef {(address: string, use: Use) => Promise<unknown>} Preload null when it cannot be had */

const SVG = 'http://www.w3.org/2000/svg';
const SHOWING_TIMEOUT = 200; // milliseconds; a hidden tab shows nothing, and not all browsers tell

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {typeof globalThis.Image} world.Image
 * @param {typeof globalThis.fetch} world.fetch
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {number} world.timeout seconds until it counts as failed
 * @returns {Preload}
 */
export function createPreload({
  document, Image, fetch, setTimeout, clearTimeout, timeout,
}) {
  return (address, use) => within(timeout * 1000, load(address, use));

  /** @param {string} address @param {Use} use */
  function load(address, use) {
    if (use === 'font') return findFont(address);
    return use === 'document' ? loadDocument(address) : loadImage(address, use);
  }

  /** @param {number} milliseconds @param {Promise<unknown>} loading @returns {Promise<unknown>} */
  function within(milliseconds, loading) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), milliseconds);
      loading.catch(() => null).then((loaded) => {
        clearTimeout(timer);
        resolve(loaded);
      });
    });
  }

  /**
   * Only a look whether it is there: a font that is loaded for anything else than the page's own
   * text is another font to the browser.
   *
   * @param {string} address
   */
  async function findFont(address) {
    const response = await fetch(address, { method: 'HEAD', cache: 'no-store' });
    return response.ok ? response : null;
  }

  /** @param {string} address @param {Use} use */
  async function loadImage(address, use) {
    const image = new Image();
    if (use === 'cors') image.crossOrigin = 'anonymous';
    if (use === 'credentials') image.crossOrigin = 'use-credentials';
    const loaded = new Promise((resolve, reject) => {
      image.addEventListener('load', resolve);
      image.addEventListener('error', reject);
    });
    image.src = address;
    await loaded;
    await within(SHOWING_TIMEOUT, image.decode());
    return image;
  }

  /**
   * SVG that is looked into is held for the document for as long as an element refers to it.
   *
   * @param {string} address
   */
  async function loadDocument(address) {
    const response = await fetch(address);
    if (!response.ok) return null;
    const frame = document.createElementNS(SVG, 'svg');
    const use = document.createElementNS(SVG, 'use');
    frame.setAttribute('display', 'none');
    use.setAttribute('href', address);
    frame.append(use);
    const shown = new Promise((resolve) => use.addEventListener('load', resolve));
    document.documentElement.append(frame);
    await within(SHOWING_TIMEOUT, shown);
    setTimeout(() => frame.remove(), 0); // once the page itself refers to it
    return response;
  }
}
