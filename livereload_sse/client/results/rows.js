/**
 * The rows of the list: files and tests.
 *
 * Knows what a row says; refuses to know where it stands and what pressing it does.
 */

import { element } from '../build/look.js';
import { drawMark } from './marks.js';
import { writeDuration } from './time.js';

/** @import {Mark} from './marks.js' */
/** @import {FileRow, LeafRow, Row} from './tree.js' */

/** @param {Row} row a word for what it is, the same for as long as the page lives */
export function keyOf(row) {
  return row.kind === 'file' ? `f${row.file}` : `t${row.test.number}`;
}

/** @param {Row} row changes when the row has to be drawn anew */
export function looksOf(row) {
  if (row.kind === 'test') {
    const { test, state, position, size } = row;
    return `${test.outcome}|${test.duration}|${state}|${test.name}|${position}|${size}`;
  }
  const { tests, failed, isOpen, isRunning, hasRun, duration, name } = row;
  return `${tests}|${failed}|${isOpen}|${isRunning}|${hasRun}|${duration}|${name}`;
}

/** @param {Document} document @param {Row} row @returns {HTMLElement} */
export function drawRow(document, row) {
  return row.kind === 'file' ? drawFile(document, row) : drawLeaf(document, row);
}

/** @param {Document} document @param {FileRow} row */
function drawFile(document, { name, tests, failed, duration, isOpen, isRunning, hasRun }) {
  const made = element(document, 'div', {
    class: 'row file', role: 'treeitem', 'aria-level': '1', 'aria-expanded': String(isOpen), title: name,
  });
  const cut = name.lastIndexOf('/') + 1;
  const label = element(document, 'span', { class: 'name' });
  label.append(
    element(document, 'span', { class: 'folder' }, name.slice(0, cut)),
    element(document, 'span', { class: 'base' }, name.slice(cut)),
  );
  const mark = /** @type {Mark} */ (
    isRunning ? 'running' : failed > 0 ? 'failed' : hasRun ? 'passed' : '');
  made.append(
    element(document, 'i', { class: 'fold', 'aria-hidden': 'true' }), drawMark(document, mark), label,
  );
  if (failed > 0) made.append(element(document, 'span', { class: 'failures', title: `${failed} failed` }, String(failed)));
  made.append(
    element(document, 'span', { class: 'count' }, String(tests)),
    element(document, 'span', { class: 'took' }, duration > 0 ? writeDuration(duration) : ''),
  );
  return made;
}

/** @param {Document} document @param {LeafRow} row */
function drawLeaf(document, { test, state, position, size }) {
  const made = element(document, 'div', {
    class: `row test ${state}`, role: 'treeitem', 'aria-level': '2', 'aria-posinset': String(position),
    'aria-setsize': String(size), title: test.name,
  });
  made.append(
    drawMark(document, state === 'done' ? test.outcome : state),
    element(document, 'span', { class: 'name' }, test.name.replaceAll('::', ' › ')),
    element(document, 'span', { class: 'took' }, test.outcome ? writeDuration(test.duration) : ''),
  );
  return made;
}
