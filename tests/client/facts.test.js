import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findTag, observeResources, readFacts } from '../../livereload_sse/client/facts.js';

/** @import {Tag} from '../../livereload_sse/client/facts.js' */

const ORIGIN = 'http://localhost:8000';

/** @type {Tag} */
const TAG = { page: '/about', digest: 'p1', id: '1-0', kind: 'page' };

/**
 * A document that answers each selector which begins with the word given.
 *
 * @param {Record<string, any[]>} found
 */
function createDocument(found, styleSheets = /** @type {any[]} */ ([])) {
  const querySelectorAll = (/** @type {string} */ selector) =>
    Object.entries(found).find(([word]) => selector.startsWith(word))?.[1] ?? [];
  return /** @type {any} */ ({ querySelectorAll, styleSheets });
}

/** @param {any} document @param {{pathname?: string, links?: any[], loaded?: string[]}} [fields] */
function read(document, { pathname = '/about', links = [], loaded = [] } = {}) {
  const known = new Map();
  const location = { pathname, origin: ORIGIN };
  return readFacts({ document, location, tag: TAG, links, loaded: new Set(loaded), known });
}

function observe() {
  /** @type {(list: any) => void} */
  let tell = () => {};
  /** @type {any[]} */
  const asked = [];
  const PerformanceObserver = /** @type {any} */ (function (/** @type {typeof tell} */ callback) {
    tell = callback;
    return { observe: (/** @type {any} */ options) => asked.push(options) };
  });
  const paths = observeResources({ PerformanceObserver, origin: ORIGIN });
  const load = (/** @type {string} */ path, initiatorType = 'img') =>
    tell({ getEntries: () => [{ name: new URL(path, ORIGIN).href, initiatorType }] });
  return { paths, load, asked };
}

test('the tag is read from the script element', () => {
  const dataset = { page: '/404', digest: '', id: '7-1', kind: 'error' };

  assert.deepEqual(findTag(createDocument({ script: [{ dataset }] })), dataset);
});

test('of several tags the newest counts, which a framework added', () => {
  const script = [{ dataset: { page: '/a', id: '1-0' } }, { dataset: { page: '/b', id: '2-0' } }];

  assert.equal(findTag(createDocument({ script }))?.page, '/b');
});

test('without a tag there is none', () => {
  assert.equal(findTag(createDocument({})), null);
});

test('a kind from a newer server is a page', () => {
  const dataset = { page: '/a', id: '1-0', kind: 'dashboard' };

  assert.equal(findTag(createDocument({ script: [{ dataset }] }))?.kind, 'page');
});

test('loads before and after the start are collected, query left out', () => {
  const { paths, load, asked } = observe();

  load('/a.png?v=1');
  load('/b.js', 'script');

  assert.deepEqual(asked, [{ type: 'resource', buffered: true }]);
  assert.deepEqual([...paths], ['/a.png', '/b.js']);
});

test('loads from elsewhere are not ours', () => {
  const { paths, load } = observe();

  load('https://cdn.test/a.js', 'script');

  assert.equal(paths.size, 0);
});

for (const initiator of ['iframe', 'frame', 'embed', 'object', 'link', 'early-hints']) {
  test(`a page loaded by ${initiator} minds itself; a picture there cannot`, () => {
    const { paths, load } = observe();

    load('/about', initiator);
    load('/blog/index.html', initiator);
    load('/pic.svg', initiator);

    assert.deepEqual([...paths], ['/pic.svg']);
  });
}

test('a page that a script fetched is used', () => {
  const { paths, load } = observe();

  load('/fragment.html', 'fetch');

  assert.deepEqual([...paths], ['/fragment']);
});

test('the facts name the page of the tag and the address shown', () => {
  const { page, digest, kind, location } = read(createDocument({}), { pathname: '/users/3.html' });

  assert.deepEqual([page, digest, kind, location], ['/about', 'p1', 'page', '/users/3']);
});

test('style sheets are the linked ones of this origin', () => {
  const links = [{ href: `${ORIGIN}/a.css?v=1` }, { href: 'https://cdn.test/b.css' }];

  assert.deepEqual([...read(createDocument({}), { links }).styles], ['/a.css']);
});

test('resources are what was loaded, and what elements name', () => {
  const document = createDocument({
    img: [{ src: `${ORIGIN}/pic.png` }, { src: 'data:image/png,' }],
    'link[rel~="icon"': [{ href: `${ORIGIN}/icon.svg` }],
    video: [{ poster: `${ORIGIN}/poster.jpg` }],
  });

  const { resources } = read(document, { loaded: ['/app.js'] });

  assert.deepEqual([...resources], ['/app.js', '/pic.png', '/icon.svg', '/poster.jpg']);
});

test('a sheet that is imported cannot be swapped by its link, at any depth', () => {
  const inner = { href: `${ORIGIN}/c.css`, cssRules: [] };
  const rule = { selectorText: 'p' };
  const outer = { href: `${ORIGIN}/b.css`, cssRules: [{ styleSheet: inner }, rule] };
  const rules = [{ styleSheet: outer }, { styleSheet: null }];
  const sheet = { href: `${ORIGIN}/a.css`, cssRules: rules };
  const links = ['/a.css', '/b.css', '/c.css'].map((path) => ({ href: ORIGIN + path }));

  const { styles, resources } = read(createDocument({}, [sheet]), { links });

  assert.deepEqual([...styles], ['/a.css']);
  assert.deepEqual([...resources], ['/b.css', '/c.css']);
});

test('a sheet of another origin, which hides its rules, is no error', () => {
  const sheet = {
    href: 'https://cdn.test/a.css',
    get cssRules() {
      throw new Error('SecurityError');
    },
  };

  assert.deepEqual([...read(createDocument({}, [sheet])).resources], []);
});
