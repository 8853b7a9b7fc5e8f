import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findTag, observeResources, readFacts } from '../../livereload_sse/client/facts.js';

/** @import {Tag} from '../../livereload_sse/client/facts.js' */

const ORIGIN = 'http://localhost:8000';

/** @type {Tag} */
const TAG = {
  page: '/about', digest: 'p1', id: '1-0', kind: 'page', update: 'patch', highlight: true, builds: false,
  tests: false, code: null,
};

/**
 * A document that answers each selector which begins with the word given.
 *
 * @param {Record<string, any[]>} found
 */
function createDocument(found, contentType = 'text/html') {
  const querySelectorAll = (/** @type {string} */ selector) =>
    Object.entries(found).find(([word]) => selector.startsWith(word))?.[1] ?? [];
  return /** @type {any} */ ({ querySelectorAll, contentType });
}

/** @typedef {{pathname?: string, loaded?: string[], tag?: Partial<Tag>}} Fields */
/** @param {any} document @param {Fields} [fields] */
function read(document, { pathname = '/about', loaded = [], tag = {} } = {}) {
  const location = { pathname, origin: ORIGIN };
  return readFacts({
    document, location, began: '/about', styles: new Set(['/a.css']), loaded: new Set(loaded),
    tag: { ...TAG, ...tag }, known: new Map(),
  });
}

/** The script element that a tag is read from. */
const element = (/** @type {Partial<Tag>} */ tag = {}) => ({ dataset: { ...TAG, ...tag } });

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

  assert.deepEqual(findTag(createDocument({ script: [{ dataset }] })), {
    ...dataset, update: 'patch', highlight: true, builds: false, tests: false, code: null,
  });
});

test('what the server was told to do otherwise is on the tag', () => {
  const dataset = {
    page: '/', id: '7-1', update: 'reload', highlight: 'off', builds: 'on', tests: 'on', code: '1795',
  };

  const tag = findTag(createDocument({ script: [{ dataset }] }));

  assert.deepEqual(
    [tag?.update, tag?.highlight, tag?.builds, tag?.tests, tag?.code],
    ['reload', false, true, true, 1795],
  );
});

for (const code of ['', 'soon', '-1', '1e3', '1'.repeat(16)]) {
  test(`code that is said to be as new as '${code}' says nothing`, () => {
    const dataset = { page: '/', id: '7-1', code };

    assert.equal(findTag(createDocument({ script: [{ dataset }] }))?.code, null);
  });
}

test('of several tags the newest counts, which a framework added', () => {
  const script = [{ dataset: { page: '/a', id: '1-0' } }, { dataset: { page: '/b', id: '2-0' } }];

  assert.equal(findTag(createDocument({ script }))?.page, '/b');
});

test('without a tag there is none', () => {
  assert.equal(findTag(createDocument({})), null);
});

test('a page may wait for the first build', () => {
  const dataset = { page: '/a', id: '1-0', kind: 'waiting' };

  assert.equal(findTag(createDocument({ script: [{ dataset }] }))?.kind, 'waiting');
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

const PATCHABLE = /** @type {[string, Fields, any, boolean][]} */ ([
  ['as it was served', {}, {}, true],
  ['where the server was told to reload', { tag: { update: 'reload' } }, {}, false],
  ['that shows an error', { tag: { kind: 'error' } }, {}, false],
  ['whose source has no digest', { tag: { digest: '' } }, {}, false],
  ['that is XHTML', {}, { contentType: 'application/xhtml+xml' }, false],
  ['whose address was changed by a script', { pathname: '/contact' }, {}, false],
  ['whose tag is gone', {}, { script: [] }, false],
  ['whose tag is that of another page', {}, { script: [element({ page: '/x' })] }, false],
  ['whose tag is that of a later visit', {}, { script: [element({ id: '2-0' })] }, false],
]);
for (const [name, fields, { contentType, script = [element(fields.tag)] }, expected] of PATCHABLE) {
  test(`a document ${name} can ${expected ? '' : 'not '}be patched`, () => {
    assert.equal(read(createDocument({ script }, contentType), fields).canPatch, expected);
  });
}

test('resources are what was loaded, and what elements name', () => {
  const document = createDocument({
    img: [{ src: `${ORIGIN}/pic.png` }, { src: 'data:image/png,' }],
    'link[rel~="icon"': [{ href: `${ORIGIN}/icon.svg` }],
    video: [{ poster: `${ORIGIN}/poster.jpg` }],
  });

  const { resources } = read(document, { loaded: ['/app.js'] });

  assert.deepEqual([...resources], ['/app.js', '/pic.png', '/icon.svg', '/poster.jpg']);
});
