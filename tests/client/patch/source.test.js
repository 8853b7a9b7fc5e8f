import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSources } from '../../../livereload_sse/client/patch/source.js';

const LATIN = new Uint8Array([0x63, 0x61, 0x66, 0xe9]); // "café" in windows-1252
const UTF8 = new Uint8Array([0x63, 0x61, 0x66, 0xc3, 0xa9]);
const HTML = { 'Content-Type': 'text/html; charset=utf-8', ETag: '"0123456789abcdef"' };

/** @param {{status?: number, headers?: Record<string, string>, body?: Uint8Array<ArrayBuffer>, encoding?: string}} [options] */
function create({ status = 200, headers = HTML, body = UTF8, encoding = 'UTF-8' } = {}) {
  /** @type {[string, RequestInit | undefined][]} */
  const asked = [];
  const sources = createSources({
    fetch: /** @type {any} */ (async (/** @type {string} */ url, /** @type {RequestInit} */ options) => {
      asked.push([url, options]);
      return new Response(body, { status, headers });
    }),
    TextDecoder,
    url: 'http://x/__sse-reload/source',
    findEncoding: () => encoding,
  });
  return { sources, asked };
}

test('the page as it is now is asked for without our tag, and never from a cache', async () => {
  const { sources, asked } = create();

  const current = await sources.fetchCurrent('/caf%C3%A9');

  assert.deepEqual(current, { text: 'café', digest: '0123456789abcdef' });
  assert.deepEqual(asked, [
    ['/caf%C3%A9', { cache: 'no-store', headers: { 'Sse-Reload': 'source' } }],
  ]);
});

test('what was served is asked for by page and digest', async () => {
  const { sources, asked } = create();

  const served = await sources.fetchServed('/caf%C3%A9?', 'd1');

  assert.deepEqual(served, { text: 'café', digest: 'd1' });
  assert.equal(asked[0][0], 'http://x/__sse-reload/source?page=%2Fcaf%25C3%25A9%3F&digest=d1');
});

test('what was there before is asked for by path and the digest that came', async () => {
  const { sources, asked } = create();

  assert.equal(await sources.fetchBefore('/a.css', 'd2'), 'café');
  assert.equal(asked[0][0], 'http://x/__sse-reload/source?page=%2Fa.css&before=d2');
});

test('what the server does not hold is null', async () => {
  const { sources } = create({ status: 404 });

  assert.equal(await sources.fetchServed('/', 'd1'), null);
  assert.equal(await sources.fetchCurrent('/'), null);
  assert.equal(await sources.fetchBefore('/a.css', 'd1'), null);
});

test('a version without a strong digest is null', async () => {
  const { sources } = create({ headers: { ...HTML, ETag: 'W/"1-2-3"' } });

  assert.equal(await sources.fetchCurrent('/'), null);
});

test('a page in another encoding is decoded as the document was', async () => {
  const headers = { ...HTML, 'Content-Type': 'text/html' };
  const { sources } = create({ encoding: 'windows-1252', headers, body: LATIN });

  assert.equal((await sources.fetchServed('/', 'd1'))?.text, 'café');
  assert.equal((await sources.fetchCurrent('/'))?.text, 'café');
});

test('a page that has changed its encoding is null', async () => {
  const toUtf8 = create({ encoding: 'windows-1252' });
  const fromUtf8 = create({ headers: { ...HTML, 'Content-Type': 'text/html' }, body: LATIN });

  assert.equal(await toUtf8.sources.fetchCurrent('/'), null);
  assert.equal(await fromUtf8.sources.fetchCurrent('/'), null);
});

test('a page of plain ASCII is the same in either encoding', async () => {
  const body = new Uint8Array([0x63, 0x61]);
  const { sources } = create({ encoding: 'windows-1252', body });

  assert.equal((await sources.fetchCurrent('/'))?.text, 'ca');
});
