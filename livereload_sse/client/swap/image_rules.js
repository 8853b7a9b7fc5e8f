/**
 * The addresses of images and fonts in the rules of style sheets and in inline styles.
 *
 * Knows declarations, nested rules and `@font-face`; refuses to know which address is to change and
 * to what: whoever walks says so, address by address. A declaration is written only when it
 * differs.
 */

import { mayHoldUrls, rewriteUrls } from './css_urls.js';
import { isImport } from './sheets.js';

/**
 * @typedef {'image' | 'cors' | 'credentials' | 'font' | 'document'} Use how the browser asks for
 *   it, as what is loaded in one way is not taken for the other: `cors` for masks and shapes,
 *   `document`
 *   for SVG that is looked into
 * @typedef {(spelling: string, base: string, use: Use) => string} Rewrite gives back
 *   what it was given where nothing is to do
 * @typedef {readonly [own: string, ...others: string[]]} Bases what addresses may be relative to
 * @typedef {CSSStyleSheet | CSSGroupingRule} Parent
 * @typedef {(parent: Parent, rule: CSSRule, text: string) => void} ReplaceFace
 */

const NEEDS_CORS = /^(?:-webkit-)?(?:mask|shape-outside)/;
const LOOKS_INSIDE = /^(?:filter|backdrop-filter|clip-path|fill|stroke|marker|-webkit-filter)/;

/**
 * @param {Parent} parent a sheet, or a rule with rules in it; imported sheets are not entered
 * @param {Bases} bases
 * @param {Rewrite} rewrite
 * @param {ReplaceFace} replaceFace
 */
export function rewriteRules(parent, bases, rewrite, replaceFace) {
  for (const rule of [...parent.cssRules]) {
    if (isImport(rule)) continue;
    if (isFontFace(rule)) rewriteFontFace(parent, rule, bases, rewrite, replaceFace);
    else if ('style' in rule) rewriteStyle(/** @type {any} */ (rule).style, bases, rewrite);
    if ('cssRules' in rule)
      rewriteRules(/** @type {CSSGroupingRule} */ (rule), bases, rewrite, replaceFace);
  }
}

/**
 * @param {CSSStyleDeclaration} style
 * @param {Bases} bases
 * @param {Rewrite} rewrite
 */
export function rewriteStyle(style, bases, rewrite) {
  if (!mayHoldUrls(style.cssText)) return;
  for (const name of findNames(style)) {
    const value = style.getPropertyValue(name);
    if (!mayHoldUrls(value)) continue;
    const rewritten = rewriteUrls(value, (spelling) => rewriteIn(name, spelling, bases, rewrite));
    if (rewritten !== value) style.setProperty(name, rewritten, style.getPropertyPriority(name));
  }
}

/**
 * A shorthand with `var()` in it has no longhands to be read; then the shorthand itself is.
 *
 * @param {CSSStyleDeclaration} style
 */
function findNames(style) {
  return new Set([...style].map((name) => {
    let readable = name;
    while (style.getPropertyValue(readable) === '' && readable.lastIndexOf('-') > 0)
      readable = readable.slice(0, readable.lastIndexOf('-'));
    return readable;
  }));
}

/**
 * An address in a custom property may be relative to where it is written or to where it is used:
 * browsers do not agree.
 *
 * @param {string} name
 * @param {string} spelling
 * @param {Bases} bases
 * @param {Rewrite} rewrite
 */
function rewriteIn(name, spelling, bases, rewrite) {
  const use = findUse(name);
  const possible = name.startsWith('--') ? new Set(bases) : bases.slice(0, 1);
  for (const base of possible) {
    const rewritten = rewrite(spelling, base, use);
    if (rewritten !== spelling) return rewritten;
  }
  return spelling;
}

/** @param {string} name @returns {Use} */
function findUse(name) {
  if (NEEDS_CORS.test(name)) return 'cors';
  return LOOKS_INSIDE.test(name) ? 'document' : 'image';
}

/** @param {CSSRule} rule */
function isFontFace(rule) {
  return rule.cssText.startsWith('@font-face');
}

/**
 * Browsers do not load a face again whose `src` was changed, but they do load a new rule.
 *
 * @param {Parent} parent
 * @param {CSSRule} rule
 * @param {Bases} bases
 * @param {Rewrite} rewrite
 * @param {ReplaceFace} replaceFace
 */
function rewriteFontFace(parent, rule, [base], rewrite, replaceFace) {
  const text = rewriteUrls(rule.cssText, (spelling) => rewrite(spelling, base, 'font'));
  if (text !== rule.cssText) replaceFace(parent, rule, text);
}
