import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createLocator } from '../../../livereload_sse/client/patch/locate.js';
import { areAsWritten, findRegions } from '../../../livereload_sse/client/patch/verify.js';
import { parse } from '../dom.js';

const attributeOf = (/** @type {Element} */ element, /** @type {string} */ name) =>
  element.getAttribute(name);

/**
 * One paragraph `#p` is touched; `write` is what was done about it.
 *
 * @param {string} before
 * @param {string} after
 * @param {(live: Document) => void} script
 * @param {(live: Document) => void} write
 */
function verify(before, after, script, write) {
  const [base, next, live] = [before, after, before].map((html) => parse(`<body>${html}`));
  script(live);
  const locator = createLocator({ base, live, attributeOf });
  const touched = /** @type {Node} */ (base.querySelector('#p'));
  const findNext = (/** @type {Node} */ node) =>
    node === base.body ? next.body : next.getElementById(/** @type {Element} */ (node).id);
  const regions = findRegions([touched], locator, findNext);
  write(live);
  return { isRight: areAsWritten(regions, attributeOf), kinds: regions.map((one) => one.wasEqual) };
}

const BEFORE = '<div id=d><p id=p>one</p></div><i>x</i>';
const AFTER = BEFORE.replace('one', 'two');
const writeText = (/** @type {Document} */ live) => {
  /** @type {Element} */ (live.getElementById('p')).childNodes[0].nodeValue = 'two';
};

test('an untouched page must be the same as the next version', () => {
  const nothing = () => {};

  assert.deepEqual(verify(BEFORE, AFTER, nothing, writeText), { isRight: true, kinds: [true] });
  assert(!verify(BEFORE, AFTER, nothing, nothing).isRight);
  assert(!verify(BEFORE, AFTER, nothing, (live) => {
    writeText(live);
    live.body.append('more');
  }).isRight);
  assert(!verify(BEFORE, AFTER, nothing, (live) => {
    writeText(live);
    live.body.className = 'x';
  }).isRight);
});

test('a decorated page must hold all of it', () => {
  const script = (/** @type {Document} */ live) => live.body.prepend(live.createElement('b'));
  const spoil = (/** @type {Document} */ live) => {
    writeText(live);
    live.querySelector('i')?.remove();
  };

  assert.deepEqual(verify(BEFORE, AFTER, script, writeText).isRight, true);
  assert(!verify(BEFORE, AFTER, script, () => {}).isRight);
  assert(verify(BEFORE, AFTER, script, spoil).isRight, 'outside the part that was equal');
});

test('a component may write into itself, but not against the author', () => {
  const [before, after] = [BEFORE, AFTER].map((html) => html.replaceAll('i>', 'x-i>'));
  const spoil = (/** @type {Document} */ live) => {
    writeText(live);
    /** @type {Element} */ (live.querySelector('x-i')).textContent = 'changed';
  };

  assert(verify(before, after, () => {}, (live) => {
    writeText(live);
    live.querySelector('x-i')?.append('more');
  }).isRight);
  assert(!verify(before, after, () => {}, spoil).isRight);
});
