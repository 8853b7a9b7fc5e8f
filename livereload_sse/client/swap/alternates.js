/**
 * Keeps an alternate style sheet in effect that the page has switched on.
 *
 * Knows that the standard calls such a link "explicitly enabled", a state which no property shows
 * and no clone has; so it is found out by trying, and set as the page has set it. Refuses to know
 * why a link is cloned.
 */

const PROBE = '--sse-reload-probe';

/**
 * @param {HTMLLinkElement} link
 * @param {HTMLLinkElement} clone not yet in the page
 */
export function keepEnabled(link, clone) {
  if (!/\balternate\b/i.test(link.rel) || !isInEffect(link)) return;
  clone.disabled = true; // only a change enables
  clone.disabled = false;
}

/** Between two lines of a script nothing is painted, so nobody sees the rule. */
function isInEffect(/** @type {HTMLLinkElement} */ { sheet, ownerDocument }) {
  const { documentElement, defaultView } = ownerDocument;
  try {
    if (sheet === null) return false;
    const index = sheet.insertRule(`:root { ${PROBE}: on !important }`, sheet.cssRules.length);
    const value = defaultView?.getComputedStyle(documentElement).getPropertyValue(PROBE);
    sheet.deleteRule(index);
    return value?.trim() === 'on';
  } catch {
    return false; // a sheet that could not be loaded has no effect
  }
}
