import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createLocator } from '../../../livereload_sse/client/patch/locate.js';
import { parse } from '../dom.js';
import { createRandom } from './edits.js';

const CHANGED = 'a script has changed this part of the page';
const DISORDERED = 'a script has put this part of the page in another order';
const COPIED = 'a script has copied this part of the page';

const attributeOf = (/** @type {Element} */ element, /** @type {string} */ name) =>
  element.getAttribute(name);

/** @param {string} html @param {(document: Document) => void} [script] */
function create(html, script = () => {}) {
  const base = parse(html);
  const live = parse(html);
  const truth = pairUp(base, live);
  script(live);
  const locator = createLocator({ base, live, attributeOf });
  const find = (/** @type {string} */ selector) => locator.find(pick(base, selector));
  const explain = (/** @type {string} */ selector) => locator.explain(pick(base, selector));
  return { base, live, locator, truth, find, explain };
}

/** @param {Document} document @param {string} selector */
function pick(document, selector) {
  const found = document.querySelector(selector);
  assert(found, selector);
  return found;
}

/**
 * @param {Node} base
 * @param {Node} live
 * @param {Map<Node, Node>} [pairs]
 * @returns {Map<Node, Node>}
 */
function pairUp(base, live, pairs = new Map()) {
  pairs.set(base, live);
  base.childNodes.forEach((child, index) => pairUp(child, live.childNodes[index], pairs));
  return pairs;
}

test('in an untouched page every node is found, equal ones too', () => {
  const { base, locator, truth } = create(
    '<!-- c --><title>t</title><ul><li>a<li>a<li>b</ul> <p></p><p></p><svg><g id=x></g></svg>',
  );

  for (const [node, live] of truth) assert.equal(locator.find(node), live);
  assert(locator.isEqual(base.body));
});

test('script-made nodes on the way do not lead astray', () => {
  const html = '<div><h1>Title</h1><p id=x>one</p><p>two</p></div>';
  const { live, find } = create(html, (document) => {
    pick(document, 'h1').innerHTML = '<a href="#t">#</a>Title<button>copy</button>';
    pick(document, 'p').before(document.createElement('p'));
    document.body.prepend(document.createElement('div'));
  });

  assert.equal(find('h1'), pick(live, 'h1'));
  assert.equal(find('p + p'), pick(live, 'div > p:last-child'));
});

test('a text that a script has changed is not found, and those beside it are', () => {
  const { base, live, locator } = create('<p>at <b>12:00</b> sharp</p>', (document) => {
    pick(document, 'b').textContent = '12:01';
  });
  const [at, time, sharp] = pick(base, 'p').childNodes;

  assert.equal(locator.find(at), pick(live, 'p').firstChild);
  assert.equal(locator.find(time), null);
  assert.equal(locator.explain(/** @type {Node} */ (time.firstChild)), CHANGED);
  assert.equal(locator.find(sharp), pick(live, 'p').lastChild);
});

test('a part that a script has removed is not found', () => {
  const { find, explain } = create('<p id=x>one</p><p>two</p>', (document) => {
    pick(document, 'p').remove();
  });

  assert.equal(find('p'), null);
  assert.equal(explain('p'), CHANGED);
});

test('rows that a script has sorted are not found', () => {
  const { find, explain } = create('<table><tr><td>b<tr><td>a<tr><td>c</table>', (document) => {
    pick(document, 'tbody').append(pick(document, 'tr'));
  });

  assert.equal(find('td'), null);
  assert.equal(explain('tr + tr td'), DISORDERED);
});

test('sorted rows that were decorated as well are noticed, too', () => {
  const { explain } = create('<table><tr><td>b<tr><td>a<tr><td>c</table>', (document) => {
    for (const cell of document.querySelectorAll('td')) {
      cell.append(document.createElement('i'), 'x');
    }
    pick(document, 'tbody').append(pick(document, 'tr'));
  });

  assert.equal(explain('td'), DISORDERED);
});

test('a sorted table does not hide the rest of the page', () => {
  const html = '<h1>x</h1><table><tr><td>b<tr><td>a</table><p>after</p>';
  const { live, find } = create(html, (document) => {
    pick(document, 'tbody').append(pick(document, 'tr'));
  });

  assert.equal(find('p'), pick(live, 'p'));
  assert.equal(find('table'), pick(live, 'table'));
});

