/**
 * Puts text on the clipboard, on plain HTTP from another machine too.
 *
 * Knows the two ways there are; refuses to know what is copied.
 */

/**
 * @param {string} text
 * @param {object} world
 * @param {Document} world.document
 * @param {Pick<Window, 'navigator'>} world.window
 * @param {Element} world.box where a field may stand for a moment: one that is not inert
 * @returns {Promise<boolean>} whether it is there now
 */
export async function copy(text, { document, window, box }) {
  try {
    await window.navigator.clipboard.writeText(text); // https and localhost only
    return true;
  } catch {
    return copyByHand(text, document, box);
  }
}

/** As if the text were selected in a field. @param {string} text @param {Document} document @param {Element} box */
function copyByHand(text, document, box) {
  const focused = findFocused(box);
  const field = document.createElement('textarea');
  field.value = text;
  field.style.cssText = 'position: fixed; inset: 0; opacity: 0; pointer-events: none';
  box.append(field);
  field.focus({ preventScroll: true });
  field.select();
  const isCopied = document.execCommand?.('copy') ?? false;
  field.remove();
  focused?.focus({ preventScroll: true });
  return isCopied;
}

/** @param {Element} box */
function findFocused(box) {
  const root = /** @type {Document | ShadowRoot} */ (box.getRootNode());
  return /** @type {HTMLElement | null} */ (root.activeElement);
}
