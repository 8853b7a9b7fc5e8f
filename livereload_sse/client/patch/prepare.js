/**
 * From the author's edits to what is to be written where in the live document, or a refusal.
 *
 * Knows all that can speak against a patch on the side of the live page: what scripts have changed,
 * and what author and page have asked for (`data-sse-reload`, `static sseReload`). Refuses to
 * write: whatever is refused is refused while the page is still whole.
 */

import { prepareAttribute } from './attributes.js';
import { prepareChildren } from './children.js';
import { createCorrespondence } from './correspond.js';
import { CHANGED, createLocator } from './locate.js';
import { ASKED } from './refuse.js';
import { findRegions } from './verify.js';

/** @import {AttributeOf} from './agree.js' */
/** @import {AttributeEdit, Write} from './attributes.js' */
/** @import {Arrangement, ChildrenEdit} from './children.js' */
/** @import {Edit} from './diff.js' */
/** @import {Locator} from './locate.js' */
/** @import {Refusal} from './refuse.js' */
/** @import {Region} from './verify.js' */

/**
 * @typedef {object} TextStep
 * @property {'text'} type
 * @property {Extract<Edit, {type: 'text'}>} edit
 * @property {CharacterData} live
 *
 * @typedef {{type: 'attribute', edit: AttributeEdit, live: Element} & Write} AttributeStep
 * @typedef {{type: 'children', edit: ChildrenEdit, live: Element} & Arrangement} ChildrenStep
 *
 * @typedef {object} ReplaceStep an element goes with all that scripts have made of its inside
 * @property {'replace'} type
 * @property {Element} live
 * @property {Element} next
 *
 * @typedef {TextStep | AttributeStep | ChildrenStep | ReplaceStep} Step
 *
 * @typedef {object} Plan
 * @property {Step[]} steps
 * @property {Region[]} regions what is to be looked at afterwards
 *
 * @typedef {object} World
 * @property {Document} base
 * @property {Document} next
 * @property {Document} live
 * @property {AttributeOf} attributeOf
 * @property {(node: Node) => boolean} isOwn
 */

/**
 * @param {readonly Edit[]} edits
 * @param {World} world
 * @returns {Plan | Refusal}
 */
export function prepare(edits, { base, next, live, attributeOf, isOwn }) {
  const locator = createLocator({ base, live, attributeOf, isOwn });
  const findNext = createCorrespondence(edits, { base, next });
  /** @type {Map<Element, ReplaceStep>} */
  const replaced = new Map();
  /** @type {[Edit, Step][]} */
  const prepared = [];
  for (const edit of edits) {
    const step = prepareEdit(edit, locator, attributeOf, isOwn);
    if (!('reason' in step)) prepared.push([edit, step]);
    else if (step.reason === ASKED) return step;
    else if (!replaceAround(edit, locator, findNext, replaced)) return step;
  }
  const left = prepared.filter(([edit]) => !isInside(targetOf(edit), replaced));
  const touched = [...left.map(([edit]) => scopeOf(edit)), ...[...replaced.keys()].map(parentOf)];
  const regions = findRegions(touched, locator, findNext);
  return { steps: [...left.map(([, step]) => step), ...replaced.values()], regions };
}

/**
 * @param {Edit} edit
 * @param {Locator} locator
 * @param {AttributeOf} attributeOf
 * @param {(node: Node) => boolean} isOwn
 * @returns {Step | Refusal}
 */
function prepareEdit(edit, locator, attributeOf, isOwn) {
  const target = targetOf(edit);
  const live = locator.find(target);
  if (!live) return { reason: locator.explain(target), node: target };
  if (wantsReload(live)) return { reason: ASKED, node: target };
  if (edit.type === 'text') {
    return { type: 'text', edit, live: /** @type {CharacterData} */ (live) };
  }
  const element = /** @type {Element} */ (live);
  if (edit.type === 'attribute') return prepareAttributeStep(edit, element, attributeOf);
  const arrangement = prepareChildren(edit, locator, isOwn);
  if ('reason' in arrangement) return arrangement;
  const asking = arrangement.removed.find(isAsking);
  if (asking) return { reason: ASKED, node: edit.parent };
  return { type: 'children', edit, live: element, ...arrangement };
}

/**
 * @param {AttributeEdit} edit
 * @param {Element} live
 * @param {AttributeOf} attributeOf
 * @returns {AttributeStep | Refusal}
 */
function prepareAttributeStep(edit, live, attributeOf) {
  const write = prepareAttribute(edit, live, attributeOf);
  if (!write) return { reason: CHANGED, node: edit.element };
  return { type: 'attribute', edit, live, ...write };
}

/** @param {Edit} edit @returns {Node} */
export function targetOf(edit) {
  if (edit.type === 'text') return edit.node;
  return edit.type === 'attribute' ? edit.element : edit.parent;
}

/** The link of a style sheet may be replaced as a whole, so its parent is what is looked at. */
function scopeOf(/** @type {Edit} */ edit) {
  const target = targetOf(edit);
  return edit.type === 'attribute' && target.nodeName === 'LINK' ? parentOf(target) : target;
}

/** @param {Node} node */
function parentOf(node) {
  return node.parentNode ?? node;
}

/** @param {Node} live */
function wantsReload(live) {
  for (let at = /** @type {Node | null} */ (live); at; at = at.parentNode) {
    if (isAsking(at)) return true;
  }
  return false;
}

/** By attribute, or by the class of a custom element. @param {Node} node */
function isAsking(node) {
  if (node.nodeType !== 1) return false;
  const element = /** @type {Element} */ (node);
  if (element.getAttribute('data-sse-reload') === 'reload') return true;
  const isCustom = element.localName.includes('-') || element.hasAttribute('is');
  return isCustom && /** @type {any} */ (element.constructor).sseReload === 'reload';
}

/**
 * The innermost element around an edit that may be replaced as a whole, and can be found.
 *
 * @param {Edit} edit
 * @param {Locator} locator
 * @param {(node: Node) => Node | null} findNext
 * @param {Map<Element, ReplaceStep>} replaced
 */
function replaceAround(edit, locator, findNext, replaced) {
  const target = targetOf(edit);
  let element = target.nodeType === 1 ? /** @type {Element} */ (target) : target.parentElement;
  for (; element; element = element.parentElement) {
    if (element.getAttribute('data-sse-reload') !== 'replace') continue;
    const live = /** @type {Element | null} */ (locator.find(element));
    const next = /** @type {Element | null} */ (findNext(element));
    if (!live || !next || wantsReload(live) || next.querySelector('script')) continue;
    replaced.set(element, { type: 'replace', live, next });
    return true;
  }
  return false;
}

/** @param {Node} node @param {ReadonlyMap<Element, unknown>} replaced */
function isInside(node, replaced) {
  return [...replaced.keys()].some((element) => element.contains(node));
}