test('of two equal nodes where a script has copied one neither is taken for the original', () => {
  const { find, explain } = create('<p>one</p><p>two</p>', (document) => {
    document.body.append(pick(document, 'p').cloneNode(true));
  });

  assert.equal(find('p'), null);
  assert.equal(explain('p'), COPIED);
});

test('a marked one is not taken for the copy, because it may be the original', () => {
  const { explain } = create('<p>one</p><p>two</p>', (document) => {
    const original = pick(document, 'p');
    document.body.prepend(original.cloneNode(true));
    original.className = 'fixed';
  });

  assert.equal(explain('p'), COPIED);
});

test('what a script adds is not taken for a copy of an empty element of the same name', () => {
  const { live, find } = create('<p>one</p><div></div>', (document) => {
    const tooltip = document.createElement('div');
    tooltip.textContent = 'tip';
    document.body.append(tooltip);
  });

  assert.equal(find('div'), pick(live, 'div'));
});

test('which of two equal ones a script has removed cannot be known', () => {
  const { find, explain } = create('<i>x</i><b></b><i>x</i>', (document) => {
    pick(document, 'i').remove();
  });

  assert.equal(find('i'), null);
  assert.equal(explain('i'), CHANGED);
  assert.equal(explain('b + i'), COPIED);
});

test('one that has taken in the content of another is neither', () => {
  const html = '<p>x <b>one</b></p><p>x <b>two</b></p>';
  const { find } = create(html, (document) => {
    const [one, two] = document.querySelectorAll('b');
    two.before(one);
  });

  assert.equal(find('p'), null);
});

test('white space is found, though there is more of it', () => {
  const { base, locator } = create('<p>a</p> <p>b</p>', (document) => document.body.append(' '));

  assert(locator.find(base.body.childNodes[1]) !== null);
});

test('where too much has changed nothing is found', () => {
  const [base, live] = [parse('<p>a</p><p>b</p>'), parse('<p>b</p><p>c</p><p>a</p>')];
  const locator = createLocator({ base, live, attributeOf, budget: 1 });

  assert.equal(locator.find(pick(base, 'p')), null);
  assert.equal(locator.explain(pick(base, 'p')), 'scripts have changed too much of the page');
});

test('another id is another element', () => {
  const { find } = create('<div id=a>x</div>', (document) => {
    pick(document, 'div').id = 'b';
  });

  assert.equal(find('div'), null);
});

test('classes and other attributes may be changed by scripts', () => {
  const { live, find } = create('<div class=a title=t>x<b>y</b></div>', (document) => {
    pick(document, 'div').className = 'b';
    pick(document, 'div').removeAttribute('title');
  });

  assert.equal(find('b'), pick(live, 'b'));
});

test('addresses count as the author wrote them', () => {
  const base = parse('<img src=a.png><img src=b.png>');
  const live = parse('<img src="a.png?sse-reload=1"><img src=b.png>');
  const withoutVersion = (/** @type {Element} */ element, /** @type {string} */ name) =>
    element.getAttribute(name)?.split('?')[0] ?? null;
  const locator = createLocator({ base, live, attributeOf: withoutVersion });

  assert.equal(locator.find(pick(base, 'img')), pick(live, 'img'));
});

test('containers whose inside scripts have changed are found by what is left of it', () => {
  const html = '<div><h2>One</h2><p>x</p></div><div><h2>Two</h2><p>y</p></div>';
  const { live, find } = create(html, (document) => {
    for (const paragraph of document.querySelectorAll('p')) paragraph.textContent = 'changed';
  });

  assert.equal(find('div + div > h2'), pick(live, 'div + div > h2'));
  assert.equal(find('div > h2'), pick(live, 'h2'));
});

test('containers with nothing in common are not found', () => {
  const { find } = create('<main><h1>x</h1><div>a</div><div>b</div></main>', (document) => {
    for (const one of document.querySelectorAll('div')) one.textContent = 'changed';
  });

  assert.equal(find('div'), null);
  assert(find('main') !== null);
});

test('another element in the same place is not taken for the one that is gone', () => {
  const { find } = create('<p>a</p><div class=box>b</div><p>c</p>', (document) => {
    const other = document.createElement('div');
    other.textContent = 'banner';
    pick(document, 'div').replaceWith(other);
  });

  assert.equal(find('div'), null);
});

