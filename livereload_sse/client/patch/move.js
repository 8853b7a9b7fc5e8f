/**
 * Puts a node where it belongs, with as little loss as the browser allows.
 *
 * Knows one node and its new place; refuses to know why it goes there. Where a node can be moved
 * without being taken out of the document (`moveBefore`) frames, players and focus live on.
 * Elsewhere focus and selection are lost on the way and given back.
 */

/**
 * @param {Node} parent
 * @param {Node} node
 * @param {Node | null} reference the sibling it is to stand before
 */
export function place(parent, node, reference) {
  if (node.parentNode === parent && node.nextSibling === reference) return;
  if (!node.isConnected) parent.insertBefore(node, reference);
  else if ('moveBefore' in parent) {
    /** @type {any} */ (parent).moveBefore(node, reference);
  } else insertAgain(parent, node, reference);
}

/** @param {Node} parent @param {Node} node @param {Node | null} reference */
function insertAgain(parent, node, reference) {
  const document = /** @type {Document} */ (node.ownerDocument);
  const restore = [noteSelection(document, node), noteFocus(document, node)];
  parent.insertBefore(node, reference);
  for (const give of restore) give();
}

/** @param {Document} document @param {Node} node */
function noteFocus(document, node) {
  const field = /** @type {HTMLInputElement | null} */ (document.activeElement);
  if (!field || !node.contains(field)) return () => {};
  const { selectionStart, selectionEnd, selectionDirection } = field;
  return () => {
    field.focus({ preventScroll: true });
    if (typeof selectionStart !== 'number') return; // not every control has a caret
    field.setSelectionRange(selectionStart, selectionEnd, selectionDirection ?? undefined);
  };
}

/** @param {Document} document @param {Node} node */
function noteSelection(document, node) {
  const selection = document.getSelection();
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection ?? {};
  const isInside = node.contains(anchorNode ?? null) || node.contains(focusNode ?? null);
  return () => {
    if (!isInside || !anchorNode || !focusNode) return;
    selection?.setBaseAndExtent(anchorNode, anchorOffset ?? 0, focusNode, focusOffset ?? 0);
  };
}

/**
 * How much a node minds being moved: what a person is busy with, and what would start anew.
 *
 * @param {Node} node
 */
export function weigh(node) {
  const HEAVY = 1_000_000; // more than all light siblings together
  if (node.nodeType !== 1) return 1;
  const element = /** @type {Element} */ (node);
  const { activeElement, body } = element.ownerDocument;
  const isBusy = activeElement !== body && element.contains(activeElement);
  return isBusy || [element, ...element.querySelectorAll(FRAGILE)].some(startsAnew) ? HEAVY : 2;
}

const FRAGILE = 'iframe, frame, embed, object, video, audio, link';

/** @param {Element} element */
function startsAnew(element) {
  if (!element.matches(FRAGILE)) return false;
  const { paused } = /** @type {HTMLMediaElement} */ (element);
  return typeof paused === 'boolean' ? !paused : true;
}
