import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { canonicalPath, findPath, isPage } from '../../livereload_sse/client/paths.js';

const ORIGIN = 'http://localhost:8000';

/** @type {{path: string, url: string}[]} */
const CASES = JSON.parse(readFileSync(new URL('../contract/urls.json', import.meta.url), 'utf8'));
for (const { path, url } of CASES) {
  test(`the file ${path} has the canonical path ${url}, as on the server`, () => {
    const { pathname } = new URL(path.split('/').map(encodeURIComponent).join('/'), `${ORIGIN}/`);

    assert.equal(canonicalPath(pathname), url);
  });
}

test('an address typed in another spelling is the same path', () => {
  assert.equal(canonicalPath('/caf%c3%a9/%41bout.html'), '/caf%C3%A9/About');
});

test('a slash that is part of a name stays one', () => {
  assert.equal(canonicalPath('/a%2Fb'), '/a%2Fb');
});

test('what is not UTF-8 is left alone', () => {
  assert.equal(canonicalPath('/%FF/a.html'), '/%FF/a');
});

test('a file named only .html keeps its name', () => {
  assert.equal(canonicalPath('/a/.html'), '/a/.html');
});

test('query and fragment are no part of a path', () => {
  assert.equal(findPath(`${ORIGIN}/a.css?v=1#x`, ORIGIN), '/a.css');
});

const FOREIGN = [
  'http://localhost:8001/a',
  'https://localhost:8000/a',
  'data:text/css,',
  `blob:${ORIGIN}/1`,
  'a.css',
  '',
];
for (const address of FOREIGN) {
  test(`"${address}" is no path of this origin`, () => {
    assert.equal(findPath(address, ORIGIN), null);
  });
}

test('pages are told from files by their name', () => {
  assert(['/', '/about', '/v1.2/', '/v1.2/about', '/old.htm'].every(isPage));
  assert(!['/a.css', '/x/pic.svg', '/.htaccess'].some(isPage));
});
