/**
 * What of a scroller's content is in sight, so that it is in sight again when the author has made
 * what stands above it longer or shorter.
 *
 * Knows elements and their distance from the scroller's top; refuses to know scrolling. Distances
 * are of the layout, without transforms: what slides in at the start is taken where it will be.
 */

import { addressOf, findWithin } from './address.js';

/** @import {Address} from './address.js' */

/**
 * @typedef {object} Anchor
 * @property {Address} at
 * @property {number} top pixels below the top of the scroller's content
 *
 * @typedef {{element: Element, top: number}} Mark an anchor that was found
 */

/** Several, because the author may be at work at just the one that is at the top. */
const LINES = [0, 0.25, 0.5, 0.75];

/**
 * @param {Element} scroller
 * @param {{top: number, height: number}} box what can be seen of it, in the window's pixels
 * @returns {Anchor[]} none is there twice
 */
export function readAnchors(scroller, { top, height }) {
  const found = LINES.map((line) => findAt(scroller, top + line * height));
  const elements = new Set(found.filter((element) => element !== null));
  return [...elements].map((element) => (
    { at: addressOf(element), top: distance(element) - distance(scroller) }
  ));
}

/**
 * The first of the anchors that is there beyond doubt, and where it was.
 *
 * @param {Element} scroller
 * @param {readonly Anchor[]} anchors
 * @returns {Mark | null}
 */
export function findMark(scroller, anchors) {
  for (const { at, top } of anchors) {
    const element = findWithin(scroller, at);
    if (element) return { element, top };
  }
  return null;
}

/**
 * How many pixels further down it is now.
 *
 * @param {Element} scroller
 * @param {Mark} mark
 */
export function shiftOf(scroller, { element, top }) {
  return distance(element) - distance(scroller) - top;
}

/** The innermost element that reaches below this line, or begins there. */
function findAt(/** @type {Element} */ scroller, /** @type {number} */ line) {
  /** @type {Element | null} */
  let found = null;
  /** @type {Element | undefined} */
  let inner = scroller;
  while (inner) {
    inner = [...inner.children].find((child) => reaches(child, line));
    found = inner ?? found;
    if (inner && (inner.scrollTop !== 0 || inner.getBoundingClientRect().top >= line)) break;
  }
  return found;
}

/** @param {Element} element @param {number} line */
function reaches(element, line) {
  const { bottom, height } = element.getBoundingClientRect();
  return bottom > line && height > 0 && 'offsetTop' in element && isInFlow(element);
}

function isInFlow(/** @type {Element} */ element) {
  const view = element.ownerDocument.defaultView;
  return !/^(?:fixed|sticky)$/.test(view?.getComputedStyle(element).position ?? '');
}

/** From the top of the document's content, as if nothing were scrolled. */
function distance(/** @type {Element} */ element) {
  let top = 0;
  /** @type {HTMLElement | null} */
  let from = /** @type {HTMLElement} */ (element);
  while (from) {
    top += from.offsetTop ?? 0;
    from = /** @type {HTMLElement | null} */ (from.offsetParent);
  }
  return top;
}
