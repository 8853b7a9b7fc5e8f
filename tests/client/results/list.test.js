import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createList, ROW_HEIGHT } from '../../../livereload_sse/client/results/list.js';
import { render } from '../dom.js';

function create(height = 10 * ROW_HEIGHT) {
  const { document } = render('<div id="box"></div>');
  const box = /** @type {HTMLElement} */ (document.getElementById('box'));
  Object.defineProperty(box, 'clientHeight', { value: height });
  /** @type {(() => void)[]} */
  const frames = [];
  let drawn = 0;
  const list = createList({
    document, box, window: { requestAnimationFrame: (run) => frames.push(/** @type {any} */ (run)) },
    draw: (/** @type {string} */ text) => {
      drawn += 1;
      const made = document.createElement('div');
      made.className = 'row';
      made.textContent = text;
      return made;
    },
  });
  const texts = () => [...box.querySelectorAll('.row')].map(({ textContent }) => textContent);
  return { list, box, frames, texts, drawn: () => drawn };
}

const items = (/** @type {number} */ count, looks = '') =>
  Array.from({ length: count }, (_, number) => ({ key: `k${number}`, looks, row: `${number}${looks}` }));

test('of very many rows those are elements that can be seen', () => {
  const { list, box, texts } = create();

  list.show(items(5000), '');

  assert.equal(texts().length, 18);
  assert.equal(box.querySelector('.space')?.getAttribute('style'), `block-size: ${5000 * ROW_HEIGHT}px;`);
});

test('scrolling brings others, once for each frame', () => {
  const { list, box, frames, texts } = create();
  list.show(items(5000), '');

  box.scrollTop = 1000 * ROW_HEIGHT;
  for (let times = 0; times < 3; times += 1) box.dispatchEvent(new (/** @type {any} */ (box.ownerDocument.defaultView).Event)('scroll'));
  assert.equal(frames.length, 1);
  frames[0]();

  assert.deepEqual([texts().includes('1000'), texts().includes('0'), texts().length], [true, false, 26]);
});

test('a row that looks the same stays the same element', () => {
  const { list, box, drawn } = create();
  list.show(items(5), 'k1');
  const first = box.querySelector('.row');

  list.show(items(5), 'k2');
  const before = drawn();
  list.show(items(5, 'new'), 'k2');

  assert.deepEqual([before, drawn()], [5, 10]);
  assert(box.querySelector('.row') !== first);
  assert.equal(box.querySelectorAll('.row').length, 5);
});

test('a row stands where its number says', () => {
  const { list, box } = create();
  const [one, two] = items(2);
  list.show([one, two], '');
  list.show([two, one], '');

  const tops = [...box.querySelectorAll('.row')].map((row) =>
    [row.textContent, /** @type {HTMLElement} */ (row).style.transform]);
  assert.deepEqual(tops, [['0', `translateY(${ROW_HEIGHT}px)`], ['1', 'translateY(0px)']]);
});

test('the selected row is told to who cannot see it', () => {
  const { list, box } = create();

  list.show(items(5), 'k3');
  const selected = box.querySelector('[aria-selected=true]');
  const active = box.getAttribute('aria-activedescendant');
  list.show(items(2), 'k3');

  assert.deepEqual([selected?.textContent, active], ['3', 'row-k3']);
  assert.equal(box.hasAttribute('aria-activedescendant'), false);
});

test('a row is brought into view, no further than it takes', () => {
  const { list, box } = create();
  list.show(items(100), '');

  list.reveal('k50');
  const down = box.scrollTop;
  list.reveal('k45');
  const stays = box.scrollTop;
  list.reveal('k10');
  list.reveal('nothing');

  assert.deepEqual([down, stays, box.scrollTop], [41 * ROW_HEIGHT, 41 * ROW_HEIGHT, 10 * ROW_HEIGHT]);
});
