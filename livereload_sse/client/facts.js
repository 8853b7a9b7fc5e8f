/**
 * Reads from the document what this tab shows and uses, at the moment it is asked.
 *
 * Knows the tag, elements and performance entries; refuses to know messages and decisions. It
 * reads anew each time, because frameworks that navigate without loading replace the head.
 */

import { canonicalPath, findPath, isPage } from './paths.js';

/** @import {Facts} from './plan.js' */

/**
 * @typedef {object} Tag what the server wrote on our script element
 * @property {string} page
 * @property {string} digest
 * @property {string} id the event id that was the last when the page was read
 * @property {Facts['kind']} kind
 * @property {'patch' | 'reload'} update what this tab does about its own page
 * @property {boolean} highlight whether changed elements are shown for a moment
 * @property {boolean} builds whether the server builds what it shows
 * @property {boolean} tests whether something was known of the project's tests
 * @property {number | null} code how new the code is that has made the page; null: no code has
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
 * @param {Pick<Document, 'querySelectorAll'>} document
 * @returns {HTMLScriptElement | null}
 */
export function findTagElement(document) {
  const scripts = /** @type {NodeListOf<HTMLScriptElement>} */ (document.querySelectorAll(TAG));
  return [...scripts].at(-1) ?? null;
}

/**
 * The newest tag in the document, or `null` when a framework has removed them all.
 *
 * @param {Pick<Document, 'querySelectorAll'>} document
 * @returns {Tag | null}
 */
export function findTag(document) {
  const script = findTagElement(document);
  if (script === null) return null;
  const { page = '/', digest = '', id = '', kind, update, highlight, builds, tests, code = '' } =
    script.dataset;
  return {
    page, digest, id,
    kind: kind === 'error' || kind === 'listing' || kind === 'waiting' ? kind : 'page',
    update: update === 'reload' ? 'reload' : 'patch',
    highlight: highlight !== 'off',
    builds: builds === 'on',
    tests: tests === 'on',
    code: /^\d{1,15}$/.test(code) ? Number(code) : null,
  };
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
 * @param {Tag} world.tag what the document began with, and what to believe when it has no tag any more
 * @param {string} world.began the path at which the document began
 * @param {ReadonlySet<string>} world.styles the style sheets in use, by path
 * @param {ReadonlySet<string>} world.loaded from `observeResources`
 * @param {ReadonlyMap<string, string>} world.known
 * @returns {Facts}
 */
export function readFacts({ document, location, tag, began, styles, loaded, known }) {
  const current = findTag(document);
  const { page, digest, kind } = current ?? tag;
  const elements = pathsOf(elementAddresses(document), location.origin);
  const resources = new Set([...loaded, ...elements]);
  const shown = canonicalPath(location.pathname);
  const isAsItBegan = shown === began && current?.page === tag.page && current.id === tag.id;
  const canPatch = isAsItBegan && isPatchable(document, tag);
  return { page, digest, kind, canPatch, location: shown, styles, resources, known };
}

/**
 * A document that came without a digest has no known source, and one that is not HTML would be
 * parsed by other rules than its source.
 *
 * @param {Pick<Document, 'contentType'>} document
 * @param {Tag} tag
 */
function isPatchable({ contentType }, { update, kind, digest }) {
  return update === 'patch' && kind === 'page' && digest !== '' && contentType === 'text/html';
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
