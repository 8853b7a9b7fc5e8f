/**
 * Carries a parent's new list of children over to the live parent.
 *
 * Knows which children stay, move, come and go, and what scripts have put between them; refuses to
 * know what changes inside of them. As few as possible are moved, and what stands between the
 * author's nodes without being theirs stays where it is.
 */

import { childrenOf, isBlankText, isElement } from './agree.js';
import { CHANGED, DISORDERED } from './locate.js';
import { place, weigh } from './move.js';
import { findHeaviestRun } from './stay.js';

/** @import {Edit} from './diff.js' */
/** @import {Locator} from './locate.js' */
/** @import {Refusal} from './refuse.js' */

/**
 * @typedef {Extract<Edit, {type: 'children'}>} ChildrenEdit
 * @typedef {{added: Node} | {live: Node | null, stays: boolean}} Slot in the new order; `live` is
 *   null for what stays and could not be found, because it need not be
 *
 * @typedef {object} Arrangement
 * @property {Node} parent live
 * @property {Slot[]} slots
 * @property {Node[]} removed live
 * @property {Node | null} anchor the last live child that stays; new ones at the end follow it
 * @property {string[]} outgrown the source of what is removed although scripts have worked on it
 */

const REPLACING = '[data-sse-reload="replace"]';
const WORKED_ON = 'a script has worked on what is replaced here';

/**
 * @param {ChildrenEdit} edit
 * @param {Locator} locator
 * @param {(node: Node) => boolean} isOwn
 * @returns {Arrangement | Refusal}
 */
export function prepareChildren(edit, locator, isOwn) {
  const parent = locator.find(edit.parent);
  if (!parent) return { reason: locator.explain(edit.parent), node: edit.parent };
  const slots = assign(edit, locator);
  const gone = findRemoved(edit);
  const lost = gone.find((node) => !canRemove(node, locator)) ?? findLost(edit, slots, locator);
  if (lost) return { reason: locator.explain(lost) || CHANGED, node: lost };
  if (locator.isDisordered(edit.parent)) return { reason: DISORDERED, node: edit.parent };
  const worked = gone.filter((node) => isWorkedOn(node, locator));
  if (worked.length > 0 && edit.children.some(isNewElement)) {
    return { reason: WORKED_ON, node: worked[0] };
  }
  const removed = gone.map(locator.find).filter((node) => node !== null);
  const anchor = findAnchor(slots);
  if (!anchor && slots.length > 0 && isFilled(parent, removed, slots, isOwn)) {
    return { reason: CHANGED, node: edit.parent };
  }
  const outgrown = worked.map((node) => /** @type {Element} */ (node).outerHTML);
  return { parent, slots, removed, anchor, outgrown };
}

/**
 * A script that has worked on what goes would work on what comes in its place, too. Where a part is
 * to be replaced as a whole its author knows that.
 *
 * @param {Node} node
 * @param {Locator} locator
 */
function isWorkedOn(node, locator) {
  if (!isElement(node) || !locator.find(node) || locator.isEqual(node)) return false;
  return !node.matches(REPLACING) && node.querySelector(REPLACING) === null;
}

/** @param {ChildrenEdit['children'][number]} child */
function isNewElement(child) {
  return 'added' in child && isElement(child.added);
}

/** @param {ChildrenEdit} edit @param {Locator} locator @returns {Slot[]} */
function assign({ parent, children }, locator) {
  /** @type {Map<Node, number>} */
  const places = new Map([...parent.childNodes].map((node, index) => [node, index]));
  const kept = children.flatMap((child) => ('kept' in child ? [child.kept] : []));
  const positions = kept.map((node) => places.get(node) ?? -1);
  const staying = findHeaviestRun(positions, createWeigh(kept, positions, locator));
  const stays = new Set([...staying].map((index) => kept[index]));
  return children.map((child) => 'added' in child
    ? child
    : { live: locator.find(child.kept), stays: stays.has(child.kept) });
}

/**
 * The weights are looked at only where something moves at all.
 *
 * @param {readonly Node[]} kept
 * @param {readonly number[]} positions
 * @param {Locator} locator
 */
