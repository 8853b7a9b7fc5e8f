import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createPane } from '../../../livereload_sse/client/results/pane.js';
import { modelOf, renderPage, row, state } from './samples.js';

function create() {
  const { document, part } = renderPage();
  /** @type {any[]} */
  const done = [];
  /** @type {Map<number, HTMLElement>} */
  const made = new Map();
  const cards = /** @type {any} */ ({
    find: (/** @type {any[]} */ tests) => tests.map(({ number }) => {
      const card = made.get(number) ?? document.createElement('article');
      card.dataset.number = String(number);
      made.set(number, card);
      return card;
    }),
  });
  const pane = createPane({
    document, box: part('pane'), cards, open: () => {}, again: (tests) => done.push(tests.map(({ number }) => number)),
    select: (selected) => done.push(selected),
  });
  const numbers = () => [...part('pane').querySelectorAll('[data-number]')].map((card) => Number(/** @type {HTMLElement} */ (card).dataset.number));
  return { pane, box: part('pane'), numbers, done };
}

test('without a selection there is all that failed, that of this run first', () => {
  const { pane, numbers } = create();

  pane.show(modelOf(state([row(1, 'failed', { run: 1 }), row(2), row(3, 'error', { run: 2 })], { run: { run: 2 } })), null);

  assert.deepEqual(numbers(), [3, 1]);
});

test('of very many failures some are shown and the others counted', () => {
  const { pane, numbers, box } = create();
  const tests = Array.from({ length: 100 }, (_, index) => row(index + 1, 'failed'));

  pane.show(modelOf(state(tests)), null);

  assert.equal(numbers().length, 40);
  assert.equal(box.querySelector('.rest')?.textContent, 'and 60 more in the list');
});

test('where there are no tests it is said what would bring them here', () => {
  const { pane, box } = create();

  pane.show(modelOf(state([])), null);
  assert.equal(box.textContent, 'No tests were found. The first one runs as soon as it is saved.');
  pane.show(modelOf(state([], { run: { finished: null } })), null);
  assert.equal(box.textContent, '');
});

test('a file that cannot be collected stands above all', () => {
  const { pane, box } = create();
  const problem = { title: 'a.py', message: 'No module', place: { name: 'a.py', line: 3, key: 'k' }, lines: [[{ text: 'E' }]] };
  const model = modelOf(state([row(1, 'failed')], { problems: [problem] }));

  pane.show(model, null);
  const [first] = box.children;
  pane.show(model, null);

  assert.equal(first.querySelector('h3')?.textContent, 'a.py');
  assert.equal(first.querySelector('.place')?.textContent, 'a.py:3');
  assert(box.children[0] === first);
});

test('when all is well the slowest tests are shown', () => {
  const { pane, box, done } = create();
  pane.show(modelOf(state([row(1, 'passed', { duration: 1 }), row(2, 'passed', { duration: 4 }), row(3, '')])), null);

  const names = [...box.querySelectorAll('.slowest .name')].map(({ textContent }) => textContent);
  /** @type {HTMLElement} */ (box.querySelector('.slowest button')).click();

  assert.deepEqual(names, ['test_2', 'test_1']);
  assert.deepEqual(done, [{ test: 2 }]);
});

test('the selected test stands alone, with a way back', () => {
  const { pane, box, numbers, done } = create();
  pane.show(modelOf(state([row(1, 'failed'), row(2)])), { test: 2 });

  /** @type {HTMLElement} */ (box.querySelector('.back')).click();

  assert.deepEqual([numbers(), done], [[2], [null]]);
});

test('a selected file shows its failures and can be run', () => {
  const { pane, box, numbers, done } = create();
  pane.show(modelOf(state([row(1, 'failed'), row(2), row(3, 'failed', { file: 1 })])), { file: 0 });

  /** @type {HTMLElement} */ (box.querySelector('.again')).click();

  assert.deepEqual([numbers(), done], [[1], [[1, 2]]]);
  assert.equal(box.querySelector('.facts')?.textContent, '2 tests, 1 of them failing');
});

test('what stays is not moved', () => {
  const { pane, box } = create();
  const tests = [row(1, 'failed'), row(2, 'failed')];
  pane.show(modelOf(state(tests)), null);
  const second = box.children[1];
  let moves = 0;
  const insertBefore = box.insertBefore.bind(box);
  box.insertBefore = (/** @type {any} */ ...words) => { moves += 1; return /** @type {any} */ (insertBefore)(...words); };

  pane.show(modelOf(state([row(1), row(2, 'failed')])), null);

  assert(box.children[0] === second);
  assert.equal(moves, 0);
});
