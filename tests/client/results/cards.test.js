import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createCards } from '../../../livereload_sse/client/results/cards.js';
import { modelOf, renderPage, row, state } from './samples.js';

const FILES = [{ name: 'tests/test_a.py', key: 'ka' }];

function create(answer = /** @type {any} */ ({
  number: 1, lines: [[{ text: 'E  no' }]], cut: false, sections: [], durations: [1, 2], outcomes: ['passed', 'failed'],
})) {
  const { document, window, observers } = renderPage();
  /** @type {number[]} */
  const asked = [];
  /** @type {any[]} */
  const opened = [];
  /** @type {number[]} */
  const ran = [];
  const cards = createCards({
    document, IntersectionObserver: window.IntersectionObserver,
    ask: async (number) => { asked.push(number); return answer; },
    open: (place) => opened.push(place), again: ({ number }) => ran.push(number),
  });
  const fill = async (/** @type {Element} */ card) => {
    observers[0].fill(card);
    for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
  };
  return { cards, asked, opened, ran, fill };
}

/** @param {any} outcome @param {any} [more] */
function tests(outcome, more = {}, run = 1) {
  return [...modelOf(state([row(1, outcome, { run })], more)).tests.values()];
}

const NOTES = [{ number: 1, message: 'assert 1 == 2', place: { name: 'src/cart.py', line: 7, key: 'kc' } }];

test('a card says what failed, where, and why', () => {
  const { cards, opened } = create();
  const [card] = cards.find(tests('failed', { notes: NOTES }), FILES, 1);

  assert.equal(card.querySelector('h3')?.textContent, 'test_1');
  assert.equal(card.querySelector('.message')?.textContent, 'assert 1 == 2');
  const places = /** @type {HTMLElement[]} */ ([...card.querySelectorAll('.place')]);
  assert.deepEqual(places.map(({ textContent }) => textContent), ['tests/test_a.py:10', 'src/cart.py:7']);
  assert.equal(card.querySelector('.facts')?.textContent?.match(/failed/g)?.length, 1);
  for (const place of places) place.click();
  assert.deepEqual(opened.map(({ key, line }) => [key, line]), [['ka', 10], ['kc', 7]]);
});

test('where it did not fail elsewhere its outcome is a word of its own', () => {
  const { cards } = create();
  const words = ['failed', 'error', 'passed'].map((outcome) => {
    const [card] = cards.find(tests(outcome), FILES, 1);
    return card.querySelector('.outcome')?.textContent;
  });

  assert.deepEqual(words, ['failed', 'error', 'passed']);
});

test('the traceback is asked for once, when the card comes into view', async () => {
  const { cards, asked, fill } = create();
  const [card] = cards.find(tests('failed'), FILES, 1);
  assert.deepEqual(asked, []);

  await fill(card);
  await fill(card);

  assert.deepEqual(asked, [1]);
  assert.equal(card.querySelector('.output')?.textContent, 'E  no\n');
  assert.deepEqual([...card.querySelectorAll('.chart rect')].map((bar) => bar.getAttribute('class')), ['good', 'bad']);
});

test('a card stays while its test has not run again', () => {
  const { cards } = create();
  const [card] = cards.find(tests('failed'), FILES, 1);
  const [same] = cards.find(tests('failed'), FILES, 2);
  const isMarked = same.classList.contains('before');
  const [other] = cards.find(tests('failed', {}, 2), FILES, 2);

  assert(same === card && other !== card);
  assert.deepEqual([isMarked, other.classList.contains('before')], [true, false]);
});

test('a test that passed needs no excuse for not having run again', () => {
  const { cards } = create();
  const [card] = cards.find(tests('passed'), FILES, 2);

  assert.equal(card.classList.contains('before'), false);
});

test('its button runs the test', () => {
  const { cards, ran } = create();
  const [card] = cards.find(tests('failed'), FILES, 1);

  /** @type {HTMLElement} */ (card.querySelector('.again')).click();

  assert.deepEqual(ran, [1]);
});

test('what never came is asked for again once the server is back', async () => {
  const { cards, asked, fill } = create(null);
  const [card] = cards.find(tests('failed'), FILES, 1);
  await fill(card);

  cards.reset();
  const [again] = cards.find(tests('failed'), FILES, 1);
  await fill(again);

  assert(again !== card);
  assert.deepEqual(asked, [1, 1]);
});
