/**
 * Reads from the document what this tab shows and uses, at the moment it is asked.
 *
 * Knows the tag, links, elements and performance entries; refuses to know messages and decisions.
 * It reads anew each time, because frameworks that navigate without loading replace the head.
 */

import { canonicalPath, findPath, isPage } from './paths.js';

/** @import {Facts} from './plan.js' */

/**
 * @typedef {object} Tag what the server wrote on our script element
 * @property {string} page
 * @property {string} digest
 * @property {string} id the event id that was the last when the page was read
 * @property {Facts['kind']} kind
 */

const TAG = 'script[data-page][data-id][src*="/__sse-reload/client/"]';
const SOURCES = 'img[src], script[src], video[src], audio[src], source[src], input[src]';
const ICONS = 'link[rel~="icon" i][href]';
const POSTERS = 'video[poster]';

/**
 * Loads of these may be documents, or documents fetched ahead. A framed page minds itself and a
 * prefetched one is not shown, so neither is a reason to reload this one.
 */
const DOCUMENT_INITIATORS = new Set(['iframe', 'frame', 'embed', 'object', 'link', 'early-hints']);

/**
 * The newest tag in the document, or `null` when a framework has removed them all.
 *
 * @param {Pick<Document, 'querySelectorAll'>} document
 * @returns {Tag | null}
 */
export function findTag(document) {
  const scripts = /** @type {NodeListOf<HTMLScriptElement>} */ (document.querySelectorAll(TAG));
  const script = [...scripts].at(-1);
  if (!script) return null;
  const { page = '/', digest = '', id = '', kind } = script.dataset;
  return { page, digest, id, kind: kind === 'error' || kind === 'listing' ? kind : 'page' };
}

/**
 * Collect the canonical paths of all that the page loads, from now on and from before.
 *
 * An observer is told of every load even when the timing buffer is full, so the page's own buffer
 * is left as the page set it.
 *
 * @param {object} world
 * @param {typeof globalThis.PerformanceObserver} world.PerformanceObserver
 * @param {string} world.origin
 * @returns {ReadonlySet<string>} grows while the page lives
 */
export function observeResources({ PerformanceObserver, origin }) {
  /** @type {Set<string>} */
  const paths = new Set();
  const observer = new PerformanceObserver((list) => {
    const entries = /** @type {PerformanceResourceTiming[]} */ (list.getEntries());
    for (const entry of entries) collect(paths, entry, origin);
  });
  observer.observe({ type: 'resource', buffered: true });
  return paths;
}

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Pick<Location, 'pathname' | 'origin'>} world.location
 * @param {Tag} world.tag what to believe when the document has no tag any more
 * @param {readonly HTMLLinkElement[]} world.links the style sheet links in use
 * @param {ReadonlySet<string>} world.loaded from `observeResources`
 * @param {ReadonlyMap<string, string>} world.known
 * @returns {Facts}
 */
export function readFacts({ document, location, tag, links, loaded, known }) {
  const { page, digest, kind } = findTag(document) ?? tag;
  const imported = importedPaths(document.styleSheets, location.origin);
  const styles = new Set(pathsOf(links.map(({ href }) => href), location.origin));
  for (const path of imported) styles.delete(path); // its link alone would leave the import stale
  const elements = pathsOf(elementAddresses(document), location.origin);
  const resources = new Set([...loaded, ...elements, ...imported]);
  const shown = canonicalPath(location.pathname);
  return { page, digest, kind, location: shown, styles, resources, known };
}

/** @param {Set<string>} paths @param {PerformanceResourceTiming} entry @param {string} origin */
function collect(paths, { name, initiatorType }, origin) {
  const path = findPath(name, origin);
  if (path === null || (DOCUMENT_INITIATORS.has(initiatorType) && isPage(path))) return;
  paths.add(path);
}

/** @param {readonly string[]} addresses @param {string} origin */
function pathsOf(addresses, origin) {
  return addresses.map((address) => findPath(address, origin)).filter((path) => path !== null);
}

/**
 * What elements name: icons are in no performance entry, and a page that loaded more than the
 * timing buffer holds before we ran has lost the rest.
 *
 * @param {Document} document
 */
function elementAddresses(document) {
  const sources = /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll(SOURCES));
  const icons = /** @type {NodeListOf<HTMLLinkElement>} */ (document.querySelectorAll(ICONS));
  const posters = /** @type {NodeListOf<HTMLVideoElement>} */ (document.querySelectorAll(POSTERS));
  return [
    ...[...sources].map(({ src }) => src),
    ...[...icons].map(({ href }) => href),
    ...[...posters].map(({ poster }) => poster),
  ];
}

/** @param {Iterable<CSSStyleSheet>} sheets @param {string} origin @returns {string[]} */
function importedPaths(sheets, origin) {
  return [...sheets].flatMap(importedSheets).flatMap((sheet) => [
    ...pathsOf([sheet.href ?? ''], origin),
    ...importedPaths([sheet], origin),
  ]);
}

/** @param {CSSStyleSheet} sheet @returns {CSSStyleSheet[]} */
function importedSheets(sheet) {
  try {
    const rules = /** @type {CSSImportRule[]} */ ([...sheet.cssRules]);
    return rules.flatMap(({ styleSheet }) => (styleSheet ? [styleSheet] : []));
  } catch {
    return []; // a sheet of another origin does not show its rules, and none of ours are in it
  }
}
