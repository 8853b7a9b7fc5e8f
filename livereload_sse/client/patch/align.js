/**
 * Which child of a parent's old list became which child of its new one?
 *
 * Knows two lists of siblings; refuses to know what is different inside of two that are one.
 * Every answer is a right one, as `diff` compares what is paired and replaces what is not; a good
 * one makes the edits few and small. So what is cheap and certain comes first (equal ends, ids,
 * equal ones wherever they went, their equal neighbours), and only what is left between those is
 * compared by likeness (`gaps.js`). White space never says where it belongs; its neighbours do.
 */

import { isElement } from './agree.js';
import { pairGaps } from './gaps.js';
import { canBecome } from './likeness.js';
import { countLeft, createPairing, extend, pair, pairEnds } from './pairing.js';

/** @import {Likeness} from './likeness.js' */
/** @import {Pairing} from './pairing.js' */

/**
 * @typedef {object} Partner
 * @property {Node | null} node a child of base
 * @property {boolean} isEqual it is known to be the same in all that is written
 */

/** @typedef {(element: Element) => string} Key what tells an element from its siblings, or '' */

const ONLY_TEXT = 4; // for a tree walker

/**
 * From strong to weak. A list item may change its class, a section may grow: the text or the
 * heading still says who they are. Ids are read as attributes: in a form with a field named `id`
 * the property is that field.
 *
 * @type {readonly Key[]}
 */
const KEYS = [
  (element) => element.getAttribute('id') ?? '', readSource, readWords,
  readLead,
];

/**
 * @param {Element} base
 * @param {Element} next
 * @param {Likeness} likeness
 * @returns {Partner[]} one for each child of next
 */
export function align(base, next, likeness) {
  const pairing = createPairing([...base.childNodes], [...next.childNodes]);
  pairEnds(pairing);
  if (base.localName === 'html') pairNames(pairing);
  if (base.localName === 'tr') pairCells(pairing);
  if (countLeft(pairing) > 2) for (const key of KEYS) pairKeys(pairing, key);
  if (countLeft(pairing) > 0) pairGaps(pairing, likeness);
  return pairing.ofNext.map((index, at) => ({
    node: index < 0 ? null : pairing.base[index], isEqual: pairing.equal.has(at),
  }));
}

/** A document has one head and one body, whatever is in them. @param {Pairing} pairing */
function pairNames(pairing) {
  for (const name of ['HEAD', 'BODY']) {
    const [one, other] = [pairing.base, pairing.next].map((nodes) =>
      nodes.findIndex(({ nodeName }) => nodeName === name));
    if (one >= 0 && other >= 0) pair(pairing, one, other);
  }
}

/** A cell is what stands in its column, even if another column says the same now. */
function pairCells(/** @type {Pairing} */ pairing) {
  const [cells, others] = [pairing.base, pairing.next].map((nodes) =>
    [...nodes.keys()].filter((index) => isElement(nodes[index])));
  const areSame = cells.length === others.length
    && cells.every((one, column) => canBecome(pairing.base[one], pairing.next[others[column]]));
  if (!areSame) return;
  cells.forEach((one, column) => pair(pairing, one, others[column]));
  extend(pairing);
}

/**
 * Pair what has a key that nobody else has in either list. Of equal ones that are as many as
 * before, each is as good as the other.
 *
 * @param {Pairing} pairing
 * @param {Key} key
 */
function pairKeys(pairing, key) {
  const { base, next, ofBase, ofNext } = pairing;
  const others = groupByKey(next, ofNext, key);
  for (const [name, ones] of groupByKey(base, ofBase, key)) {
    const same = others.get(name) ?? [];
    if (ones.length !== same.length || (ones.length > 1 && key !== readSource)) continue;
    ones.forEach((one, index) => {
      if (canBecome(base[one], next[same[index]])) pair(pairing, one, same[index]);
    });
  }
  extend(pairing);
}

/**
 * @param {readonly Node[]} nodes
 * @param {readonly number[]} partners
 * @param {Key} key
 */
function groupByKey(nodes, partners, key) {
  /** @type {Map<string, number[]>} */
  const groups = new Map();
  nodes.forEach((node, index) => {
    if (partners[index] >= 0 || !isElement(node)) return;
    const value = key(node);
    if (value === '') return;
    const name = `${node.localName} ${value}`;
    const group = groups.get(name);
    if (group) group.push(index);
    else groups.set(name, [index]);
  });
  return groups;
}

/** @param {Element} element */
function readSource(element) {
  return element.outerHTML;
}

/** @param {Element} element */
function readWords(element) {
  return clean(element.textContent);
}

/** How it begins: the heading of a section, the first cell of a row. @param {Element} element */
function readLead(element) {
  const texts = element.ownerDocument.createTreeWalker(element, ONLY_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const words = clean(text.nodeValue);
    if (words !== '') return words;
  }
  return '';
}

/** @param {string | null} text */
function clean(text) {
  return (text ?? '').replace(/\s+/g, ' ').trim();
}
