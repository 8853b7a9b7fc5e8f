import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createImports } from '../../../livereload_sse/client/swap/imports.js';
import { createLoading } from '../../../livereload_sse/client/swap/loading.js';
import { createPage, ORIGIN } from './page.js';

/** @param {Record<string, string[]>} files @param {string[]} rules */
async function create(files, rules) {
  const page = createPage(files);
  const own = new Set();
  const loading = createLoading({ ...page.clock, timeout: 5 });
  const { renew } = createImports({ origin: ORIGIN, loading, own });
  const owner = page.add('style', {}, rules);
  await page.settle();
  const run = async (/** @type {[string, string][]} */ ...versions) => {
    return page.finish(renew(owner, new Map(versions)));
  };
  return { page, own, owner, run };
}

/** @param {any} owner @returns {string[]} */
const hrefsOf = (owner) => owner.sheet.cssRules.map((/** @type {any} */ rule) => rule.href);

test('only what has a version is asked for anew, and in the same order', async () => {
  const rules = ['@import url("a.css");', '@import url("b.css");', '@import url("c.css");', 'own'];
  const { owner, run, page } = await create({ '/a.css': [], '/b.css': [], '/c.css': [] }, rules);
  page.asked.splice(0);

  const failed = await run(['/b.css', '5-0']);

  assert.equal(failed.size, 0);
  assert.deepEqual(hrefsOf(owner), ['a.css', 'b.css?sse-reload=5-0', 'c.css', undefined]);
  assert.deepEqual(page.asked, ['/b.css?sse-reload=5-0', '/b.css?sse-reload=5-0']);
});

test('the file is looked for by a link that leaves no trace and has no effect', async () => {
  const { owner, run, page, own } = await create({ '/a.css': [] }, ['@import url("a.css");']);
  page.hold('/a.css?sse-reload=5-0');

  const running = run(['/a.css', '5-0']);
  await page.settle();
  const probe = page.row[1];
  const during = [probe.media, own.has(probe), hrefsOf(owner)];
  page.release();
  await page.settle();
  page.release();
  await page.finish(running);

  assert.deepEqual(during, ['not all', true, ['a.css']]);
  assert.deepEqual([page.row, own.size], [[owner], 0]);
});

test('a file that cannot be had is told, and its rule stays', async () => {
  const { owner, run, page } = await create({ '/a.css': [] }, ['@import url("a.css");']);
  delete page.files['/a.css'];

  assert.deepEqual([...(await run(['/a.css', '5-0']))], ['/a.css']);
  assert.deepEqual(hrefsOf(owner), ['a.css']);
});

test('an import whose conditions are not met is not waited for', async () => {
  const rules = ['@import url("a.css") supports(never);'];
  const { owner, run, page } = await create({ '/a.css': [] }, rules);
  const started = page.clock.now();

  await run(['/a.css', '5-0']);

  assert.deepEqual(hrefsOf(owner), ['a.css?sse-reload=5-0']);
  assert(page.clock.now() - started < 1000);
});

test('an address in a condition is left alone', async () => {
  const condition = 'supports(background: url("a.css"))';
  const { owner, run } = await create({ '/a.css': [] }, [`@import url("a.css") ${condition};`]);

  await run(['/a.css', '5-0']);

  assert.equal(
    owner.sheet.cssRules[0].cssText,
    `@import url("a.css?sse-reload=5-0") ${condition};`,
  );
});

test("a new sheet's own imports are renewed, each relative to the sheet it stands in", async () => {
  const files = { '/sub/a.css': ['@import url("b.css");'], '/sub/b.css': [], '/b.css': [] };
  const { owner, run } = await create(files, ['@import url("sub/a.css");']);

  await run(['/sub/a.css', '5-0'], ['/sub/b.css', '4-0'], ['/b.css', '3-0']);

  const [rule] = owner.sheet.cssRules;
  assert.equal(rule.href, 'sub/a.css?sse-reload=5-0');
  assert.equal(rule.styleSheet.cssRules[0].href, 'b.css?sse-reload=4-0');
});
