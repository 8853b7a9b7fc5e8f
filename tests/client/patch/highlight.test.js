import assert from 'node:assert/strict';
import { test } from 'node:test';

import { highlight } from '../../../livereload_sse/client/patch/highlight.js';
import { render } from '../dom.js';

/** @param {string} html */
function create(html) {
  const { document } = render(html);
  /** @type {string[]} */
  const shown = [];
  for (const element of document.querySelectorAll('*')) {
    /** @type {any} */ (element).animate = () => shown.push(element.id || element.localName);
  }
  /** @param {string} selector @param {boolean} [isStill] */
  function show(selector, isStill = false) {
    const asked = { matches: isStill };
    highlight([...document.querySelectorAll(selector)], { matchMedia: () => asked });
    return shown;
  }
  return { document, show };
}

test('each changed element is shown once', () => {
  const { show } = create('<p id=a>x</p><p id=b>y</p><p id=c>z</p>');

  assert.deepEqual(show('#a, #c'), ['a', 'c']);
});

test('nothing moves where a person wants no motion', () => {
  const { show } = create('<p>x</p>');

  assert.deepEqual(show('p', true), []);
});

test('of a changed part and one inside of it the inner one is shown', () => {
  const { show } = create('<section><p><b>x</b></p></section>');

  assert.deepEqual(show('section, b'), ['b']);
});

test('what nobody sees, or everybody, is not shown', () => {
  const { show } = create('<head><title>x</title><link></head><script>1</script><p>x</p>');

  assert.deepEqual(show('html, head, title, link, body, script'), []);
});

test('what another element draws is shown there', () => {
  const { show } = create('<select id=s><option>x</select><svg id=g><g><path /></g></svg>');

  assert.deepEqual(show('option, path'), ['s', 'g']);
});

test('more than twenty would point at nothing', () => {
  const { show } = create('<p>x</p>'.repeat(50));

  assert.equal(show('p').length, 20);
});

test('the field with the focus has a ring of its own', () => {
  const { document, show } = create('<input id=a><input id=b>');
  document.querySelector('input')?.focus();

  assert.deepEqual(show('input'), ['b']);
});
