import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createImages } from '../../../livereload_sse/client/swap/images.js';
import { createOriginals } from '../../../livereload_sse/client/swap/originals.js';
import { createClock, createTarget, settle } from '../fakes.js';
import { createFontFace, createParent, createRule } from './sheet.js';

const ORIGIN = 'http://localhost:8000';

/** A page of images and one sheet; each load is ended by hand. */
function create(/** @type {string[]} */ ...sources) {
  const clock = createClock();
  /** @type {any[]} */
  const loads = [];
  function Image() {
    const image = Object.assign(createTarget(), { src: '', decode: async () => {} });
    loads.push(image);
    return image;
  }
  const row = sources.map((src) => {
    const own = new Map([['src', src]]);
    return {
      baseURI: `${ORIGIN}/`,
      own,
      getAttribute: (/** @type {string} */ name) => own.get(name) ?? null,
      setAttribute: (/** @type {string} */ name, /** @type {string} */ value) =>
        own.set(name, value),
    };
  });
  const rule = createRule({ 'mask-image': 'url("x.png")' });
  const sheet = createParent(rule);
  /** @type {any} */
  const document = {
    baseURI: `${ORIGIN}/`,
    styleSheets: [],
    adoptedStyleSheets: [],
    fonts: new Set(),
    querySelectorAll: (/** @type {string} */ selector) =>
      selector.startsWith('img[src]') ? row : [],
  };
  const images = createImages({
    document,
    location: { origin: ORIGIN },
    originals: createOriginals(),
    Image: /** @type {any} */ (Image),
    fetch: /** @type {any} */ (null),
    ...clock,
  });
  const sourcesNow = () => row.map(({ own }) => own.get('src'));
  return { images, loads, document, sheet, rule, row, sourcesNow, clock };
}

test('the new image is shown once it has been loaded, and only under its exact path', async () => {
  const { images, loads, sourcesNow } = create(
    'x.png',
    'sub/x.png',
    'x.png?a',
    '//other.test/x.png',
  );

  const swapping = images.swap(['/x.png'], '5-0');
  const during = sourcesNow();
  for (const image of loads) image.emit('load');

  assert.deepEqual(await swapping, new Map([['/x.png', 'done']]));
  assert.deepEqual(during, ['x.png', 'sub/x.png', 'x.png?a', '//other.test/x.png']);
  assert.deepEqual(sourcesNow(), [
    'x.png?sse-reload=5-0',
    'sub/x.png',
    'x.png?a&sse-reload=5-0',
    '//other.test/x.png',
  ]);
  assert.deepEqual(
    loads.map(({ src }) => src),
    [`${ORIGIN}/x.png?sse-reload=5-0`, `${ORIGIN}/x.png?a&sse-reload=5-0`],
  );
});

test('an image that cannot be had leaves the old one, and is tried again', async () => {
  const { images, loads, sourcesNow } = create('x.png');

  const failing = images.swap(['/x.png'], '5-0');
  loads[0].emit('error');
  const failed = await failing;
  const during = sourcesNow();
  const swapping = images.swap(['/x.png'], '6-0');
  loads[1].emit('load');

  assert.deepEqual([[...failed.values()], during], [['failed'], ['x.png']]);
  assert.deepEqual([...(await swapping).values()], ['done']);
  assert.deepEqual(sourcesNow(), ['x.png?sse-reload=6-0']);
});

test('a file that nothing names is unused, and nothing is loaded', async () => {
  const { images, loads } = create('y.png');

  assert.deepEqual(await images.swap(['/x.png'], '5-0'), new Map([['/x.png', 'unused']]));
  assert.equal(loads.length, 0);
});

test('quick swaps of one image end on the last, whichever loads first', async () => {
  const { images, loads, sourcesNow } = create('x.png');

  const first = images.swap(['/x.png'], '5-0');
  const second = images.swap(['/x.png'], '6-0');
  loads[1].emit('load');
  await settle();
  loads[0].emit('load');

  const outcomes = [...(await first).values(), ...(await second).values()];
  assert.deepEqual(outcomes, ['superseded', 'done']);
  await settle();
  assert.deepEqual(sourcesNow(), ['x.png?sse-reload=6-0']);
});

