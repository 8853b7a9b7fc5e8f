import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findLine } from '../../../livereload_sse/client/patch/lines.js';
import { parse } from '../dom.js';

/** @param {string} source @param {string} [selector] of the element whose line is asked for */
function find(source, selector = '#here') {
  const document = parse(source);
  const node = document.querySelector(selector);
  assert(node, selector);
  return findLine(source, document, node);
}

test('the line is that of the start tag, counted from one', () => {
  assert.equal(find('<p id=here>a</p>'), 1);
  assert.equal(find('<!doctype html>\n<p>a</p>\n\n<p\n id=here>b</p>'), 4);
});

test('every way to end a line is one', () => {
  assert.equal(find('<p>a\r\n<p>b\r<p>c\n<p id=here>d'), 4);
});

test('a text is on the line of the element around it', () => {
  const source = '<p>a</p>\n<p id=here>\n\nb</p>';
  const document = parse(source);

  const text = document.querySelector('#here')?.firstChild;

  assert(text);
  assert.equal(findLine(source, document, text), 2);
});

test('tags in comments are none, however the comment ends', () => {
  assert.equal(find('<!-- <p> -->\n<p id=here>a'), 2);
  assert.equal(find('<!--> <p>b\n<p id=here>a'), 2);
  assert.equal(find('<!-- <p> --!>\n<p id=here>a'), 2);
  assert.equal(find('<p id=here>a\n<!-- <b> <p>'), 1);
});

test('tags in raw text are none', () => {
  for (const name of ['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noframes']) {
    assert.equal(find(`<${name}>\n<p>\n</${name.toUpperCase()} >\n<p id=here>a`), 4, name);
  }
});

test('an end tag that only begins like that of the raw text does not end it', () => {
  assert.equal(find('<title>a</titles><p></title>\n<p id=here>a'), 2);
});

test('raw text that is never ended reaches to the end', () => {
  assert.equal(find('<p id=here>a</p>\n<textarea>\n<p>'), 1);
});

test('tags in templates are not in the document', () => {
  assert.equal(find('<template>\n<p>a<template><p></template><p>b</template>\n<p id=here>c'), 3);
  assert.equal(find('<template></template>\n<template id=here><template></template>'), 2);
});

test('a stray end of a template ends nothing', () => {
  assert.equal(find('</template><template><p></template>\n<p id=here>'), 2);
});

test('what is quoted is no tag, and a tag does not end in quotes', () => {
  assert.equal(find('<a title="<p>" data-x=\'><p>\'>b</a>\n<p id=here>a'), 2);
  assert.equal(find('<a title=a"b><i>c</i></a>\n<i id=here>a</i>'), 2);
  assert.equal(find('<a b"c ><i>c</i></a>\n<i id=here>a</i>'), 2);
  assert.equal(find('<a title = "<i>"/>\n<i id=here>a</i>'), 2);
});

test('a sign that begins no tag is text', () => {
  assert.equal(find('<p>a < b <3 <> </ > <?p <p> x>\n<b id=here>a</b>'), 2);
  assert.equal(find('<?p <b>\n<b id=here>a</b>'), 2);
  assert.equal(find('</ <b>\n<b id=here>a</b>'), 2);
});

test('a tag that is cut off at the end is none', () => {
  assert.equal(find('<p id=here>a\n<p class="'), 1);
});

test('in a drawing an empty title has no text, and names are found in any case', () => {
  const drawing = '<svg><title/><style/><linearGradient id=a />\n<lineargradient id=here /></svg>';

  assert.equal(find(drawing), 2);
  assert.equal(find('<svg><title/></svg><math></math>\n<title>\n<p></title>\n<p id=here>'), 4);
});

test('elsewhere a slash at its end makes no element empty', () => {
  assert.equal(find('<title/>\n<p></title>\n<p id=here>'), 3);
  assert.equal(find('<svg></svg><title/><p></title>\n<p id=here>'), 2);
});

test('no line is said where the parser has added, dropped or doubled such elements', () => {
  assert.equal(find('<table><tr id=x><td>a</table>', 'tbody'), null);
  assert.equal(find('<td>dropped</td>\n<table><tr><td id=here>'), null);
  assert.equal(find('<p><b id=here>a<p>b'), null);
});

test('a node that stands in no element of the document has no line', () => {
  const document = parse('<!-- a --><p>b</p>');
  const other = parse('<p>c</p>');

  assert.equal(findLine('<!-- a --><p>b</p>', document, document.firstChild ?? document), null);
  assert.equal(findLine('<!-- a --><p>b</p>', document, other.body.children[0]), null);
});

test('a long source without an end is read in a moment', () => {
  const source = `<p id=here>a\n${'<a b="c" '.repeat(20_000)}${'<!--'.repeat(20_000)}`;
  const start = performance.now();
  const document = parse('<p id=here>a');

  assert.equal(findLine(source, document, document.body.children[0]), 1);
  assert(performance.now() - start < 2_000);
});
