import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createImageElements } from '../../../livereload_sse/client/swap/image_elements.js';
import { createOriginals } from '../../../livereload_sse/client/swap/originals.js';
import { createStyle } from './sheet.js';

const BASE = 'http://localhost/';

/** @param {Record<string, string>} attributes @returns {any} */
function createElement(attributes) {
  const own = new Map(Object.entries(attributes));
  /** @type {any} */
  const element = {
    own,
    baseURI: BASE,
    replaced: null,
    getAttribute: (/** @type {string} */ name) => own.get(name) ?? null,
    setAttribute: (/** @type {string} */ name, /** @type {string} */ value) => own.set(name, value),
    setAttributeNS: (
      /** @type {string} */ space,
      /** @type {string} */ name,
      /** @type {string} */ value,
    ) => own.set(name, `${value} in ${space}`),
    cloneNode: () => createElement(Object.fromEntries(own)),
    replaceWith: (/** @type {any} */ other) => (element.replaced = other),
  };
  return element;
}

/** A root in which only the selectors that hold this word find anything. @param {string} word */
const rootOf = (word, /** @type {any[]} */ ...elements) =>
  /** @type {any} */ ({
    querySelectorAll: (/** @type {string} */ selector) => (selector.includes(word) ? elements : []),
  });

function create() {
  const originals = createOriginals();
  /** @type {string[]} */
  const uses = [];
  const rewrite = (
    /** @type {string} */ spelling,
    /** @type {string} */ _,
    /** @type {string} */ use,
  ) => {
    uses.push(use);
    return spelling.startsWith('x') ? `${spelling}?2` : spelling;
  };
  return { originals, uses, rewrite, ...createImageElements({ originals }) };
}

/** @typedef {Record<string, string>} Attributes */
/** @type {[where: string, own: Attributes, name: string, expected: string, use: string][]} */
const ELEMENTS = [
  ['img[src]', { src: 'x.png' }, 'src', 'x.png?2', 'image'],
  ['img[src]', { src: 'x.png', crossorigin: '' }, 'src', 'x.png?2', 'cors'],
  ['img[src]', { src: 'x.png', crossorigin: 'Use-Credentials' }, 'src', 'x.png?2', 'credentials'],
  ['img[srcset]', { srcset: 'a.png 1x, x.png 2x' }, 'srcset', 'a.png 1x, x.png?2 2x', 'image'],
  ['poster', { poster: 'x.png' }, 'poster', 'x.png?2', 'image'],
  ['object', { data: 'x.svg' }, 'data', 'x.svg?2', 'image'],
  ['background', { background: 'x.png' }, 'background', 'x.png?2', 'image'],
  ['use[href]', { href: 'x.svg#a' }, 'href', 'x.svg#a?2', 'document'],
  [
    'use[*|href]',
    { 'xlink:href': 'x.svg' },
    'xlink:href',
    'x.svg?2 in http://www.w3.org/1999/xlink',
    'document',
  ],
  ['feImage[href]', { href: 'x.svg' }, 'href', 'x.svg?2', 'image'],
  ['[filter*=', { filter: 'url("x.svg#f")' }, 'filter', 'url("x.svg#f?2")', 'document'],
];

for (const [selector, attributes, name, expected, use] of ELEMENTS) {
  test(`${JSON.stringify(attributes)} of ${selector} is rewritten and remembered`, () => {
    const { originals, uses, rewrite, rewriteElements } = create();
    const element = createElement(attributes);

    rewriteElements(rootOf(selector, element), rewrite);

    assert.equal(element.getAttribute(name), expected);
    assert.equal(originals.attributeOf(element, name), attributes[name]);
    assert.deepEqual([...new Set(uses)], [use]);
  });
}

test('what is not to change is not written', () => {
  const { rewrite, rewriteElements } = create();
  const element = createElement({ src: 'a.png' });
  element.setAttribute = () => assert(false);

  rewriteElements(rootOf('img[src]', element), rewrite);
});

test("an inline style is rewritten, and the author's is remembered", () => {
  const { originals, rewrite, rewriteElements } = create();
  const element = createElement({});
  element.style = createStyle({ 'background-image': 'url(x.png)' });
  element.getAttribute = () => element.style.cssText;

  rewriteElements(rootOf('[style', element), rewrite);

  assert.equal(element.style.cssText, 'background-image: url("x.png?2");');
  assert.equal(originals.attributeOf(element, 'style'), 'background-image: url(x.png);');
});

test('an icon is replaced, so that the browser looks again', () => {
  const { originals, rewrite, rewriteElements } = create();
  const [icon, other] = [createElement({ href: 'x.ico' }), createElement({ href: 'a.ico' })];

  rewriteElements(rootOf('"apple-touch-icon"', icon, other), rewrite);
  const first = icon.replaced;
  rewriteElements(rootOf('"apple-touch-icon"', first), rewrite);

  const hrefs = [icon, first, first.replaced].map((each) => each.getAttribute('href'));
  assert.deepEqual(hrefs, ['x.ico', 'x.ico?2', 'x.ico?2?2']);
  assert.equal(originals.attributeOf(first.replaced, 'href'), 'x.ico');
  assert.equal(other.replaced, null);
});

test('what is only asked for ahead is rewritten apart, for it shows nothing', () => {
  const { rewrite, rewriteElements, rewriteHints } = create();
  const hint = createElement({ imagesrcset: 'x.png 1x' });
  const root = rootOf('imagesrcset', hint);

  rewriteElements(root, rewrite);
  const before = hint.getAttribute('imagesrcset');
  rewriteHints(root, rewrite);

  assert.deepEqual([before, hint.getAttribute('imagesrcset')], ['x.png 1x', 'x.png?2 1x']);
});
