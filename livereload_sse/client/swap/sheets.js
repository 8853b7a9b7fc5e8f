/**
 * Every style sheet of the page, and where it stands.
 *
 * Knows documents, open shadow roots, imports and adopted sheets; refuses to know what is looked
 * for in them. A closed shadow root shows itself to nobody, and a sheet of another origin hides its
 * rules; none of ours are in either.
 */

/**
 * @typedef {Document | ShadowRoot} Root
 * @typedef {HTMLLinkElement | HTMLStyleElement} Owner an element that brings a sheet
 * @typedef {{rule: CSSImportRule, parent: CSSStyleSheet, base: string}} Import
 * @typedef {{sheet: CSSStyleSheet, base: string}} Placed a sheet, and what its addresses are
 *   relative to as far as can be known
 */

const OWNERS = 'link[rel~="stylesheet" i][href], style';

/** @param {Root} root @returns {Root[]} this root and the open shadow roots below it */
export function findRoots(root) {
  const hosts = [...root.querySelectorAll('*')];
  return [root, ...hosts.flatMap(({ shadowRoot }) => (shadowRoot ? findRoots(shadowRoot) : []))];
}

/** @param {Document} document @returns {Owner[]} */
export function findOwners(document) {
  const roots = findRoots(document);
  return roots.flatMap((root) => /** @type {Owner[]} */ ([...root.querySelectorAll(OWNERS)]));
}

/** @param {Owner} owner @returns {owner is HTMLLinkElement} */
export function isLink(owner) {
  return owner.localName === 'link';
}

/** @param {Document} document @returns {CSSStyleSheet[]} each once, although many may adopt it */
export function findAdopted(document) {
  const sheets = findRoots(document).flatMap(({ adoptedStyleSheets }) => [...adoptedStyleSheets]);
  return [...new Set(sheets)];
}

/** @param {Document} document @returns {Placed[]} imported and adopted ones, too */
export function findSheets(document) {
  const placed = findRoots(document).flatMap(({ styleSheets }) => [...styleSheets]);
  const adopted = findAdopted(document);
  const top = [...placed, ...adopted].map((sheet) => ({ sheet, base: findBase(sheet, document) }));
  return top.flatMap(({ sheet, base }) => [{ sheet, base }, ...findImported(sheet, base)]);
}

/** @param {CSSStyleSheet} sheet @param {string} base @returns {Placed[]} */
export function findImported(sheet, base) {
  return findImports(sheet, base).flatMap(({ rule: { styleSheet } }) =>
    styleSheet ? [{ sheet: styleSheet, base: styleSheet.href ?? base }] : [],
  );
}

/**
 * The imports in a sheet and in all that it imports.
 *
 * @param {CSSStyleSheet | null} sheet
 * @param {string} base
 * @returns {Import[]}
 */
export function findImports(sheet, base) {
  if (sheet === null) return [];
  const own = readRules(sheet).filter(isImport);
  return own.flatMap((rule) => [
    { rule, parent: sheet, base },
    ...findImports(rule.styleSheet, rule.styleSheet?.href ?? base),
  ]);
}

/** @param {CSSStyleSheet} sheet @param {Node} node stands in where a sheet has no address */
export function findBase(sheet, node) {
  return sheet.href ?? sheet.ownerNode?.baseURI ?? node.baseURI;
}

/** @param {CSSRule} rule @returns {rule is CSSImportRule} */
export function isImport(rule) {
  return 'styleSheet' in rule;
}

/** @param {CSSStyleSheet} sheet @returns {CSSRule[]} none where they may not be read, or not yet */
export function readRules(sheet) {
  return isReadable(sheet) ? [...sheet.cssRules] : [];
}

/** Whether it has been loaded and shows its rules; null is a sheet that never was. */
export function isReadable(/** @type {CSSStyleSheet | null} */ sheet) {
  try {
    return sheet !== null && sheet.cssRules !== null;
  } catch {
    return false; // another origin's, one that is still loading, or one that could not be had
  }
}
