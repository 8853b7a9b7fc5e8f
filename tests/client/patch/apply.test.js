import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createApply } from '../../../livereload_sse/client/patch/apply.js';
import { parse, render } from '../dom.js';
import { createRandom, findEdits } from './edits.js';

const attributeOf = (/** @type {Element} */ element, /** @type {string} */ name) =>
  element.getAttribute(name);

/**
 * A page made from `before`, what scripts did to it, and the author's next version.
 *
 * @param {string} before
 * @param {string} after
 * @param {(document: Document) => void} [script]
 */
function create(before, after, script = () => {}) {
  const [base, next] = [parse(before), parse(after)];
  const document = parse(before);
  script(document);
  const apply = createApply({ document, attributeOf, adopt: () => {}, setTimeout, clearTimeout });
  return { document, next, patch: () => apply(findEdits(base, next), base, next) };
}

/** @param {any} result */
function reasonOf(result) {
  return result.reason;
}

test('an untouched page becomes the same as a fresh parse of the next version', async () => {
  const { document, next, patch } = create(
    '<title>a</title><ul class=x><li>one<li>two</ul><p>text <b>bold</b></p>',
    '<title>b</title><ul class="x y"><li>two<li>new<li>one</ul><p>text <i>it</i></p><hr>',
  );

  await patch();

  assert.equal(document.documentElement.outerHTML, next.documentElement.outerHTML);
});

test('random edits of random pages leave an untouched page equal to the next version', async () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = createRandom(seed);
    const before = grow(random, 3);
    const after = random() < 0.5 ? grow(random, 3) : alter(before, random);
    const { document, next, patch } = create(before, after);

    const result = await patch();

    assert(!('reason' in result), `seed ${seed}: ${reasonOf(result)}`);
    assert(document.documentElement.isEqualNode(next.documentElement), `seed ${seed}`);
  }
});

test('the next version stands around what scripts have put in, or nothing is touched', async () => {
  let [done, refused] = [0, 0];
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = createRandom(seed);
    const before = grow(random, 3);
    const after = alter(before, random);
    const { document, next, patch } = create(before, after, (page) => decorate(page, random));
    const made = new Set(document.querySelectorAll('[made]'));
    const shown = document.documentElement.outerHTML;

    const result = await patch();

    if ('reason' in result) {
      refused += 1;
      if (result.reason !== 'the result could not be verified') {
        assert.equal(document.documentElement.outerHTML, shown);
      }
    } else {
      done += 1;
      assert([...document.querySelectorAll('[made]')].every((element) => made.has(element)));
      for (const element of made) element.remove();
      assert.equal(document.documentElement.outerHTML, next.documentElement.outerHTML, `${seed}`);
    }
  }
  assert(done > 140, `${done} done, ${refused} refused`);
});

/**
 * A page with a component and something that a script has added.
 *
 * @param {string} before
 * @param {string} after
 * @param {(HTMLElement: any) => any} createClass
 */
async function patchComponent(before, after, createClass) {
  const [base, next] = [parse(before), parse(after)];
  const { window, document } = render(before);
  window.customElements.define('x-a', createClass(window.HTMLElement));
  document.body.prepend(document.createElement('hr'));
  const apply = createApply({ document, attributeOf, adopt: () => {}, setTimeout, clearTimeout });
  return apply(findEdits(base, next), base, next);
}

test('an attribute that a component takes back is noticed', async () => {
  const [before, after] = ['<x-a title=a>x</x-a>', '<x-a title=b>x</x-a>'];
  const result = await patchComponent(before, after, (HTMLElement) =>
    class extends HTMLElement {
      static observedAttributes = ['title'];

      attributeChangedCallback() {
        if (this.title !== 'a') this.title = 'a';
      }
    });

  assert.equal(reasonOf(result), 'the result could not be verified');
});

test('what a new component does to its neighbours is noticed', async () => {
  const result = await patchComponent('<h1>x</h1>', '<h1>x</h1><x-a></x-a>', (HTMLElement) =>
    class extends HTMLElement {
      connectedCallback() {
        this.parentNode.querySelector('h1').remove();
      }
    });

  assert.equal(reasonOf(result), 'the result could not be verified');
});

test('in a head the author’s nodes come before those of scripts', async () => {
  const { document, patch } = create('<body>x', '<title>t</title><body>x', (page) => {
    page.head.append(page.createElement('style'));
  });

  await patch();

  assert.equal(document.head.innerHTML, '<title>t</title><style></style>');
});

/** @param {() => number} random @param {number} depth @returns {string} */
function grow(random, depth) {
  const words = ['alpha', 'beta', 'gamma', 'delta'];
  const word = () => words[Math.floor(random() * words.length)];
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
    if (depth === 0 || random() < 0.3) return `<b>${word()}</b> ${word()} `;
    const name = ['div', 'section', 'ul'][Math.floor(random() * 3)];
    const attribute = random() < 0.3 ? ` class="${word()} ${word()}"` : '';
    return `<${name}${attribute}>${grow(random, depth - 1)}</${name}>`;
  }).join('');
}

/** @param {string} html @param {() => number} random */
function alter(html, random) {
  const document = parse(html);
  const elements = [...document.body.querySelectorAll('*')];
  const element = elements[Math.floor(random() * elements.length)];
  const target = elements[Math.floor(random() * elements.length)];
  const kind = Math.floor(random() * 4);
  if (kind === 0) element.remove();
  else if (kind === 1) element.setAttribute('title', 'changed');
  else if (kind === 2) element.append(' more');
  else if (!element.contains(target)) target.before(element);
  return document.documentElement.outerHTML;
}

/** What scripts do: they put nodes of their own between the author's. */
function decorate(/** @type {Document} */ document, /** @type {() => number} */ random) {
  for (const element of document.body.querySelectorAll('*')) {
    if (random() > 0.2) continue;
    const made = document.createElement('span');
    made.setAttribute('made', '');
    made.textContent = 'made by a script';
    if (random() < 0.5) element.append(made);
    else element.before(made);
  }
}
