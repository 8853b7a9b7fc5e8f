/**
 * How much of a page do edits touch?
 *
 * Counts nodes: one for a changed text, a changed attribute and a moved child, and all of what
 * comes or goes. Refuses to know how much is too much.
 */

import { findHeaviestRun } from './stay.js';

/** @import {ChildrenEdit, Edit} from './diff.js' */

/** @param {readonly Edit[]} edits */
export function countTouched(edits) {
  return edits.reduce((sum, edit) => sum + (edit.type === 'children' ? countChildren(edit) : 1), 0);
}

/** @param {Node} node @returns {number} of nodes: this one and all in it */
export function countNodes(node) {
  let sum = 1;
  for (let child = node.firstChild; child; child = child.nextSibling) sum += countNodes(child);
  return sum;
}

/** @param {ChildrenEdit} edit */
function countChildren({ parent, children }) {
  const old = /** @type {Node[]} */ ([...parent.childNodes]);
  const places = new Map(old.map((node, index) => [node, index]));
  const kept = children.flatMap((child) => ('kept' in child ? [child.kept] : []));
  const positions = kept.map((node) => places.get(node) ?? -1);
  const staying = new Set(kept);
  const removed = old.filter((node) => !staying.has(node));
  const added = children.flatMap((child) => ('added' in child ? [child.added] : []));
  const moved = positions.length - findHeaviestRun(positions).size;
  return [...removed, ...added].reduce((sum, node) => sum + countNodes(node), moved);
}
