import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  findMark, readAnchors, shiftOf,
} from '../../../livereload_sse/client/state/anchors.js';
import { render } from '../dom.js';

/** Laid out by its attributes: `top` and `height`, both of the page; scrolled by `by`. */
function layOut(/** @type {string} */ html, by = 0, start = 0) {
  const { document } = render(`<main top=${start} height=1000>${html}</main>`);
  const read = (/** @type {Element} */ element, /** @type {string} */ name) =>
    Number(element.getAttribute(name) ?? 0);
  for (const element of document.querySelectorAll('main, main *')) {
    const [top, height] = [read(element, 'top'), read(element, 'height')];
    Object.defineProperties(element, {
      offsetTop: { value: top },
      offsetParent: { value: element.parentElement?.closest('[positioned]') ?? null },
      getBoundingClientRect: {
        value: () => ({ top: top - by, bottom: top + height - by, height }),
      },
    });
  }
  const main = /** @type {Element} */ (document.querySelector('main'));
  return { document, main };
}

const LINES = [0, 1, 2, 3, 4, 5].map((n) => `<p top=${n * 50} height=50>Line ${n}</p>`);
const VIEW = { top: 0, height: 100 };

test('what is in sight is noted, each element once', () => {
  const { main } = layOut(LINES.join(''), 120);

  const tops = readAnchors(main, VIEW).map(({ top }) => top);

  assert.deepEqual(tops, [100, 150]);
});

test('the innermost element counts that reaches below the line', () => {
  const section = `<section top=100 height=200>${LINES[3]}</section>`;
  const { main } = layOut(`<div top=0 height=300>${section}</div>`, 120);

  const [{ at, top }] = readAnchors(main, VIEW);

  assert.deepEqual([at[0].kind, top], ['p', 150]);
});

test('what begins below the line is not looked into', () => {
  const { main } = layOut('<p top=130 height=300><em top=140 height=20>x</em></p>', 120);

  assert.deepEqual(readAnchors(main, { top: 0, height: 4 }).map(({ at }) => at[0].kind), ['p']);
});

test('a distance is measured through all that is positioned on the way', () => {
  const { main } = layOut(`<div positioned top=70 height=300>${LINES[3]}</div>`);

  assert.equal(readAnchors(main, { top: 150, height: 1 })[0].top, 70 + 150);
});

test('what does not scroll with the page, or has no size, is no anchor', () => {
  const { main } = layOut(
    `<header top=0 height=400 style="position: fixed">F</header><i top=140 height=0>I</i>
     <nav top=0 height=400 style="position: sticky">S</nav>${LINES.join('')}`, 120,
  );

  const kinds = readAnchors(main, VIEW).map(({ at }) => at[0].kind);

  assert.deepEqual(kinds, ['p', 'p']);
});

test('what is scrolled within is not looked into', () => {
  const { main } = layOut(`<div top=0 height=400>${LINES.join('')}</div>`, 120);
  /** @type {Element} */ (main.querySelector('div')).scrollTop = 5;

  assert.deepEqual(readAnchors(main, VIEW).map(({ at }) => at[0].kind), ['div']);
});

test('the shift is how much further down an anchor is now', () => {
  const anchors = readAnchors(layOut(LINES.join(''), 120).main, VIEW);
  const moved = LINES.join('').replace(/top=(\d+)/g, (_, top) => `top=${Number(top) + 30}`);
  const { main } = layOut(`<p top=0 height=30>News</p>${moved}`, 0, 10);
  const mark = findMark(main, anchors);

  assert.equal(mark && shiftOf(main, mark), 20, 'the scroller itself is 10 further down');
});

test('an anchor that was rewritten gives way to the next', () => {
  const anchors = readAnchors(layOut(LINES.join(''), 120).main, VIEW);
  const { main } = layOut(LINES.join('').replace('Line 2', 'All new'));

  assert.equal(findMark(main, anchors)?.element.textContent, 'Line 3');
});

test('where all was rewritten there is none', () => {
  const anchors = readAnchors(layOut(LINES.join(''), 120).main, VIEW);
  const { main } = layOut(LINES.join('').replaceAll('Line', 'Verse'));

  assert.equal(findMark(main, anchors), null);
});
