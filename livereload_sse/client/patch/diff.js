/**
 * What the author has changed: the differences between two parsed documents, as edits of the first.
 *
 * Knows elements, attributes and text, and how a changed parent is told; refuses to know which
 * children belong together (`align.js`), which changes are too dangerous (`refuse.js`) and what is
 * live. What is equal is passed over natively, so the work is about as large as the change.
 *
 * Two things are not seen here and must be refused elsewhere: what stands in a `<template>`, for
 * which `isEqualNode` is blind, and comments that come or go outside of `<html>`, because no
 * element is their parent.
 */

import { isElement } from './agree.js';
import { align } from './align.js';
import { createLikeness } from './likeness.js';

/** @import {Partner} from './align.js' */
/** @import {Likeness} from './likeness.js' */

/**
 * @typedef {{type: 'text', node: CharacterData, data: string}} TextEdit `node` is a Text or Comment
 *   of the base; `data` its new content
 * @typedef {object} AttributeEdit
 * @property {'attribute'} type
 * @property {Element} element of the base
 * @property {string} name the qualified one
 * @property {Attr | null} attribute the node of next (null: removed); a node, because names such as
 *   `@click` cannot be set by name, and because of namespaces
 * @typedef {{kept: Node} | {added: Node}} Child kept: a child of the base parent; added: a node of
 *   next, to be imported with all its descendants
 * @typedef {{type: 'children', parent: Element, children: Child[]}} ChildrenEdit the parent's whole
 *   new list of children, in order; base children that are not in it are removed; kept ones may be
 *   in another order, and those that differ inside have edits of their own
 * @typedef {TextEdit | AttributeEdit | ChildrenEdit} Edit
 */

const COMMENT = 8;

/**
 * @param {Document} base
 * @param {Document} next
 * @returns {Edit[]}
 */
export function diff(base, next) {
  /** @type {Edit[]} */
  const edits = [];
  compareOutside(base, next, edits);
  compareElements(base.documentElement, next.documentElement, createLikeness(), edits);
  return edits;
}

/**
 * Comments before and after `<html>`; generators like to write there when they were run.
 *
 * @param {Document} base
 * @param {Document} next
 * @param {Edit[]} edits
 */
function compareOutside(base, next, edits) {
  const others = findOutside(next);
  findOutside(base).forEach((comment, index) => {
    if (others[index]) compareTexts(comment, others[index], edits);
  });
}

/** @param {Document} document */
function findOutside(document) {
  const nodes = /** @type {Node[]} */ ([...document.childNodes]);
  return nodes.filter(({ nodeType }) => nodeType === COMMENT);
}

/**
 * @param {Node} base
 * @param {Node} next of the same kind
 * @param {Likeness} likeness
 * @param {Edit[]} edits
 */
function compareNodes(base, next, likeness, edits) {
  if (!isElement(base) || !isElement(next)) compareTexts(base, next, edits);
  else compareElements(base, next, likeness, edits);
}

/** @param {Node} base @param {Node} next @param {Edit[]} edits */
function compareTexts(base, next, edits) {
  const [node, { data }] = /** @type {CharacterData[]} */ ([base, next]);
  if (node.data !== data) edits.push({ type: 'text', node, data });
}

/**
 * @param {Element} base
 * @param {Element} next
 * @param {Likeness} likeness
 * @param {Edit[]} edits
 */
function compareElements(base, next, likeness, edits) {
  compareAttributes(base, next, edits);
  const nodes = /** @type {Node[]} */ ([...next.childNodes]);
  const partners = align(base, next, likeness);
  if (!isUnchanged(base, partners)) {
    const children = nodes.map((added, index) => toChild(added, partners[index].node));
    edits.push({ type: 'children', parent: base, children });
  }
  partners.forEach(({ node, isEqual }, index) => {
    if (node && !isEqual) compareNodes(node, nodes[index], likeness, edits);
  });
}

/** @param {Node} added @param {Node | null} kept @returns {Child} */
function toChild(added, kept) {
  return kept ? { kept } : { added };
}

/** @param {Element} base @param {Element} next @param {Edit[]} edits */
function compareAttributes(base, next, edits) {
  const names = new Set([...base.getAttributeNames(), ...next.getAttributeNames()]);
  for (const name of names) {
    const attribute = next.getAttributeNode(name);
    if (base.getAttributeNode(name)?.value === attribute?.value) continue;
    edits.push({ type: 'attribute', element: base, name, attribute });
  }
}

/** @param {Element} base @param {readonly Partner[]} partners of the new children */
function isUnchanged(base, partners) {
  if (partners.length !== base.childNodes.length) return false;
  let child = /** @type {Node | null} */ (base.firstChild);
  for (const { node } of partners) {
    if (node !== child) return false;
    child = child?.nextSibling ?? null;
  }
  return true;
}
