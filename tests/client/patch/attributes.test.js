import assert from 'node:assert/strict';
import { test } from 'node:test';

import { prepareAttribute } from '../../../livereload_sse/client/patch/attributes.js';
import { parse } from '../dom.js';

const attributeOf = (/** @type {Element} */ element, /** @type {string} */ name) =>
  element.getAttribute(name);

/**
 * Carry an attribute from one version of an element over to what a script has made of it.
 *
 * @param {string} name
 * @param {string} before
 * @param {string} after
 * @param {string} [live]
 */
function carry(name, before, after, live = before) {
  const [element, next, shown] = [before, after, live].map((html) =>
    /** @type {Element} */ (parse(`<body>${html}`).body.firstElementChild));
  const edit = /** @type {const} */ ({
    type: 'attribute', element, name, attribute: next.getAttributeNode(name),
  });
  const write = prepareAttribute(edit, shown, attributeOf);
  if (!write) return null;
  assert(!write.isWritten() || shown.getAttribute(name) === next.getAttribute(name));
  write.write();
  assert(write.isWritten());
  return shown.outerHTML;
}

test('an attribute is set, changed and removed as the author did', () => {
  assert.equal(carry('title', '<p>', '<p title=a>'), '<p title="a"></p>');
  assert.equal(carry('title', '<p title=a>', '<p title=b>'), '<p title="b"></p>');
  assert.equal(carry('title', '<p title=a>', '<p>'), '<p></p>');
});

test('names that only a parser can give are carried over, too', () => {
  assert.equal(carry('@click', '<p @click=a>', '<p @click=b>'), '<p @click="b"></p>');
  assert.equal(carry('[(x', '<p>', '<p [(x=b>'), '<p [(x="b"></p>');
});

test('an attribute that a script has changed is refused', () => {
  assert.equal(carry('title', '<p title=a>', '<p title=b>', '<p title=script>'), null);
  assert.equal(carry('title', '<p title=a>', '<p title=b>', '<p>'), null);
});

test('where a script has written the same already there is nothing against it', () => {
  assert.equal(carry('title', '<p title=a>', '<p title=b>', '<p title=b>'), '<p title="b"></p>');
});

test('the value that counts is the author’s where ours stands in its place', () => {
  const [element, next] = ['<img src=a>', '<img src=b>'].map((html) =>
    /** @type {Element} */ (parse(html).querySelector('img')));
  const live = /** @type {Element} */ (parse('<img src="a?1">').querySelector('img'));
  const edit = /** @type {const} */ ({
    type: 'attribute', element, name: 'src', attribute: next.getAttributeNode('src'),
  });

  prepareAttribute(edit, live, () => 'a')?.write();

  assert.equal(live.getAttribute('src'), 'b');
});

test('classes of scripts stay beside those of the author', () => {
  assert.equal(
    carry('class', '<p class="a b">', '<p class="b c">', '<p class="js a b">'),
    '<p class="js b c"></p>',
  );
  assert.equal(carry('class', '<p class=a>', '<p>', '<p class="a js">'), '<p class="js"></p>');
  assert.equal(carry('class', '<p>', '<p class=c>', '<p class=js>'), '<p class="js c"></p>');
});

test('a class that a script has taken away does not come back', () => {
  assert.equal(
    carry('class', '<p class="no-js a">', '<p class="no-js b">', '<p class=js>'),
    '<p class="js b"></p>',
  );
});

test('of a style only what the author has changed is changed', () => {
  const before = '<p style="color: red">';
  const live = '<p style="color: red; top: 1px">';

  assert.equal(
    carry('style', before, '<p style="color: blue">', live),
    '<p style="color: blue; top: 1px;"></p>',
  );
  assert.equal(carry('style', before, '<p>', live), '<p style="top: 1px;"></p>');
});

test('a style whose changed property a script has changed as well is refused', () => {
  assert.equal(
    carry('style', '<p style="color: red">', '<p style="color: blue">', '<p style="color: green">'),
    null,
  );
});

test('what a person has opened or ticked is as the author wants it now', () => {
  const opened = '<details open>';
  const ticked = '<input checked=x>';

  assert.equal(
    carry('open', '<details>', '<details open=a>', opened),
    '<details open="a"></details>',
  );
  assert.equal(carry('checked', '<input>', '<input checked>', ticked), '<input checked="">');
});
