import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createOriginals } from '../../../livereload_sse/client/swap/originals.js';
import { createRebuild } from '../../../livereload_sse/client/swap/rebuild.js';
import { createPage, ORIGIN } from './page.js';

function create({ overtake = async () => {} } = {}) {
  const page = createPage({ '/a.css': ['a'] });
  /** @type {string[]} */
  const order = [];
  const [old] = [page.add('link', { rel: 'stylesheet', href: 'a.css', media: 'print' })];
  const rebuild = createRebuild({
    origin: ORIGIN,
    originals: createOriginals(),
    versions: new Map([['/a.css', '5-0']]),
    own: new Set(),
    loading: { untilLoaded: async () => true, untilImported: async () => true },
    imports: {
      renew: async (owner) => {
        order.push(`imports, ${owner.media}`);
        return new Set();
      },
    },
    carryOver: async (begin, finish) => {
      begin();
      await overtake();
      finish(true);
    },
    renewImages: () => order.push(`images, ${page.row[1].media}`),
  });
  return { page, old, rebuild, order };
}

test('imports and images are new before the sheet takes effect', async () => {
  const { page, old, rebuild, order } = create();
  await page.settle();

  const result = await Promise.all([rebuild(old, () => true), page.settle()]);

  assert.equal(result[0].outcome, 'done');
  assert.deepEqual(order, ['imports, not all', 'images, not all']);
  assert.equal(page.row[0].media, 'print');
});

test('one that was overtaken leaves nothing behind', async () => {
  const { page, old, rebuild } = create();
  await page.settle();

  await rebuild(old, () => false);

  assert.deepEqual(page.row, [old]);
});

test('one that is overtaken while its fonts load gives way to the later one', async () => {
  let isLatest = true;
  const { page, old, rebuild } = create({
    overtake: async () => {
      isLatest = false;
    },
  });
  await page.settle();

  await rebuild(old, () => isLatest);

  assert.deepEqual(page.row, [old]);
});

test('one that is overtaken while its imports load does not take effect', async () => {
  const { page, old, rebuild, order } = create();
  await page.settle();

  await rebuild(old, () => order.length === 0);

  assert.deepEqual([page.row, order], [[old], ['imports, not all']]);
});
