import assert from 'node:assert/strict';
import { test } from 'node:test';

import { prepare } from '../../../livereload_sse/client/patch/prepare.js';
import { parse, render } from '../dom.js';
import { findEdits } from './edits.js';

/**
 * What would be done, as one word for each step, or why nothing is.
 *
 * @param {string} before
 * @param {string} after
 * @param {(live: Document) => void} [script]
 */
function plan(before, after, script = () => {}) {
  const [base, next] = [parse(`<body>${before}`), parse(`<body>${after}`)];
  const { document: live } = render(`<body>${before}`);
  script(live);
  const shown = live.documentElement.outerHTML;
  const result = prepare(findEdits(base, next), {
    base, next, live, isOwn: () => false,
    attributeOf: (element, name) => element.getAttribute(name),
  });
  assert.equal(live.documentElement.outerHTML, shown, 'something was written');
  if ('reason' in result) return result.reason;
  return result.steps.map((step) => step.type).join(' ');
}

const ASKED = 'the page asks for a reload when this part changes';
const CHANGED = 'a script has changed this part of the page';

/** @param {Document} live */
function rewriteCode(live) {
  for (const code of live.querySelectorAll('code')) code.innerHTML = '<b>let</b> x';
}

test('each edit is one step', () => {
  assert.equal(
    plan('<p class=a>one</p>', '<p class=b>two</p><i>three</i>'),
    'children attribute text',
  );
});

test('where one edit cannot be carried over none is', () => {
  const script = (/** @type {Document} */ live) => {
    /** @type {Element} */ (live.querySelector('i')).textContent = 'changed';
  };

  assert.equal(plan('<p>one</p><i>x</i>', '<p>two</p><i>y</i>', script), CHANGED);
});

test('an attribute that a script has changed is refused', () => {
  const script = (/** @type {Document} */ live) => {
    live.querySelector('p')?.setAttribute('title', 'c');
  };

  assert.equal(plan('<p title=a>x</p>', '<p title=b>x</p>', script), CHANGED);
});

test('a script can ask for a reload as the author can', () => {
  const script = (/** @type {Document} */ live) => {
    live.querySelector('div')?.setAttribute('data-sse-reload', 'reload');
  };

  const before = '<div><p>one</p></div><i>x</i>';

  assert.equal(plan(before, before.replace('one', 'two'), script), ASKED);
  assert.equal(plan(before, before.replace('x', 'y'), script), 'text');
});

test('so can what is removed', () => {
  const script = (/** @type {Document} */ live) => {
    live.querySelector('p')?.setAttribute('data-sse-reload', 'reload');
  };

  assert.equal(plan('<p>one</p><i>x</i>', '<i>x</i>', script), ASKED);
});

test('so can the class of a custom element', () => {
  const script = (/** @type {Document} */ live) => {
    const window = /** @type {any} */ (live.defaultView);
    window.customElements.define('x-a', class extends window.HTMLElement {
      static sseReload = 'reload';
    });
  };

  assert.equal(plan('<x-a><p>one</p></x-a>', '<x-a><p>two</p></x-a>', script), ASKED);
  assert.equal(plan('<x-a>one</x-a>', '<x-a class=b>one</x-a>', script), ASKED);
  assert.equal(plan('<x-a>one</x-a><p>x</p>', '<x-a>one</x-a><p>y</p>', script), 'text');
});

test('a component that wants a reload gets it inside of what may be replaced, too', () => {
  const before = '<div data-sse-reload=replace><x-a>one</x-a></div>';
  const script = (/** @type {Document} */ live) => {
    const window = /** @type {any} */ (live.defaultView);
    window.customElements.define('x-a', class extends window.HTMLElement {
      static sseReload = 'reload';
    });
  };

  assert.equal(plan(before, before.replace('one', 'two'), script), ASKED);
});

test('what may be replaced is, where its inside is not the author’s any more', () => {
  const before = '<pre data-sse-reload=replace><code>let x</code></pre><p>one</p>';
  const after = before.replace('let x', 'let y').replace('one', 'two');

  assert.equal(plan(before, after), 'text text');
  assert.equal(plan(before, after, rewriteCode), 'text replace');
});

test('of several edits inside only the replacement is left', () => {
  const before = '<pre data-sse-reload=replace><i>x</i><code>let x</code></pre>';
  const after = '<pre class=a data-sse-reload=replace><i>y</i><code>let y</code></pre>';

  assert.equal(plan(before, after, rewriteCode), 'replace');
});

test('what has scripts in it is not replaced, because they would not run', () => {
  const before = '<div data-sse-reload=replace><code>let x</code><script>1</script></div>';

  assert.equal(plan(before, before.replace('let x', 'let y'), rewriteCode), CHANGED);
});

test('a request for a reload is stronger than the leave to replace', () => {
  const before = '<main><pre data-sse-reload=replace><code>let x</code></pre></main>';
  const script = (/** @type {Document} */ live) => {
    rewriteCode(live);
    live.querySelector('main')?.setAttribute('data-sse-reload', 'reload');
  };

  assert.equal(plan(before, before.replace('let x', 'let y'), script), CHANGED);
});

test('a section with replaceable parts in it can move and go', () => {
  const before = '<section><pre data-sse-reload=replace><code>let x</code></pre></section><p>a</p>';

  assert.equal(plan(before, '<p>a</p>', rewriteCode), 'children');
});
