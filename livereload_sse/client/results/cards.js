/**
 * A card for each test that failed: its name, what went wrong and where, and the traceback once it
 * comes into view.
 *
 * Knows tests and how to ask for their details; refuses to know which ones are worth a card. A card
 * stays as it is until its test has run again, so that what is read and selected is not torn away.
 */

import { element } from '../build/look.js';
import { drawChart } from './chart.js';
import { isFailure } from './messages.js';
import { drawDetails, drawPlace } from './output.js';
import { drawMark, wordOf } from './marks.js';
import { writeDuration } from './time.js';

/** @import {Details, File, Outcome} from './messages.js' */
/** @import {Test} from './model.js' */
/** @import {Open} from './output.js' */

/**
 * @typedef {object} Cards
 * @property {(tests: readonly Test[], files: readonly File[], run: number) => Element[]} find the
 *   card of each test, in their order
 * @property {() => void} reset draw all of them anew: what was asked for may never have come
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {typeof globalThis.IntersectionObserver} world.IntersectionObserver
 * @param {(number: number) => Promise<Details | null>} world.ask
 * @param {Open} world.open
 * @param {(test: Test) => void} world.again run this test
 * @returns {Cards}
 */
export function createCards({ document, IntersectionObserver, ask, open, again }) {
  /** @type {Map<string, HTMLElement>} */
  let made = new Map();
  /** @type {WeakMap<Element, Test>} */
  const waiting = new WeakMap();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) fill(target);
  }, { rootMargin: '300px' });

  /** @type {Cards['find']} */
  function find(tests, files, run) {
    /** @type {typeof made} */
    const next = new Map();
    for (const test of tests) {
      const key = `${test.number}-${test.run}-${test.outcome}`;
      const card = made.get(key) ?? draw(test, files[test.file]);
      card.classList.toggle('before', isFailure(test.outcome) && test.run !== run);
      next.set(key, card);
    }
    for (const [key, card] of made) if (!next.has(key)) observer.unobserve(card);
    made = next;
    return [...next.values()];
  }

  /** @param {Test} test @param {File | undefined} file */
  function draw(test, file) {
    const card = element(document, 'article', { class: `card ${test.outcome || 'never'}` });
    const title = element(document, 'h3', {}, test.name.replaceAll('::', ' › '));
    const button = element(document, 'button', { type: 'button', class: 'again' }, 'Run');
    button.addEventListener('click', () => again(test));
    const head = element(document, 'header');
    head.append(drawMark(document, test.outcome), title, button);
    card.append(head, drawFacts(test, file));
    if (test.message) card.append(element(document, 'p', { class: 'message', dir: 'auto' }, test.message));
    const more = element(document, 'div', { class: 'more' });
    card.append(more);
    waiting.set(card, test);
    observer.observe(card);
    return card;
  }

  /** @param {Test} test @param {File | undefined} file */
  function drawFacts(test, file) {
    const facts = element(document, 'p', { class: 'facts' });
    const { place, line, outcome, duration } = test;
    facts.append(drawPlace(document, { name: file?.name ?? '', line, key: file?.key ?? '' }, open));
    if (place && (place.name !== file?.name || place.line !== line)) {
      facts.append(element(document, 'span', {}, isFailure(outcome) ? 'failed at' : 'at'));
      facts.append(drawPlace(document, place, open));
    }
    const isSaid = outcome === 'failed' && facts.childElementCount > 1;
    if (!isSaid) facts.append(element(document, 'span', { class: 'outcome' }, wordOf(outcome)));
    if (outcome) facts.append(element(document, 'span', { class: 'took' }, writeDuration(duration)));
    facts.append(element(document, 'span', { class: 'stale' }, 'not run again'));
    return facts;
  }

  /** @param {Element} card */
  async function fill(card) {
    const test = waiting.get(card);
    if (!test) return;
    waiting.delete(card);
    observer.unobserve(card);
    const details = await ask(test.number);
    if (details === null) return; // the server is away, or the test gone: the card will be, too
    const box = card.querySelector('.more');
    box?.replaceChildren(...drawDetails(document, details, open), ...drawTrend(details));
  }

  /** @param {Details} details */
  function drawTrend({ durations, outcomes }) {
    if (durations.length < 2) return [];
    const bars = durations.map((seconds, index) => ({
      seconds, kind: kindOf(outcomes[index]), words: wordOf(outcomes[index]),
    }));
    const figure = element(document, 'figure', { class: 'trend' });
    const label = `How long it took in its last ${durations.length} runs`;
    figure.append(
      drawChart(document, bars, { label, height: 28 }),
      element(document, 'figcaption', {}, `Last ${durations.length} runs, the longest ${writeDuration(Math.max(...durations))}`),
    );
    return [figure];
  }

  function reset() {
    observer.disconnect();
    made = new Map();
  }

  return { find, reset };
}

/** @param {Outcome} outcome @returns {'good' | 'bad' | 'none'} */
function kindOf(outcome) {
  return isFailure(outcome) ? 'bad' : outcome === 'skipped' ? 'none' : 'good';
}
