import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createPreload } from '../../../livereload_sse/client/swap/preload.js';
import { createClock, createTarget, settle } from '../fakes.js';

function create({ ok = true } = {}) {
  const clock = createClock();
  /** @type {any[]} */
  const images = [];
  /** @type {any[]} */
  const asked = [];
  /** @type {any[]} */
  const put = [];
  function Image() {
    const image = Object.assign(createTarget(), {
      src: '',
      crossOrigin: null,
      decode: async () => {},
    });
    images.push(image);
    return image;
  }
  const createElementNS = (/** @type {string} */ _space, /** @type {string} */ name) => {
    /** @type {any} */
    const element = Object.assign(createTarget(), { name, children: [], attributes: {} });
    element.setAttribute = (/** @type {string} */ key, /** @type {string} */ value) =>
      (element.attributes[key] = value);
    element.append = (/** @type {any} */ child) => element.children.push(child);
    element.remove = () => put.splice(put.indexOf(element), 1);
    return element;
  };
  const preload = createPreload({
    document: /** @type {any} */ ({
      createElementNS,
      documentElement: { append: (/** @type {any} */ node) => put.push(node) },
    }),
    Image: /** @type {any} */ (Image),
    fetch: /** @type {any} */ (
      async (/** @type {string} */ address, /** @type {any} */ how) => {
        asked.push([address, how?.method]);
        return { ok };
      }
    ),
    ...clock,
    timeout: 5,
  });
  return { preload, clock, images, asked, put };
}

test('an image is there when it is loaded and decoded', async () => {
  const { preload, images, clock } = create();
  let isDecoded = false;

  const loading = preload('http://localhost/x.png', 'image');
  images[0].decode = async () => (isDecoded = true);
  images[0].emit('load');

  assert.equal(await loading, images[0]);
  assert.deepEqual(
    [isDecoded, images[0].src, clock.waiting()],
    [true, 'http://localhost/x.png', 0],
  );
});

test('an image that is never decoded is there all the same, as in a hidden tab', async () => {
  const { preload, images, clock } = create();

  const loading = preload('x', 'image');
  images[0].decode = () => new Promise(() => {});
  images[0].emit('load');
  await settle();
  clock.advance(0.2);

  assert.equal(await loading, images[0]);
});

test('each way of asking is kept', () => {
  const { preload, images } = create();

  preload('x', 'image');
  preload('x', 'cors');
  preload('x', 'credentials');

  const ways = images.map(({ crossOrigin }) => crossOrigin);
  assert.deepEqual(ways, [null, 'anonymous', 'use-credentials']);
});

test('what cannot be had is null', async () => {
  const { preload, images } = create({ ok: false });

  const image = preload('x', 'image');
  images[0].emit('error');

  assert.deepEqual(
    [await image, await preload('x', 'font'), await preload('x', 'document')],
    [null, null, null],
  );
});

test('what does not come within five seconds is null', async () => {
  const { preload, clock } = create();

  const loading = preload('x', 'image');
  clock.advance(5);

  assert.equal(await loading, null);
});

test('a font is only looked for: its text loads it', async () => {
  const { preload, asked } = create();

  assert((await preload('http://localhost/x.woff2', 'font')) !== null);
  assert.deepEqual(asked, [['http://localhost/x.woff2', 'HEAD']]);
});

test('SVG to be looked into is referred to until the page does so', async () => {
  const { preload, put, clock } = create();

  const loading = preload('x.svg#a', 'document');
  await settle();
  const [frame] = put;
  frame.children[0].emit('load');
  const loaded = await loading;
  const during = put.length;
  clock.advance(0);

  assert.deepEqual(frame.children[0].attributes, { href: 'x.svg#a' });
  assert.equal(frame.attributes.display, 'none');
  assert.deepEqual([loaded !== null, during, put.length, clock.waiting()], [true, 1, 0, 0]);
});

test('a browser that does not tell of SVG is given a moment', async () => {
  const { preload, clock } = create();
  let isThere = false;

  const loading = preload('x.svg#a', 'document');
  loading.then(() => (isThere = true));
  await settle();
  const during = isThere;
  clock.advance(0.2);

  assert((await loading) !== null);
  assert.equal(during, false);
});
