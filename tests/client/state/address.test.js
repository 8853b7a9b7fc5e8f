import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  addressOf, findElement, findWithin,
} from '../../../livereload_sse/client/state/address.js';
import { parse, render } from '../dom.js';

/** The address of an element in one page, looked for in another. */
function carry(/** @type {string} */ before, /** @type {string} */ selector, after = before) {
  const element = /** @type {Element} */ (parse(before).querySelector(selector));
  const address = JSON.parse(JSON.stringify(addressOf(element)));
  const found = findElement(parse(after), address);
  return found?.getAttribute('data-is') ?? found?.localName ?? null;
}

const PAGE = `
  <main id=main><p>One<p>Two <em>words</em><ul><li>a<li>b<li>b</ul></main>
  <div><div><span></span><span></span></div></div><div><p>One<input><input><o:p>Word</o:p></div>
  <form><input name=id><input name=name><p><input name=parentNode></p></form>
  <form id=form><input name=id></form>
  <svg><g><g><path></path></g></g></svg><p id=twice>1</p><section><p id=twice>2</p></section>`;

test('every element of a page is found in the same page', () => {
  const [one, other] = [parse(PAGE), parse(PAGE)];
  const all = [...one.querySelectorAll('*')];

  const found = all.map((element) => findElement(other, addressOf(element)));

  assert.deepEqual(
    found.map((element) => element && [...other.querySelectorAll('*')].indexOf(element)),
    all.map((_, index) => index),
  );
});

const FOUND = {
  'by its id, wherever it is': ['<p id=a>x', '#a', '<div><p id=a data-is=it>y</div>', 'it'],
  'below an ancestor with an id': [
    '<main id=m><div><p>x</div></main>', 'p',
    '<p>z<main id=m><div><p data-is=it>y</div></main>', 'it',
  ],
  'by its words when something was inserted': [
    '<p>x<p>y', 'p + p', '<p>new<p>x<p data-is=it>y', 'it',
  ],
  'in its place when its words were changed': ['<p>x<p>y', 'p + p', '<p>x<p data-is=it>z', 'it'],
  'in its place when its words are there twice': [
    '<p>x<p>y', 'p + p', '<p>y<p data-is=it>z<p>y', 'it',
  ],
  'by its name when it was moved': [
    '<input name=a><input name=b>', '[name=b]', '<div><input name=b data-is=it></div>', 'it',
  ],
  'by its label': [
    '<label>A<input></label>', 'input',
    '<div><label>B<input></label><label>A<input data-is=it></label></div>', 'it',
  ],
  'by a label elsewhere': [
    '<label for=a>A</label><p><input id=a>', 'input',
    '<label for=b>A</label><p><input><input id=b data-is=it>', 'it',
  ],
  'by its address when it has no words': [
    '<div><img src=a><img src=b></div>', '[src=b]',
    '<div><img src=c><img src=a><img src=b data-is=it>', 'it',
  ],
  'not when another kind of field is there': [
    '<input name=a>', 'input', '<input name=a type=date>', null,
  ],
  'not when another field is there': ['<input name=a>', 'input', '<input name=b>', null],
  'not when another choice is there': [
    '<input type=radio name=a value=1>', 'input', '<input type=radio name=a value=2>', null,
  ],
  'not for having no words': ['<i></i>', 'i', '<p><i></i></p>', null],
  'not when its id is gone': ['<p id=a>x', 'p', '<p>y', null],
  'not when its name is there twice': [
    '<p><input name=a></p>', 'input', '<div><input name=a><input name=a></div>', null,
  ],
};
for (const [name, [before, selector, after, expected]] of Object.entries(FOUND)) {
  test(`an element is found ${name}`, () => {
    const found = carry(String(before), String(selector), String(after));

    assert.equal(found, expected);
  });
}

test('an element in nested shadow roots is found', () => {
  const build = () => {
    const { document } = render('<p>x</p><div></div>');
    const open = (/** @type {ParentNode} */ root, /** @type {string} */ name) =>
      /** @type {Element} */ (root.querySelector(name)).attachShadow({ mode: 'open' });
    const outer = open(document, 'div');
    outer.innerHTML = '<i></i><span></span>';
    const inner = open(outer, 'span');
    inner.innerHTML = '<input><input name=it>';
    return { document, it: /** @type {Element} */ (inner.querySelector('[name=it]')) };
  };
  const [one, other] = [build(), build()];

  assert.equal(findElement(other.document, addressOf(one.it)), other.it);
});

test('what was in a shadow root is not found where there is none yet', () => {
  const { document } = render('<div></div>');
  const host = /** @type {Element} */ (document.querySelector('div'));
  host.attachShadow({ mode: 'open' }).innerHTML = '<input>';
  const input = /** @type {Element} */ (host.shadowRoot?.firstElementChild);

  const address = addressOf(input);

  assert.equal(findElement(parse('<div></div>'), address), null);
});

test('within a container only what has the same words counts, and only once', () => {
  const page = '<nav><p>x<p>y</nav><main><p>x<p>y</main>';
  const address = addressOf(/** @type {Element} */ (parse(page).querySelector('main p + p')));
  const find = (/** @type {string} */ html) => {
    const main = /** @type {Element} */ (parse(html).querySelector('main'));
    return findWithin(main, address)?.getAttribute('data-is') ?? null;
  };

  assert.equal(find('<nav><p>x<p>y</nav><main><p>new<p>x<p data-is=it>y</main>'), 'it');
  assert.equal(find('<nav><p>x<p>y</nav><main><p>x<p>z</main>'), null);
  assert.equal(find('<nav></nav><main><p>y<p>z<p>y</main>'), null);
});

test('an address stays short, however much text there is', () => {
  const text = 'word '.repeat(10_000);
  const document = parse(`<main><p>${text}<p aria-label="${text}"></main>`);

  const lengths = [...document.querySelectorAll('p')].map(
    (element) => JSON.stringify(addressOf(element)).length,
  );

  assert(Math.max(...lengths) < 250);
});
