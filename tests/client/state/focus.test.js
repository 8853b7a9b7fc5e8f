import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createFocus } from '../../../livereload_sse/client/state/focus.js';
import { render } from '../dom.js';

/** @param {string} before @param {(document: Document) => void} act */
function carry(before, act, after = before) {
  const [one, other] = [render(before).document, render(after).document];
  act(one);
  const entries = JSON.parse(JSON.stringify(createFocus({ document: one }).read()));
  const found = entries.map(createFocus({ document: other }).restore);
  return { document: other, active: /** @type {any} */ (other.activeElement), entries, found };
}

/** @param {string} selector @returns {(document: Document) => void} */
function focus(selector) {
  return (document) => /** @type {HTMLElement} */ (document.querySelector(selector)).focus();
}

test('the element that had the focus has it, with its caret', () => {
  const { active } = carry('<input><textarea>one two</textarea>', (document) => {
    focus('textarea')(document);
    document.querySelector('textarea')?.setSelectionRange(1, 3, 'backward');
  });

  assert.equal(active.localName, 'textarea');
  const { selectionStart, selectionEnd, selectionDirection } = active;
  assert.deepEqual([selectionStart, selectionEnd, selectionDirection], [1, 3, 'backward']);
});

test('a field that shows no caret, and a button, are focused', () => {
  assert.equal(carry('<input type=number>', focus('input')).active.localName, 'input');
  assert.equal(carry('<button>x</button>', focus('button')).active.localName, 'button');
});

test('a page in which nothing is focused or selected says nothing', () => {
  assert.deepEqual(carry('<input><p>x', () => {}).entries, []);
});

test('nothing is scrolled for the focus', () => {
  const [one, other] = [render('<input>').document, render('<input>').document];
  focus('input')(one);
  /** @type {any[]} */
  const options = [];
  Object.assign(/** @type {Element} */ (other.querySelector('input')), {
    focus: (/** @type {any} */ given) => options.push(given),
  });

  createFocus({ document: one }).read().map(createFocus({ document: other }).restore);

  assert.deepEqual(options.map(({ preventScroll }) => preventScroll), [true]);
});

/** @param {Document} document */
function select(document) {
  const [p, em] = ['p', 'em'].map((name) => /** @type {Element} */ (document.querySelector(name)));
  const [from, to] = [/** @type {Node} */ (em.firstChild), /** @type {Node} */ (p.lastChild)];
  document.getSelection()?.setBaseAndExtent(to, 2, from, 1);
}

test('what was selected is selected, in the same direction', () => {
  const { document } = carry('<p>one <em>two</em> three</p>', select);
  const selection = /** @type {Selection} */ (document.getSelection());

  assert.equal(selection.toString(), 'wo t');
  assert.equal(/** @type {Text} */ (selection.anchorNode).data, ' three');
});

test('a selection of whole elements is one, too', () => {
  const { document } = carry('<p>one</p><p>two</p>', (before) =>
    before.getSelection()?.selectAllChildren(before.body));

  assert.equal(document.getSelection()?.toString(), 'onetwo');
});

test('a selection that begins in the document itself is not spoken of', () => {
  const { entries } = carry('<p>one', (document) => {
    const text = /** @type {Node} */ (document.querySelector('p')?.firstChild);
    document.getSelection()?.setBaseAndExtent(document, 0, text, 2);
  });

  assert.deepEqual(entries, []);
});

test('a selection is not made of other words, nor beyond a shorter text', () => {
  const page = '<p>one <em>two</em> three</p>';
  const texts = [page.replace('two', 'six'), page.replace(' three', '!')].map(
    (after) => carry(page, select, after).document.getSelection()?.toString(),
  );

  assert.deepEqual(texts, ['', '']);
});

test('what is not there yet is said to be missing', () => {
  assert.deepEqual(carry('<input>', focus('input'), '<p>x').found, [false]);
  assert.deepEqual(carry('<p>one <em>two</em> three</p>', select, '<b>').found, [false]);
  assert.deepEqual(carry('<input>', focus('input')).found, [true]);
});

test('the focus in a shadow root is found again', () => {
  const [one, other] = ['', ''].map(() => {
    const { document } = render('<div></div>');
    const host = /** @type {Element} */ (document.querySelector('div'));
    host.attachShadow({ mode: 'open' }).innerHTML = '<input><input>';
    const input = /** @type {HTMLElement} */ (host.shadowRoot?.lastElementChild);
    return { document, input, root: host.shadowRoot };
  });
  one.input.focus();

  const { restore } = createFocus({ document: other.document });
  createFocus({ document: one.document }).read().map(restore);

  assert(other.root?.activeElement === other.input);
});
