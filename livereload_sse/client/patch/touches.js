/**
 * What an edit does to which elements.
 *
 * Knows how each kind of edit is told; refuses to judge. Order is looked at as a whole: where two
 * siblings have passed one another, both are told as moved, because a script that has run between
 * them would find them otherwise in a page that is loaded.
 */

import { isElement } from './agree.js';

/** @import {ChildrenEdit, Edit} from './diff.js' */

/**
 * @typedef {object} Touch
 * @property {'changed' | 'added' | 'removed' | 'moved'} how
 * @property {Element} element of next if it is added, otherwise of base. A changed one is meant
 *   itself, any other with all that is in it
 * @property {string} [name] of the attribute that changes
 * @property {Attr | null} [attribute] of next
 */

/** @param {Edit} edit @returns {Touch[]} */
export function findTouches(edit) {
  if (edit.type === 'attribute') {
    const { element, name, attribute } = edit;
    return [{ how: 'changed', element, name, attribute }];
  }
  if (edit.type === 'children') return findInChildren(edit);
  const { parentElement: element } = edit.node;
  return element ? [{ how: 'changed', element }] : [];
}

/** @param {ChildrenEdit} edit @returns {Touch[]} */
function findInChildren(edit) {
  const { parent, children } = edit;
  const kept = new Set(children.map((child) => ('kept' in child ? child.kept : null)));
  const old = /** @type {Node[]} */ ([...parent.childNodes]);
  return [
    { how: 'changed', element: parent },
    ...tell('removed', old.filter((node) => !kept.has(node))),
    ...tell('added', children.flatMap((child) => ('added' in child ? [child.added] : []))),
    ...tell('moved', findCrossed(edit)),
  ];
}

/** @param {Touch['how']} how @param {readonly Node[]} nodes @returns {Touch[]} */
function tell(how, nodes) {
  return nodes.filter(isElement).map((element) => ({ how, element }));
}

/** The kept elements that have passed another one. @param {ChildrenEdit} edit */
function findCrossed({ parent, children }) {
  const old = /** @type {Node[]} */ ([...parent.childNodes]);
  const places = new Map(old.map((node, index) => [node, index]));
  const kept = children.flatMap((child) => ('kept' in child ? [child.kept] : [])).filter(isElement);
  const positions = kept.map((node) => places.get(node) ?? -1);
  return findPassed(positions).map((index) => kept[index]);
}

/** @param {readonly number[]} positions @returns {number[]} */
function findPassed(positions) {
  /** @type {number[]} */
  const lowest = []; // of all that follow
  let low = Infinity;
  for (let index = positions.length - 1; index >= 0; index -= 1) {
    low = Math.min(low, positions[index]);
    lowest[index] = low;
  }
  let highest = -1; // of all before
  return positions.flatMap((position, index) => {
    const isPassed = highest > position || lowest[index] < position;
    highest = Math.max(highest, position);
    return isPassed ? [index] : [];
  });
}
