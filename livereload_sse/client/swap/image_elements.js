/**
 * The addresses of images in the attributes of elements.
 *
 * Knows which attributes name images, and how each is spelt; refuses to know which address is to
 * change and to what: whoever walks says so, address by address. What the author wrote is noted.
 */

import { rewriteUrls } from './css_urls.js';
import { rewriteStyle } from './image_rules.js';
import { rewriteSrcset } from './srcset.js';

/** @import {Rewrite, Use} from './image_rules.js' */
/** @import {Originals} from './originals.js' */
/** @import {Root} from './sheets.js' */

/**
 * @typedef {(text: string, rewrite: (spelling: string) => string) => string} Spelling
 * @typedef {readonly [selector: string, name: string, spelling: Spelling, use: Use | 'by-element']}
 *   Row
 */

const XLINK = 'http://www.w3.org/1999/xlink';
const INLINE_STYLES = '[style*="url(" i], [style*="image-set(" i]';
const ICONS = [
  'icon', 'apple-touch-icon', 'apple-touch-icon-precomposed', 'mask-icon', 'fluid-icon',
];
const ICON_LINKS = ICONS.map((name) => `link[rel~="${name}" i][href]`).join(', ');
const PAINT = [
  'fill', 'stroke', 'filter', 'mask', 'clip-path', 'marker-start', 'marker-mid', 'marker-end',
];

/** @type {Spelling} */
const one = (text, rewrite) => rewrite(text);

/** @type {readonly Row[]} */
const ATTRIBUTES = [
  ['source[srcset], img[srcset]', 'srcset', rewriteSrcset, 'by-element'],
  ['img[src], input[type="image" i][src], embed[src]', 'src', one, 'by-element'],
  ['video[poster]', 'poster', one, 'by-element'],
  ['object[data]', 'data', one, 'image'],
  ['[background]', 'background', one, 'image'],
  ['image[href], feImage[href]', 'href', one, 'by-element'],
  ['image[*|href], feImage[*|href]', 'xlink:href', one, 'by-element'],
  ['use[href]', 'href', one, 'document'],
  ['use[*|href]', 'xlink:href', one, 'document'],
  ...PAINT.map((name) => /** @type {Row} */ ([`[${name}*="url("]`, name, rewriteUrls, 'document'])),
];

/**
 * Asked for ahead: with the old address the browser would ask for what nobody shows any more.
 *
 * @type {readonly Row[]}
 */
const HINTS = [
  ['link[rel~="preload" i][as="image" i][href]', 'href', one, 'by-element'],
  ['link[rel~="preload" i][imagesrcset]', 'imagesrcset', rewriteSrcset, 'by-element'],
  ['link[rel~="preload" i][as="font" i][href]', 'href', one, 'font'],
];

/**
 * @typedef {(root: Root, rewrite: Rewrite) => void} RewriteIn
 * @typedef {{rewriteElements: RewriteIn, rewriteHints: RewriteIn}} ImageElements
 */

/**
 * @param {object} world
 * @param {Originals} world.originals
 * @returns {ImageElements}
 */
export function createImageElements({ originals }) {
  /** @type {RewriteIn} */
  function rewriteElements(root, rewrite) {
    for (const row of ATTRIBUTES) rewriteRow(root, row, rewrite);
    for (const element of root.querySelectorAll(INLINE_STYLES)) rewriteInline(element, rewrite);
    for (const icon of root.querySelectorAll(ICON_LINKS)) rewriteIcon(icon, rewrite);
  }

  /** @type {RewriteIn} */
  function rewriteHints(root, rewrite) {
    for (const row of HINTS) rewriteRow(root, row, rewrite);
  }

  /** @param {Root} root @param {Row} row @param {Rewrite} rewrite */
  function rewriteRow(root, [selector, name, spelling, use], rewrite) {
    for (const element of root.querySelectorAll(selector)) {
      const text = element.getAttribute(name);
      if (text === null) continue; // the selector takes any namespace, the name is one
      const wanted = use === 'by-element' ? findUse(element) : use;
      const { baseURI } = element;
      const rewritten = spelling(text, (address) => rewrite(address, baseURI, wanted));
      if (rewritten !== text) write(element, name, text, rewritten);
    }
  }

  /** @param {Element} element @param {string} name @param {string} before @param {string} value */
  function write(element, name, before, value) {
    if (name === 'xlink:href') element.setAttributeNS(XLINK, name, value);
    else element.setAttribute(name, value);
    originals.remember(element, name, before);
  }

  /** @param {Element} element @param {Rewrite} rewrite */
  function rewriteInline(element, rewrite) {
    const before = element.getAttribute('style');
    rewriteStyle(/** @type {HTMLElement} */ (element).style, [element.baseURI], rewrite);
    if (element.getAttribute('style') !== before) originals.remember(element, 'style', before);
  }

  /** The browser looks again at a link that is put in, not at one that is changed. */
  function rewriteIcon(/** @type {Element} */ icon, /** @type {Rewrite} */ rewrite) {
    const href = icon.getAttribute('href') ?? '';
    const rewritten = rewrite(href, icon.baseURI, 'image');
    if (rewritten === href) return;
    const replacement = /** @type {Element} */ (icon.cloneNode());
    originals.adopt(icon, replacement);
    write(replacement, 'href', href, rewritten);
    icon.replaceWith(replacement);
  }

  return { rewriteElements, rewriteHints };
}

/** @param {Element} element @returns {Use} */
function findUse(element) {
  const crossOrigin = element.getAttribute('crossorigin');
  if (crossOrigin === null) return 'image';
  return crossOrigin.toLowerCase() === 'use-credentials' ? 'credentials' : 'cors';
}
