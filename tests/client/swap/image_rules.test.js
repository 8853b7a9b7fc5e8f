import assert from 'node:assert/strict';
import { test } from 'node:test';

import { rewriteRules, rewriteStyle } from '../../../livereload_sse/client/swap/image_rules.js';
import { createFontFace, createParent, createRule, createStyle } from './sheet.js';

/** @import {Use} from '../../../livereload_sse/client/swap/image_rules.js' */

const BASE = 'http://localhost/styles/';

function createRewrite() {
  /** @type {[spelling: string, base: string, use: Use][]} */
  const asked = [];
  const rewrite = (
    /** @type {string} */ spelling,
    /** @type {string} */ base,
    /** @type {Use} */ use,
  ) => {
    asked.push([spelling, base, use]);
    return `${spelling}?2`;
  };
  return { asked, rewrite };
}

/** @type {[name: string, use: Use][]} */
const USES = [
  ['background-image', 'image'],
  ['border-image-source', 'image'],
  ['cursor', 'image'],
  ['mask-image', 'cors'],
  ['-webkit-mask-box-image', 'cors'],
  ['shape-outside', 'cors'],
  ['filter', 'document'],
  ['clip-path', 'document'],
  ['--icon', 'image'],
];

for (const [name, use] of USES) {
  test(`${name} asks for ${use}`, () => {
    const { asked, rewrite } = createRewrite();
    const style = createStyle({ [name]: 'url(x.svg)' });

    rewriteStyle(style, [BASE], rewrite);

    assert.deepEqual(asked, [['x.svg', BASE, use]]);
    assert.equal(style.own.get(name), 'url("x.svg?2")');
  });
}

test('a declaration stays important, and others are not written', () => {
  const { asked, rewrite } = createRewrite();
  const style = createStyle({ cursor: 'url(x.cur), auto', color: 'red' });
  const set = style.setProperty;
  /** @type {string[]} */
  const written = [];
  style.setProperty = (/** @type {[string, string, string]} */ ...words) => {
    written.push(words[0]);
    set(...words);
  };

  rewriteStyle(style, [BASE], rewrite);

  assert.deepEqual([written, style.important, asked.length], [['cursor'], ['cursor'], 1]);
});

test('nothing is written where nothing is to do', () => {
  const style = createStyle({ 'background-image': 'url(x.png)' });
  style.setProperty = () => assert(false);

  rewriteStyle(style, [BASE], (spelling) => spelling);
});

test('a shorthand with a variable in it is read and written as it is', () => {
  const style = createStyle({ background: 'url(x.png) var(--c)' });

  rewriteStyle(style, [BASE], createRewrite().rewrite);

  assert.deepEqual([...style.own], [['background', 'url("x.png?2") var(--c)']]);
});

test('a custom property may mean either base, and is written once', () => {
  const style = createStyle({ '--icon': 'url(x.png)', 'background-image': 'url(x.png)' });
  /** @type {string[]} */
  const bases = [];

  rewriteStyle(style, [BASE, 'http://localhost/'], (spelling, base) => {
    bases.push(base);
    return base === BASE ? spelling : `${spelling}?2`;
  });

  assert.deepEqual(bases, [BASE, 'http://localhost/', BASE]);
  assert.deepEqual([...style.own.values()], ['url("x.png?2")', 'url(x.png)']);
});

test('rules within rules are found, and imports are not entered', () => {
  const image = { 'background-image': 'url(x.png)' };
  const nested = createRule(image, [createRule(image)]);
  const imported = { styleSheet: createParent(createRule(image)), cssText: '', style: null };
  const { asked, rewrite } = createRewrite();

  rewriteRules(
    createParent(imported, createParent(createParent(nested))),
    [BASE],
    rewrite,
    () => {},
  );

  assert.equal(asked.length, 2);
});

test('a font face is handed on to be replaced, wherever it stands', () => {
  const face = createFontFace('@font-face { src: url(x.woff2) format("woff2"); }');
  const other = createFontFace('@font-face { src: local("y"); }');
  const media = createParent(createRule({}), face, other);
  const { asked, rewrite } = createRewrite();
  /** @type {any[]} */
  const replaced = [];

  rewriteRules(createParent(media), [BASE], rewrite, (...words) => replaced.push(words));

  assert.deepEqual(asked, [['x.woff2', BASE, 'font']]);
  assert.deepEqual(replaced, [
    [media, face, '@font-face { src: url("x.woff2?2") format("woff2"); }'],
  ]);
});
