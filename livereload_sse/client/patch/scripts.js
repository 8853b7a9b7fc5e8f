/**
 * Does a browser run this script, or is it only a block of data?
 *
 * Knows the types that HTML gives a meaning to; refuses to read what is in the script. A rule for
 * the page (an import map, speculation rules) counts as run: it has had its effect when it is read.
 */

const RULES = new Set(['module', 'importmap', 'speculationrules']);

const JAVASCRIPT = /^(?:text|application)\/(?:x-)?(?:java|ecma)script$/;
const OLD_JAVASCRIPT = /^text\/(?:javascript1\.[0-5]|jscript|livescript)$/;

/** @param {Element} script of HTML or of SVG */
export function isRun(script) {
  const type = script.getAttribute('type');
  const language = script.getAttribute('language');
  if (type === '' || (type === null && !language)) return true;
  const named = (type ?? `text/${language}`).trim().toLowerCase();
  return RULES.has(named) || JAVASCRIPT.test(named) || OLD_JAVASCRIPT.test(named);
}
