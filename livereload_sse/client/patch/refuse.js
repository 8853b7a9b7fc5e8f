/**
 * Which changes must not be made in place, though they could be written?
 *
 * Knows the two documents and the edits between them; refuses to know the live page. What is
 * refused is loaded, and the reason is what the person reads in the log.
 *
 * Style sheets, styles, titles, blocks of data, most of `<meta>` and the attributes of `<html>` and
 * `<body>` may change: they have their effect whenever they do.
 */

import { createCorrespondence } from './correspond.js';
import { countNodes, countTouched } from './extent.js';
import { findForbidden } from './forbidden.js';
import { findTouches } from './touches.js';

/** @import {Edit} from './diff.js' */
/** @import {Touch} from './touches.js' */

/**
 * @typedef {object} Refusal
 * @property {string} reason a few words for the log
 * @property {Node | null} node of next, or of the base where next has none, for its line
 */

/** @typedef {{base: Document, next: Document}} Documents */

export const ASKED = 'the page asks for a reload when this part changes';

const FEW = 50; // nodes; so many may change in the smallest page

/**
 * @param {readonly Edit[]} edits from base to next
 * @param {Documents & {share?: number}} documents `share` of the page's nodes may be touched
 * @returns {Refusal | null}
 */
export function findRefusal(edits, { base, next, share = 0.5 }) {
  const whole = findInDocuments({ base, next });
  if (whole) return whole;
  const found = findInEdits(edits);
  if (!found) return findExcess(edits, { base, next, share });
  const findNext = createCorrespondence(edits, { base, next }); // null for a node of next, too
  return { reason: found.reason, node: findNext(found.node) ?? found.node };
}

/** @param {Documents} documents @returns {Refusal | null} */
function findInDocuments({ base, next }) {
  if (describeDoctype(base) !== describeDoctype(next)) return refuse('doctype changed');
  if (!hasBody(base) || !hasBody(next)) return refuse('the page has frames and no body');
  if (describeOutside(base) !== describeOutside(next)) {
    return refuse('a comment outside of <html> came or went');
  }
  const template = findOtherTemplate(base, next);
  return template && refuse('<template> changed', template);
}

/** @param {string} reason @param {Node | null} [node] @returns {Refusal} */
function refuse(reason, node = null) {
  return { reason, node };
}

/** @param {Document} document */
function describeDoctype({ doctype, compatMode }) {
  return JSON.stringify([compatMode, doctype?.name, doctype?.publicId, doctype?.systemId]);
}

/** @param {Document} document */
function describeOutside(document) {
  return [...document.childNodes].map(({ nodeType }) => nodeType).join();
}

/** @param {Document} document */
function hasBody({ documentElement }) {
  return [...documentElement.childNodes].some(({ nodeName }) => nodeName === 'BODY');
}

/**
 * Scripts make parts of the page from templates, or shadow roots have been made from them, and
 * what was made does not follow. Comparing nodes does not look into them. One that only comes is
 * seen in the edits.
 *
 * @param {Document} base
 * @param {Document} next
 */
function findOtherTemplate(base, next) {
  const [before, after] = [base, next].map((one) => [...one.querySelectorAll('template')]);
  const index = before.findIndex((one, place) => one.innerHTML !== after[place]?.innerHTML);
  return after[index] ?? before[index] ?? null;
}

/** @param {readonly Edit[]} edits @returns {{reason: string, node: Element} | null} */
function findInEdits(edits) {
  const asking = findAsking(edits);
  for (const touch of edits.flatMap(findTouches)) {
    const forbidden = findForbidden(touch) ?? findAround(touch, asking);
    if (forbidden) return { reason: forbidden.reason, node: forbidden.element };
  }
  return null;
}

/** The elements of base that ask for a reload in next. @param {readonly Edit[]} edits */
function findAsking(edits) {
  return new Set(edits.flatMap((edit) => {
    if (edit.type !== 'attribute' || !edit.attribute) return [];
    return isRequest(edit.attribute) ? [edit.element] : [];
  }));
}

/** @param {Pick<Attr, 'name' | 'value'>} attribute */
function isRequest({ name, value }) {
  return name === 'data-sse-reload' && value === 'reload';
}

/**
 * What an element around the touched one, or one in it, says against it.
 *
 * @param {Touch} touch
 * @param {ReadonlySet<Element>} asking
 */
function findAround({ how, element }, asking) {
  const inside = how === 'changed' ? null : element.querySelector('[data-sse-reload="reload"]');
  if (inside) return { reason: ASKED, element: inside };
  for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
    const isFallback = how !== 'moved' && at.localName === 'noscript';
    if (isFallback) return { reason: '<noscript> changed', element: at };
    const isAsking = at.getAttribute('data-sse-reload') === 'reload' || asking.has(at);
    if (isAsking) return { reason: ASKED, element: at };
  }
  return null;
}

/**
 * @param {readonly Edit[]} edits
 * @param {Documents & {share: number}} documents
 * @returns {Refusal | null}
 */
function findExcess(edits, { base, next, share }) {
  const touched = countTouched(edits);
  if (touched <= FEW) return null;
  const whole = Math.max(countNodes(base), countNodes(next));
  return touched > share * whole ? refuse('most of the page changed') : null;
}
