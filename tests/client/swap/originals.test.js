import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createOriginals } from '../../../livereload_sse/client/swap/originals.js';

/** @param {Record<string, string>} attributes @returns {any} */
function createElement(attributes) {
  const own = new Map(Object.entries(attributes));
  return {
    getAttribute: (/** @type {string} */ name) => own.get(name) ?? null,
    setAttribute: (/** @type {string} */ name, /** @type {string} */ value) => own.set(name, value),
    removeAttribute: (/** @type {string} */ name) => own.delete(name),
  };
}

/** @param {any} element @param {string} value */
function swap(originals = createOriginals(), element, value) {
  const before = element.getAttribute('src');
  element.setAttribute('src', value);
  originals.remember(element, 'src', before);
}

test('what the author wrote is remembered over any number of swaps', () => {
  const originals = createOriginals();
  const element = createElement({ src: 'a.png' });

  swap(originals, element, 'a.png?sse-reload=1-0');
  swap(originals, element, 'a.png?sse-reload=2-0');

  assert.equal(originals.attributeOf(element, 'src'), 'a.png');
});

test('what a script has written since is taken as it is', () => {
  const originals = createOriginals();
  const element = createElement({ src: 'a.png' });
  swap(originals, element, 'a.png?sse-reload=1-0');

  element.setAttribute('src', 'b.png');
  const before = originals.attributeOf(element, 'src');
  swap(originals, element, 'b.png?sse-reload=2-0');

  assert.deepEqual([before, originals.attributeOf(element, 'src')], ['b.png', 'b.png']);
});

test("our parameter in what a script has written is not the author's", () => {
  const element = createElement({ style: 'background: url("a.png?sse-reload=1-0"); top: 0' });

  const style = createOriginals().attributeOf(element, 'style');

  assert.equal(style, 'background: url("a.png"); top: 0');
});

test('an attribute that was taken away is remembered, too', () => {
  const originals = createOriginals();
  const element = createElement({ integrity: 'sha256-x' });

  element.removeAttribute('integrity');
  originals.remember(element, 'integrity', 'sha256-x');

  assert.equal(originals.attributeOf(element, 'integrity'), 'sha256-x');
  assert.equal(originals.attributeOf(element, 'href'), null);
});

test('a replacement takes over the records, and goes its own way', () => {
  const originals = createOriginals();
  const old = createElement({ src: 'a.png' });
  swap(originals, old, 'b.png');
  const replacement = createElement({ src: 'b.png' });

  originals.adopt(old, replacement);
  swap(originals, replacement, 'c.png');
  originals.forget(old, 'src');

  assert.equal(originals.attributeOf(replacement, 'src'), 'a.png');
});

test('what is forgotten stands for itself', () => {
  const originals = createOriginals();
  const element = createElement({ src: 'a.png' });
  swap(originals, element, 'b.png');

  originals.forget(element, 'src');

  assert.equal(originals.attributeOf(element, 'src'), 'b.png');
});
