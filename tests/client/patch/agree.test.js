import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createAgreement, isTelling } from '../../../livereload_sse/client/patch/agree.js';
import { parse } from '../dom.js';

const attributeOf = (/** @type {Element} */ element, /** @type {string} */ name) =>
  element.getAttribute(name);

/** @param {string} html */
function body(html) {
  return parse(`<body>${html}`).body;
}

/** @param {string} base @param {string} live */
function holds(base, live) {
  return createAgreement({ attributeOf }).holds(body(base), body(live));
}

test('what is equal holds', () => {
  assert(holds('<p class=a>x<!-- c --></p>', '<p class=a>x<!-- c --></p>'));
});

test('nodes that scripts have put in between do not count against it', () => {
  assert(holds('<p>x</p><p>y</p>', '<i></i><p>x<b>more</b></p><p>between</p><p>y</p>'));
});

test('a text must be the same to the letter', () => {
  assert(!holds('<p>x</p>', '<p>x </p>'));
  assert(!holds('<p>x y</p>', '<p>x <b>y</b></p>'));
});

test('what is missing or in another order is not held', () => {
  assert(!holds('<p>x</p><p>y</p>', '<p>x</p>'));
  assert(!holds('<p>x</p><p>x</p>', '<p>x</p>'));
  assert(!holds('<p>x</p><p>y</p>', '<p>y</p><p>x</p>'));
});

test('of the attributes only those count that say who an element is', () => {
  assert(holds('<p class=a title=b style="color: red">x</p>', '<p lang=en>x</p>'));
  for (const name of ['id', 'name', 'src', 'href', 'for', 'type']) {
    assert(!holds(`<p ${name}=a>x</p>`, `<p ${name}=b>x</p>`), name);
    assert(!holds('<p class=a>x</p>', `<p class=a ${name}=b>x</p>`), name);
  }
});

test('addresses are compared as the author wrote them', () => {
  const agreement = createAgreement({ attributeOf: () => 'a.png' });

  assert(agreement.holds(body('<img src=a.png>'), body('<img src="a.png?version">')));
});

test('an element of another namespace is another element', () => {
  assert(!holds('<svg><a></a></svg>', '<svg></svg><a></a>'));
});

test('what the author leaves to scripts to fill may be anything inside', () => {
  const base = '<pre data-sse-reload=replace>x</pre>';

  assert(holds(base, '<pre data-sse-reload=replace><b>y</b></pre>'));
  assert(!holds(base, '<p data-sse-reload=replace>x</p>'));
});

test('shared content is counted in texts, ids and addresses', () => {
  const { countShared } = createAgreement({ attributeOf });
  const base = body('<h1 id=a>Title</h1><p>text</p><img src=x.png>');

  assert.equal(countShared(base, body('<h1 id=a>Title</h1>')), 2);
  assert.equal(countShared(base, body('<p>other</p><img src=x.png>')), 1);
  assert.equal(countShared(base, body('<p>other</p>')), 0);
});

test('text that a highlighter has cut into pieces is one shared sign', () => {
  const { countShared } = createAgreement({ attributeOf });

  assert.equal(countShared(body('let x = 1'), body('<b>let</b> x = <i>1</i>')), 1);
});

test('two documents that differ too much are not compared to the end', () => {
  const agreement = createAgreement({ attributeOf, budget: 3 });

  assert(!agreement.isExhausted());
  assert(!agreement.holds(body('<p>a</p><p>b</p><p>c</p>'), body('<p>a</p><p>b</p><p>c</p>!')));
  assert(agreement.isExhausted());
});

test('an element tells something by its texts, ids and addresses', () => {
  for (const html of ['x', '<p>x</p>', '<p id=a></p>', '<p><img src=a></p>', '<!-- c -->']) {
    assert(isTelling(/** @type {Node} */ (body(html).firstChild)), html);
  }
  for (const html of ['<p></p>', '<p> </p>', '<hr class=a>', '<p data-sse-reload=replace>x</p>']) {
    assert(!isTelling(/** @type {Node} */ (body(html).firstChild)), html);
  }
});
