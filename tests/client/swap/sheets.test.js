import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  findAdopted,
  findImports,
  findOwners,
  findRoots,
  findSheets,
  isReadable,
  readRules,
} from '../../../livereload_sse/client/swap/sheets.js';

const HIDDEN = /** @type {any} */ ({
  href: null,
  get cssRules() {
    throw new Error('hidden');
  },
});

/** @param {any} fields @returns {any} */
function createRoot({ hosts = [], owners = [], sheets = [], adopted = [] }) {
  return {
    baseURI: 'http://localhost/',
    styleSheets: sheets,
    adoptedStyleSheets: adopted,
    querySelectorAll: (/** @type {string} */ selector) => (selector === '*' ? hosts : owners),
  };
}

/** @param {string} name @param {any[]} rules @returns {any} */
const sheet = (name, ...rules) => ({ href: `http://localhost/${name}`, cssRules: rules });

/** @param {string} href @param {any} styleSheet @returns {any} */
const importing = (href, styleSheet) => ({ href, styleSheet });

test('open shadow roots are found however deep they are, and closed ones are passed by', () => {
  const inner = createRoot({});
  const outer = createRoot({ hosts: [{ shadowRoot: inner }] });
  const document = createRoot({ hosts: [{ shadowRoot: null }, { shadowRoot: outer }] });

  assert.deepEqual(findRoots(document), [document, outer, inner]);
});

test('owners and adopted sheets are found in every root, and an adopted one only once', () => {
  const adopted = sheet('x');
  const shadow = createRoot({ owners: ['style'], adopted: [adopted] });
  const document = createRoot({
    hosts: [{ shadowRoot: shadow }],
    owners: ['link'],
    adopted: [adopted],
  });

  assert.deepEqual(findOwners(document), ['link', 'style']);
  assert.deepEqual(findAdopted(document), [adopted]);
});

test('all sheets are found with what their addresses are relative to', () => {
  const deep = sheet('sub/deep.css');
  const main = sheet('main.css', { cssText: 'a' }, importing('sub/deep.css', deep));
  const own = { href: null, ownerNode: { baseURI: 'http://localhost/base/' }, cssRules: [] };
  const adopted = { href: null, ownerNode: null, cssRules: [] };
  const document = createRoot({ sheets: [main, own, HIDDEN], adopted: [adopted] });

  assert.deepEqual(
    findSheets(document).map(({ base }) => base.slice('http://localhost'.length)),
    ['/main.css', '/sub/deep.css', '/base/', '/', '/'],
  );
});

test('imports are found with the sheet they stand in, whether they have loaded or not', () => {
  const inner = importing('c.css', null);
  const deep = sheet('sub/b.css', inner);
  const outer = importing('sub/b.css', deep);
  const main = sheet('a.css', outer);

  assert.deepEqual(findImports(main, main.href), [
    { rule: outer, parent: main, base: 'http://localhost/a.css' },
    { rule: inner, parent: deep, base: 'http://localhost/sub/b.css' },
  ]);
  assert.deepEqual(findImports(null, ''), []);
});

test('a sheet that hides its rules is read as one without any', () => {
  assert.deepEqual(
    [isReadable(HIDDEN), isReadable(null), isReadable(sheet('x'))],
    [false, false, true],
  );
  assert.deepEqual(readRules(HIDDEN), []);
});
