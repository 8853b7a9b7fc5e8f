import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createAsking } from '../../../livereload_sse/client/results/asking.js';

/** @param {() => Response} answer */
function create(answer) {
  /** @type {{url: string, options: any}[]} */
  const asked = [];
  const fetch = /** @type {any} */ (async (/** @type {string} */ url, /** @type {any} */ options) => {
    asked.push({ url, options });
    return answer();
  });
  return { asked, asking: createAsking({ fetch, url: '/tests', token: 'secret' }) };
}

const gone = () => { throw new TypeError('Failed to fetch'); };

test('the token goes with every wish, and into no address', async () => {
  const { asked, asking } = create(() => new Response(null, { status: 204 }));

  const said = [await asking.run([1, 2]), await asking.open({ name: 'a.py', line: 3, key: 'k' })];
  await asking.details(4);
  await asking.state();

  assert.deepEqual(said, ['', '']);
  assert.deepEqual(asked.map(({ url }) => url), ['/tests/run', '/tests/open', '/tests/details?number=4', '/tests']);
  assert.deepEqual(asked.slice(0, 2).map(({ options }) => [options.method, options.headers.Authorization, options.body]), [
    ['POST', 'Bearer secret', '{"what":[1,2]}'], ['POST', 'Bearer secret', '{"key":"k","line":3}'],
  ]);
});

test('what was read is what the server said', async () => {
  const { asking } = create(() => Response.json({ number: 4 }));

  assert.deepEqual(await asking.details(4), { number: 4 });
});

test('what cannot be read is nothing', async () => {
  assert.equal(await create(gone).asking.state(), null);
  assert.equal(await create(() => new Response('', { status: 404 })).asking.details(4), null);
});

test('a wish that was refused comes back as words', async () => {
  const answers = [
    Response.json({ error: 'No editor was found' }, { status: 422 }),
    new Response('None of these tests is known any more.\n', { status: 400 }),
    new Response('This needs the token of the page.\n', { status: 401 }),
  ];

  const said = [];
  for (const answer of answers) said.push(await create(() => answer).asking.run('all'));

  assert.equal(said[0], 'No editor was found');
  assert.equal(said[1], 'None of these tests is known any more.');
  assert(said[2].includes('Load it again'));
  assert((await create(gone).asking.run('all')).includes('does not answer'));
});
