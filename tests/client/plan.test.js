import assert from 'node:assert/strict';
import { test } from 'node:test';

import { plan } from '../../livereload_sse/client/plan.js';

/** @import {Change} from '../../livereload_sse/client/messages.js' */
/** @import {Facts} from '../../livereload_sse/client/plan.js' */

/** @param {Partial<Facts>} [fields] @returns {Facts} */
function facts(fields) {
  return {
    page: '/about', digest: 'p1', kind: 'page', location: '/about', known: new Map(),
    canPatch: true, styles: new Set(['/a.css', '/b.css']),
    resources: new Set(['/app.js', '/a.css', '/made.css', '/a.png', '/a.woff2', '/data.json']),
    ...fields,
  };
}

/** @param {string} url @param {Change['kind']} [kind] @param {string} [digest] @returns {Change} */
const change = (url, kind = 'modified', digest = 'new') => ({ kind, url, digest });

/** @param {Partial<Facts>} fields @param {Change[]} changes */
const types = (fields, ...changes) =>
  plan({ type: 'change', changes }, facts(fields)).map(({ type }) => type);

test('a reload message reloads, for its reason', () => {
  const actions = plan({ type: 'reload', reason: 'restarted' }, facts());

  assert.deepEqual(actions, [{ type: 'reload', reason: 'restarted' }]);
});

test('style sheets in use are swapped together', () => {
  const changes = ['/a.css', '/b.css', '/c.css'].map((url) => change(url));

  const actions = plan({ type: 'change', changes }, facts());

  assert.deepEqual(actions, [{ type: 'swap-styles', urls: ['/a.css', '/b.css'] }]);
});

test('a reload names the change that asked for it', () => {
  const changes = [change('/x'), change('/app.js', 'deleted')];

  const actions = plan({ type: 'change', changes }, facts());

  assert.deepEqual(actions, [{ type: 'reload', reason: '/app.js deleted' }]);
});

test('reload wins over swapping and patching', () => {
  const changes = [change('/about'), change('/a.css'), change('/app.js')];

  assert.deepEqual(types({}, ...changes), ['reload']);
});

test('what can be done in place is done in one order, however it was told', () => {
  const changes = [change('/a.png'), change('/a.css'), change('/about'), change('/a.woff2')];

  assert.deepEqual(plan({ type: 'change', changes }, facts()), [
    { type: 'patch-page', urls: ['/about'] },
    { type: 'swap-styles', urls: ['/a.css'] },
    { type: 'swap-images', urls: ['/a.png', '/a.woff2'] },
  ]);
});

const ERROR = /** @type {const} */ ({ kind: 'error', page: '/new', location: '/new' });
const LISTING = /** @type {const} */ ({ kind: 'listing', page: '/d/', location: '/d/' });
const NEW = /** @type {const} */ ({ known: new Map([['/a.css', 'new']]) });
const OLD = /** @type {const} */ ({ known: new Map([['/a.css', 'old']]) });

const RULES = /** @type {[string, Partial<Facts>, Change, string[]][]} */ ([
  ['the page itself', {}, change('/about'), ['patch-page']],
  ['the page itself without a digest', {}, { kind: 'modified', url: '/about' }, ['patch-page']],
  ['the page itself where it may not be patched',
    { canPatch: false }, change('/about'), ['reload']],
  ['the page itself written anew after it was gone', {}, change('/about', 'added'), ['patch-page']],
  ['the page itself with the bytes that are shown', {}, change('/about', 'modified', 'p1'), []],
  ['the page itself going back to what the tag says, when it has been acted upon since',
    { known: new Map([['/about', 'p2']]) }, change('/about', 'modified', 'p1'), ['patch-page']],
  ['a page without a digest and a change with an empty one',
    { digest: '' }, change('/about', 'modified', ''), ['patch-page']],
  ['the page itself deleted', {}, { kind: 'deleted', url: '/about' }, ['reload']],
  ['the file behind a fallback', { page: '/', location: '/users/3' }, change('/'), ['patch-page']],
  ['the address shown',
    { page: '/', location: '/users/3' }, change('/users/3', 'added'), ['reload']],
  ['another page', {}, change('/contact'), []],
  ['a style sheet of the same name elsewhere', {}, change('/x/a.css'), []],
  ['a style sheet whose digest is known', NEW, change('/a.css'), []],
  ['a style sheet whose digest was another', OLD, change('/a.css'), ['swap-styles']],
  ['a style sheet without a digest', OLD, { kind: 'modified', url: '/a.css' }, ['swap-styles']],
  ['a style sheet that a script has fetched', {}, change('/made.css'), ['swap-styles']],
  ['an image in use', {}, change('/a.png'), ['swap-images']],
  ['an image not in use', {}, change('/b.png'), []],
  ['a font in use', {}, change('/a.woff2', 'added'), ['swap-images']],
  ['data in use', {}, change('/data.json'), ['reload']],
  ['a script in use', {}, change('/app.js'), ['reload']],
  ['a script not in use', {}, change('/other.js'), []],
  ['an error page and its path', ERROR, change('/new', 'added'), ['reload']],
  ['an error page and its path as a folder', ERROR, change('/new/', 'added'), ['reload']],
  ['an error page of a folder and its path as a file',
    { kind: 'error', page: '/new/', location: '/new/' }, change('/new', 'added'), ['reload']],
  ['an error page and an edit of its folder’s index', ERROR, change('/new/'), ['reload']],
  ['an error page and a file below its path', ERROR, change('/new/a.png', 'added'), ['reload']],
  ['an error page and an edit below its path', ERROR, change('/new/a.png'), []],
  ['an error page and a neighbour of like name', ERROR, change('/newer', 'added'), []],
  ['a custom error page and the path asked for',
    { kind: 'error', page: '/404', location: '/new' }, change('/new', 'added'), ['reload']],
  ['a custom error page and its own file',
    { kind: 'error', page: '/404', location: '/new' }, change('/404'), ['reload']],
  ['the error page of an empty root and any file',
    { kind: 'error', page: '/', location: '/' }, change('/a.html', 'added'), ['reload']],
  ['a page and a file below its path', {}, change('/about/x', 'added'), []],
  ['a listing and a new child', LISTING, change('/d/a.txt', 'added'), ['reload']],
  ['a listing and a child gone', LISTING, change('/d/a.txt', 'deleted'), ['reload']],
  ['a listing and an edited child, whose size it shows', LISTING, change('/d/a.txt'), ['reload']],
  ['a listing and a new folder', LISTING, change('/d/new/a.txt', 'added'), ['reload']],
  ['a listing and an edit further down', LISTING, change('/d/e/a.txt'), []],
  ['a listing and its coming index page', LISTING, change('/d/', 'added'), ['reload']],
  ['a listing and another folder', LISTING, change('/da/a.txt', 'added'), []],
]);
for (const [name, fields, one, expected] of RULES) {
  test(`${name}: ${expected[0] ?? 'nothing'}`, () => {
    assert.deepEqual(types(fields, one), expected);
  });
}