test('a declarative shadow root, which is gone in the live page, is no difference', () => {
  const html = '<x-a><template shadowrootmode=open><slot></slot></template><b>y</b></x-a>';
  const base = parse(html);
  const live = parse('<x-a><b>y</b></x-a>');
  const locator = createLocator({ base, live, attributeOf });

  assert(locator.holds(base.body));
  assert.equal(locator.find(pick(base, 'b')), pick(live, 'b'));
});

test('the inside of noscript is not looked at', () => {
  const base = parse('<p>y</p><noscript><p>x</p></noscript>');
  const live = parse('<p>y</p><noscript>&lt;p>x&lt;/p></noscript>');
  const locator = createLocator({ base, live, attributeOf });

  assert(locator.holds(base.body));
  assert.equal(locator.find(pick(base, 'noscript p')), null);
});

test('nodes of ours are neither the author’s nor a script’s', () => {
  const base = parse('<p>x</p>');
  const live = parse('<p>x</p><p>x</p>');
  const isOwn = (/** @type {Node} */ node) => node === live.body.lastChild;
  const locator = createLocator({ base, live, attributeOf, isOwn });

  assert.equal(locator.find(pick(base, 'p')), live.body.firstChild);
});

test('whatever scripts do, a node is found as itself or not at all', () => {
  let [found, lost] = [0, 0];
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = createRandom(seed);
    const { locator, truth } = create(grow(random), (document) => disturb(document, random));
    const back = new Map([...truth].map(([node, live]) => [live, node]));
    for (const [node, live] of truth) {
      const answer = locator.find(node);
      if (answer === null) lost += 1;
      else found += 1;
      if (answer === null || answer === live) continue;
      // Of equal ones and of white space it does not matter which is which.
      const equal = [...truth.keys()].filter((other) => other.isEqualNode(node));
      const meant = back.get(answer);
      const isEqual = meant ? equal.includes(meant) : equal.length > 1;
      const isBlank = !/\S/.test(node.textContent ?? '');
      const wrong = `seed ${seed}: ${node.textContent} was found as ${answer.textContent}`;
      assert(isBlank || isEqual, wrong);
    }
  }
  assert(found > lost, `${found} found, ${lost} lost`);
});

/** @param {() => number} random */
function grow(random) {
  const word = () => ['alpha', 'beta', 'gamma', 'delta', 'one', 'two'][Math.floor(random() * 6)];
  const item = () => `<li>${word()} <b>${word()}</b></li>\n`;
  const block = () => {
    const items = Array.from({ length: 1 + Math.floor(random() * 5) }, item).join('');
    const name = random() < 0.5 ? 'ul' : 'div';
    return `<${name}>${random() < 0.4 ? `<p>${word()}</p>` : ''}${items}</${name}>\n`;
  };
  return Array.from({ length: 1 + Math.floor(random() * 4) }, block).join('');
}

/**
 * What no decent script would do to so small a page. What it has copied it leaves as it is: of a
 * copy whose original has become something else nobody can know that it is one.
 *
 * @param {Document} document
 * @param {() => number} random
 */
function disturb(document, random) {
  const pickAny = () => {
    const all = [...document.body.querySelectorAll('*')];
    return all[Math.floor(random() * all.length)] ?? document.body;
  };
  const times = 1 + Math.floor(random() * 3);
  /** @type {Element[]} */
  const copied = [];
  for (let time = 0; time < times; time += 1) {
    const [one, other] = [pickAny(), pickAny()];
    const deed = Math.floor(random() * 7);
    if (one === document.body || copied.some((copy) => isAround(copy, one))) continue;
    if (deed === 0) one.remove();
    else if (deed === 1) copied.push(one, copyBefore(one));
    else if (deed === 2 && !one.contains(other)) other.before(one);
    else if (deed === 3) one.append('!');
    else if (deed === 4) one.replaceChildren('x');
    else if (deed === 5) one.className = 'c';
    else one.parentElement?.append(one);
  }
}

/** @param {Element} one @param {Element} other */
function isAround(one, other) {
  return one.contains(other) || other.contains(one);
}

/** @param {Element} element */
function copyBefore(element) {
  const copy = /** @type {Element} */ (element.cloneNode(true));
  element.before(copy);
  return copy;
}
