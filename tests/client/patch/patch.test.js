import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createPatch } from '../../../livereload_sse/client/patch/patch.js';

/** @import {Carried} from '../../../livereload_sse/client/patch/patch.js' */
/** @import {Refusal} from '../../../livereload_sse/client/patch/refuse.js' */

const VERSIONS = /** @type {Record<string, string>} */ ({ d1: 'one', d2: 'two', d3: 'three' });
const ELEMENT = /** @type {any} */ ({});

/** A page made from `d1`, a server that holds what it served, and a disk with a version on it. */
function create() {
  const world = {
    current: /** @type {string | null} */ ('d2'),
    held: ['d1'],
    isAway: false,
    settled: 0,
    carried: /** @type {Carried | Refusal | Error} */ ({ changed: [ELEMENT], nodes: 1 }),
  };
  /** @type {any[]} */
  const done = [];
  const { patch } = createPatch({
    page: '/', digest: 'd1',
    sources: {
      fetchServed: async (page, digest) => {
        done.push(`served ${page} ${digest}`);
        return world.held.includes(digest) ? { text: VERSIONS[digest], digest } : null;
      },
      fetchCurrent: async (page) => {
        if (world.isAway) throw new TypeError('Failed to fetch');
        done.push(`current ${page}`);
        const { current } = world;
        return current === null ? null : { text: VERSIONS[current], digest: current };
      },
    },
    parse: (text) => /** @type {any} */ ({ text }),
    carry: async (base, next) => {
      done.push(`${/** @type {any} */ (base).text} → ${/** @type {any} */ (next).text}`);
      if (world.carried instanceof Error) throw world.carried;
      return world.carried;
    },
    patched: (changed) => done.push(changed),
    settled: async () => (world.settled += 1),
  });
  return { world, done, patch };
}

test('the difference between what was served and what is now is carried over', async () => {
  const { world, done, patch } = create();

  const { outcomes, digests, nodes, refusal } = await patch();

  assert.deepEqual(done, ['served / d1', 'current /', 'one → two', [ELEMENT]]);
  assert.deepEqual([...outcomes], [['/', 'done']]);
  assert.deepEqual([...(digests ?? [])], [['/', 'd2']]);
  assert.deepEqual([nodes, refusal, world.settled], [1, undefined, 1]);
});

test('the next patch begins where the last one ended, and fetches one version only', async () => {
  const { world, done, patch } = create();
  await patch();
  done.length = 0;
  world.current = 'd3';

  await patch();

  assert.deepEqual(done, ['current /', 'two → three', [ELEMENT]]);
});

test('two saves at once are carried over one after the other', async () => {
  const { done, patch } = create();

  const results = await Promise.all([patch(), patch()]);

  assert.deepEqual(done.filter((one) => String(one).includes('→')), ['one → two']);
  assert.deepEqual(results.map(({ nodes }) => nodes), [1, 0]);
});

test('a page that is back to what it was needs nothing', async () => {
  const { world, done, patch } = create();
  world.current = 'd1';

  const { outcomes, nodes } = await patch();

  assert.deepEqual(done, ['served / d1', 'current /']);
  assert.deepEqual([[...outcomes], nodes], [[['/', 'done']], 0]);
});

test('bytes that differ where nothing shows it are done without telling the page', async () => {
  const { world, done, patch } = create();
  world.carried = { changed: [], nodes: 0 };

  const { digests } = await patch();

  assert.deepEqual(done.at(-1), 'one → two');
  assert.equal(digests?.get('/'), 'd2');
});

test('what cannot be carried over is refused, and the base stays what the page shows', async () => {
  const { world, done, patch } = create();
  world.carried = { reason: 'script changed', node: null };
  const { refusal } = await patch();
  world.carried = { changed: [ELEMENT], nodes: 1 };

  await patch();

  assert.equal(refusal, 'script changed');
  assert.equal(done.filter((one) => one === 'one → two').length, 2);
});

test('a source that nobody holds any more is a reason to reload', async () => {
  const { world, patch } = create();
  world.held = [];

  assert.equal((await patch()).refusal, 'the source of this page is not held any more');
});

test('a page that cannot be read is a reason to reload', async () => {
  const { world, patch } = create();
  world.current = null;

  assert.equal((await patch()).refusal, 'the page has no readable source any more');
});

test('while the server is away nothing happens, and the next patch works', async () => {
  const { world, patch } = create();
  world.isAway = true;
  const { outcomes, refusal } = await patch();
  world.isAway = false;

  const { nodes } = await patch();

  assert.deepEqual([[...outcomes], refusal], [[['/', 'failed']], undefined]);
  assert.equal(nodes, 1);
});

test('a mistake of ours is told as the reason, and the page is loaded', async () => {
  const { world, patch } = create();
  world.carried = new RangeError('no such node');

  assert.equal((await patch()).refusal, 'patching went wrong: RangeError: no such node');
});