function createWeigh(kept, positions, locator) {
  if (positions.every((position, index) => index === 0 || position > positions[index - 1])) {
    return () => 1;
  }
  return (/** @type {number} */ index) => {
    const live = locator.find(kept[index]);
    return live && !isBlankText(live) ? weigh(live) : 1;
  };
}

/** @param {ChildrenEdit} edit */
function findRemoved({ parent, children }) {
  const kept = new Set(children.map((child) => ('kept' in child ? child.kept : null)));
  return childrenOf(parent).filter((node) => !kept.has(node));
}

/**
 * What goes must be known for certain. White space and comments that are gone already are no loss.
 *
 * @param {Node} node
 * @param {Locator} locator
 */
function canRemove(node, locator) {
  const live = locator.find(node);
  if (!live) return isSlight(node);
  return locator.holds(node) || (isElement(node) && node.id !== '');
}

/** @param {Node} node */
function isSlight(node) {
  return isBlankText(node) || node.nodeType === 8;
}

/**
 * A child that must be found and was not: one that moves, or the nearest of those that stay beside
 * one that comes or moves.
 *
 * @param {ChildrenEdit} edit
 * @param {readonly Slot[]} slots
 * @param {Locator} locator
 */
function findLost({ children }, slots, locator) {
  const isPlaced = slots.map((slot) => 'added' in slot || !slot.stays);
  const beside = new Set(
    isPlaced.flatMap((placed, index) => (placed ? findNeighbours(children, isPlaced, index) : [])),
  );
  const lost = children.find((child, index) => {
    if (!('kept' in child)) return false;
    if (!isPlaced[index]) return beside.has(index) && !locator.find(child.kept);
    return isBlankText(child.kept) ? !locator.find(child.kept) : !canMove(child.kept, locator);
  });
  return lost && 'kept' in lost ? lost.kept : undefined;
}

/** @param {Node} node @param {Locator} locator */
function canMove(node, locator) {
  return locator.find(node) !== null && canRemove(node, locator);
}

/**
 * @param {ChildrenEdit['children']} children
 * @param {readonly boolean[]} isPlaced
 * @param {number} index
 */
function findNeighbours(children, isPlaced, index) {
  return [-1, 1].flatMap((step) => {
    let at = index + step;
    while (at in children && (isPlaced[at] || isSlightChild(children[at]))) at += step;
    return at in children ? [at] : [];
  });
}

/** @param {ChildrenEdit['children'][number]} child */
function isSlightChild(child) {
  return 'kept' in child && isSlight(child.kept);
}

/** @param {readonly Slot[]} slots */
function findAnchor(slots) {
  const staying = slots.map((slot) => ('stays' in slot && slot.stays ? slot.live : null));
  return staying.findLast((node) => node !== null) ?? null;
}

/**
 * Beside what only scripts have put here no place is the right one. In a head it is: they append.
 *
 * @param {Node} parent
 * @param {readonly Node[]} removed
 * @param {readonly Slot[]} slots
 * @param {(node: Node) => boolean} isOwn
 */
function isFilled(parent, removed, slots, isOwn) {
  if (parent.nodeName === 'HEAD') return false;
  const known = new Set([...removed, ...slots.map((slot) => ('live' in slot ? slot.live : null))]);
  return [...parent.childNodes].some((node) => !known.has(node) && !isOwn(node));
}

/**
 * @param {Arrangement} arrangement
 * @param {(added: Node) => Node} bring a node of the next document into the live one
 * @param {(node: Node) => boolean} isOwn
 * @returns {Node[]} what is new, in the live document
 */
export function arrange({ parent, slots, removed, anchor }, bring, isOwn) {
  for (const node of removed) parent.removeChild(node);
  const brought = [];
  let reference = /** @type {Node | null} */ (anchor ? anchor.nextSibling : parent.firstChild);
  while (reference && isOwn(reference)) reference = reference.nextSibling;
  for (const slot of slots.toReversed()) {
    const node = 'added' in slot ? bring(slot.added) : slot.live;
    if (!node) continue;
    if ('added' in slot) brought.unshift(node);
    if ('added' in slot || !slot.stays) place(parent, node, reference);
    reference = node;
  }
  return brought;
}
