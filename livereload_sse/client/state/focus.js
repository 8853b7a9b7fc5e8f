/**
 * Where the person was in the page: the focused element, its caret, and what was selected.
 *
 * Knows focus and selections; refuses to know when. Nothing is scrolled for it: the place that was
 * looked at comes back by itself.
 */

import { addressOf, findElement } from './address.js';

/** @import {Address} from './address.js' */

/**
 * @typedef {object} FocusEntry
 * @property {'focus'} type
 * @property {Address} at
 * @property {boolean} isVisible whether there was a ring around it
 * @property {Caret} [caret]
 *
 * @typedef {[start: number, end: number, direction: 'forward' | 'backward' | 'none']} Caret
 *
 * @typedef {object} SelectionEntry
 * @property {'selection'} type
 * @property {Point} anchor
 * @property {Point} focus
 * @property {string} text how it began, as proof
 *
 * @typedef {object} Point
 * @property {Address} at an element
 * @property {number} child which of its child nodes; -1 for the element itself
 * @property {number} offset in there
 *
 * @typedef {FocusEntry | SelectionEntry} AttentionEntry
 *
 * @typedef {object} Focus
 * @property {() => AttentionEntry[]} read
 * @property {(entry: AttentionEntry) => boolean} restore false when its elements are not there yet
 */

const LONGEST_PROOF = 200;

/**
 * @param {object} world
 * @param {Document} world.document
 * @returns {Focus}
 */
export function createFocus({ document }) {
  function read() {
    return [readSelection(), readFocus()].filter((entry) => entry !== null);
  }

  /** @returns {FocusEntry | null} */
  function readFocus() {
    const element = findActive(document);
    if (element === null) return null;
    const caret = caretOf(element);
    const isVisible = element.matches(':focus-visible');
    return { type: 'focus', at: addressOf(element), isVisible, ...(caret && { caret }) };
  }

  /** @returns {SelectionEntry | null} */
  function readSelection() {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed) return null;
    const anchor = findPlace(selection.anchorNode, selection.anchorOffset);
    const focus = findPlace(selection.focusNode, selection.focusOffset);
    return anchor && focus && { type: 'selection', anchor, focus, text: proofOf(selection) };
  }

  /** @type {Focus['restore']} */
  function restore(entry) {
    return entry.type === 'focus' ? restoreFocus(entry) : restoreSelection(entry);
  }

  function restoreFocus(/** @type {FocusEntry} */ { at, isVisible, caret }) {
    const element = /** @type {HTMLInputElement | null} */ (findElement(document, at));
    if (element === null) return false;
    const options = /** @type {FocusOptions} */ ({ preventScroll: true, focusVisible: isVisible });
    element.focus(options);
    if (caret) element.setSelectionRange(...caret);
    return true;
  }

  function restoreSelection(/** @type {SelectionEntry} */ { anchor, focus, text }) {
    const [from, to] = [findPoint(anchor), findPoint(focus)];
    const selection = document.getSelection();
    if (!from || !to || !selection) return false;
    selection.setBaseAndExtent(...from, ...to);
    if (proofOf(selection) !== text) selection.removeAllRanges(); // the author rewrote it
    return true;
  }

  /** @param {Point} point @returns {[Node, number] | null} */
  function findPoint({ at, child, offset }) {
    const element = findElement(document, at);
    const node = child < 0 ? element : element?.childNodes[child];
    if (!node) return null;
    const { length } = 'data' in node ? /** @type {Text} */ (node) : node.childNodes;
    return offset <= length ? [node, offset] : null;
  }

  return { read, restore };
}

/** The element that has the focus, in whatever open shadow root; `body` has it when nothing has. */
function findActive(/** @type {Document} */ document) {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element === document.body || element === document.documentElement ? null : element;
}

/** @param {Element} element @returns {Caret | null} null where there is none, or none to be had */
function caretOf(element) {
  if (!/^(?:input|textarea)$/.test(element.localName)) return null;
  const { selectionStart, selectionEnd, selectionDirection } =
    /** @type {HTMLInputElement} */ (element);
  if (selectionStart === null || selectionEnd === null) return null; // an `email`, a `number`
  return [selectionStart, selectionEnd, selectionDirection ?? 'none'];
}

/** @param {Node | null} node @param {number} offset @returns {Point | null} */
function findPlace(node, offset) {
  const isElement = node?.nodeType === 1;
  const parent = isElement ? /** @type {Element} */ (node) : node?.parentElement;
  if (!node || !parent) return null; // the document itself, or text right in a shadow root
  if (isElement) return { at: addressOf(parent), child: -1, offset };
  const child = [...parent.childNodes].indexOf(/** @type {ChildNode} */ (node));
  return { at: addressOf(parent), child, offset };
}

function proofOf(/** @type {Selection} */ selection) {
  const text = selection.toString();
  return `${text.length} ${text.slice(0, LONGEST_PROOF)}`;
}
