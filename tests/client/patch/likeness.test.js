import assert from 'node:assert/strict';
import { test } from 'node:test';

import { canBecome, createLikeness } from '../../../livereload_sse/client/patch/likeness.js';
import { element, nodes } from './elements.js';

/** @param {string} base @param {string} next */
function can(base, next) {
  return canBecome(element(base), element(next));
}

/** @param {string} base @param {string} next */
function measure(base, next) {
  return createLikeness().measure(element(base), element(next));
}

test('an element is kept whatever its class, id and content have become', () => {
  assert(can('<div id=a class=b>text</div>', '<div id=c><p>other</p></div>'));
  assert(can('<a href=one>x</a>', '<a href=two>x</a>'));
});

test('an element of another name or namespace is another one', () => {
  assert(!can('<h2>a</h2>', '<h3>a</h3>'));
  const [drawn, written] = [element('<svg><a></a></svg>').firstElementChild, element('<a></a>')];

  assert(drawn && !canBecome(drawn, written));
});

test('text, comments and elements never become one another', () => {
  const [text, comment, paragraph] = nodes('text<!-- text --><p>text</p>');

  assert(canBecome(text, nodes('other')[0]) && canBecome(comment, nodes('<!-- x -->')[0]));
  assert(!canBecome(text, comment) && !canBecome(text, paragraph) && !canBecome(paragraph, text));
});

test('a field of another name or type is another field', () => {
  assert(!can('<input name=a>', '<input name=b>'));
  assert(!can('<input name=a>', '<input name=a type=checkbox>'));
  assert(!can('<select name=a></select>', '<select name=b></select>'));
  assert(!can('<textarea name=a></textarea>', '<textarea name=b></textarea>'));
  assert(!can('<button name=a></button>', '<button name=b></button>'));
  assert(can('<input name=a value=1>', '<input name=a value=2>'));
});

test('a frame of another address or with other permissions is another frame', () => {
  for (const name of ['src', 'srcdoc', 'sandbox', 'allow', 'referrerpolicy']) {
    assert(!can('<iframe></iframe>', `<iframe ${name}=a></iframe>`), name);
  }
  assert(can('<iframe src=a class=b></iframe>', '<iframe src=a class=c></iframe>'));
});

test('what is said of the page under another name is said of something else', () => {
  assert(!can('<meta name=author content=a>', '<meta name=description content=a>'));
  assert(!can('<meta property=og:title content=a>', '<meta property=og:image content=a>'));
  assert(!can('<link rel=icon href=a>', '<link rel=stylesheet href=a>'));
  assert(can('<link rel=stylesheet href=a>', '<link rel=stylesheet href=b>'));
});

test('a built-in element does not become a customised one', () => {
  assert(!can('<p is=fancy-text></p>', '<p></p>'));
});

test('equal elements are wholly alike, and those without a common word hardly', () => {
  assert.equal(measure('<p class=a>one two</p>', '<p class=a>one two</p>'), 1);
  assert.equal(measure('<br>', '<br>'), 1);
  assert(measure('<p class=a>one two</p>', '<p class=a>three four</p>') < 0.3);
});

test('common words count more than a common class', () => {
  const sameWords = measure('<p class=a>one two</p>', '<p class=b>one two</p>');
  const sameClass = measure('<p class=a>one two</p>', '<p class=a>three four</p>');

  assert(sameWords > sameClass);
});

test('pictures and links are known by their addresses', () => {
  const picture = '<figure><img src=one></figure>';

  assert.equal(measure(picture, picture), 1);
  assert(measure(picture, '<figure><img src=two></figure>') < 0.3);
});

test('where one side says nothing only the markup is left to compare', () => {
  assert.equal(measure('<div class=a>one</div>', '<div class=a></div>'), 1);
  assert.equal(measure('<div class=a>one</div>', '<div class=b></div>'), 0);
});

test('without a word in them elements are alike by what they are made of', () => {
  assert.equal(measure('<div><p></p></div>', '<div><ul></ul></div>'), 0);
});

test('of a very long text the beginning is enough', () => {
  const text = Array.from({ length: 2_000 }, (_, number) => `word${number}`).join(' ');

  assert.equal(measure(`<p>${text} end</p>`, `<p>${text} another end</p>`), 1);
});