test('each way of asking has an address of its own', async () => {
  const { images, loads, document, sheet, rule, sourcesNow } = create('x.png');
  document.styleSheets.push(sheet);

  const swapping = images.swap(['/x.png'], '5-0');
  for (const image of loads) image.emit('load');
  await swapping;

  assert.deepEqual(sourcesNow(), ['x.png?sse-reload=5-0']);
  assert.equal(rule.style.own.get('mask-image'), 'url("x.png?sse-reload=5-0-cors")');
  assert.deepEqual(
    loads.map(({ crossOrigin }) => crossOrigin),
    [undefined, 'anonymous'],
  );
});

test('what was put in since is brought to the versions that were swapped in', async () => {
  const { images, loads, row, sheet, rule, sourcesNow } = create('x.png');
  images.renew();
  const untouched = sourcesNow();
  const swapping = images.swap(['/x.png'], '5-0');
  loads[0].emit('load');
  await swapping;

  row[0].own.set('src', '/x.png');
  images.renew();
  images.renewSheet(sheet);

  assert.deepEqual(untouched, ['x.png']);
  assert.deepEqual(sourcesNow(), ['/x.png?sse-reload=5-0']);
  assert.equal(rule.style.own.get('mask-image'), 'url("x.png?sse-reload=5-0-cors")');
});

test('a font face has its new rule beside the old one until it has loaded', async () => {
  const { images, document, hands } = createFontPage();

  const swapping = images.swap(['/x.woff2'], '5-0');
  await settle();
  images.renew(); // in between, it must not be written once more
  const during = textsOf(document.styleSheets[0]);
  hands.finish();
  await Promise.all([swapping, settle()]);

  assert.deepEqual(during, [
    '@font-face { src: url(x.woff2); }',
    '@font-face { src: url("x.woff2?sse-reload=5-0-font"); }',
  ]);
  assert.deepEqual(textsOf(document.styleSheets[0]), during.slice(1));
});

test('a font that is broken leaves the old face', async () => {
  const { images, document, hands } = createFontPage();

  const swapping = images.swap(['/x.woff2'], '5-0');
  hands.fail();
  await Promise.all([swapping, settle()]);
  await settle();

  assert.deepEqual(textsOf(document.styleSheets[0]), ['@font-face { src: url(x.woff2); }']);
  await images.swap(['/x.woff2'], '6-0');
  assert.equal(hands.inserted, 2); // a newer one is tried
});

test('no timer is left', async () => {
  const { images, loads, clock } = create('x.png');

  const swapping = images.swap(['/x.png'], '5-0');
  loads[0].emit('load');
  await swapping;

  assert.equal(clock.waiting(), 0);
});

/** @param {any} sheet @returns {string[]} */
function textsOf(sheet) {
  return sheet.cssRules.map((/** @type {any} */ { cssText }) => cssText);
}

/** A page with one font face in use; a new rule is a new face, which loads by hand. */
function createFontPage() {
  const hands = { finish: () => {}, fail: () => {}, inserted: 0 };
  const loaded = new Promise((resolve, reject) => {
    Object.assign(hands, {
      finish: () => resolve(undefined),
      fail: () => reject(new Error('bad')),
    });
  });
  const face = { family: 'x', status: 'loaded', load: async () => {} };
  const sheet = createParent(createFontFace('@font-face { src: url(x.woff2); }'));
  const { insertRule } = sheet;
  const fonts = new Set([face]);
  sheet.insertRule = (/** @type {string} */ text, /** @type {number} */ index) => {
    fonts.add({ ...face, status: 'unloaded', load: () => /** @type {any} */ (loaded) });
    hands.inserted += 1;
    insertRule(text, index);
  };
  /** @type {any} */
  const document = {
    baseURI: `${ORIGIN}/`,
    styleSheets: [sheet],
    adoptedStyleSheets: [],
    fonts,
    querySelectorAll: () => [],
  };
  const images = createImages({
    document,
    location: { origin: ORIGIN },
    originals: createOriginals(),
    Image: /** @type {any} */ (null),
    fetch: /** @type {any} */ (async () => ({ ok: true })),
    ...createClock(),
  });
  return { images, document, hands };
}
