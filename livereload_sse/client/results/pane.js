/**
 * What is shown beside the list: the selected test or file, else what needs a person's eye.
 *
 * Knows which of the tests are worth being shown, and how many; refuses to know how a card looks.
 */

import { element } from '../build/look.js';
import { isFailure } from './messages.js';
import { drawLines, drawPlace } from './output.js';
import { writeDuration } from './time.js';
import { count } from './verdict.js';

/** @import {Cards} from './cards.js' */
/** @import {Problem} from './messages.js' */
/** @import {Model, Test} from './model.js' */
/** @import {Open} from './output.js' */

const MOST_CARDS = 40;
const MOST_SLOW = 10;

/** @typedef {{file: number} | {test: number} | null} Selected */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {HTMLElement} world.box
 * @param {Cards} world.cards
 * @param {Open} world.open
 * @param {(tests: readonly Test[]) => void} world.again
 * @param {(selected: Selected) => void} world.select
 */
export function createPane({ document, box, cards, open, again, select }) {
  /** @type {readonly Problem[]} */
  let problemsDrawn = [];
  /** @type {Element[]} */
  let problems = [];
  let looks = '';

  /** @param {Model} model @param {Selected} selected */
  function show(model, selected) {
    const parts = selected === null ? overview(model) : 'test' in selected
      ? oneTest(model, selected.test) : oneFile(model, selected.file);
    replace(parts);
    const next = JSON.stringify(selected);
    if (next !== looks) box.scrollTop = 0;
    looks = next;
  }

  /** Elements that stay are not moved: they may have the focus, or a selection in them. */
  function replace(/** @type {Element[]} */ parts) {
    const wanted = new Set(parts);
    for (const child of [...box.children]) if (!wanted.has(child)) child.remove();
    parts.forEach((part, index) => {
      if (box.children[index] !== part) box.insertBefore(part, box.children[index] ?? null);
    });
  }

  /** @param {Model} model */
  function overview(model) {
    const failing = orderFailing(model);
    const parts = [...drawProblems(model.problems), ...cardsOf(model, failing)];
    if (failing.length > MOST_CARDS) {
      parts.push(element(document, 'p', { class: 'rest' },
        `and ${failing.length - MOST_CARDS} more in the list`));
    }
    if (parts.length > 0) return parts;
    if (model.tests.size === 0 && model.run.finished !== null && model.run.number > 0) return [drawNoTests()];
    return drawSlowest(model, [...model.tests.values()], 'Slowest tests');
  }

  function drawNoTests() {
    const words = 'No tests were found. The first one runs as soon as it is saved.';
    return element(document, 'p', { class: 'rest' }, words);
  }

  /** @param {Model} model @param {number} number */
  function oneTest(model, number) {
    const test = model.tests.get(number);
    return [back(), ...(test ? cardsOf(model, [test]) : [])];
  }

  /** @param {Model} model @param {number} file */
  function oneFile(model, file) {
    const tests = [...model.tests.values()].filter((test) => test.file === file);
    const failing = tests.filter(({ outcome }) => isFailure(outcome));
    const head = element(document, 'header', { class: 'file' });
    const button = element(document, 'button', { type: 'button', class: 'again' }, 'Run');
    button.addEventListener('click', () => again(tests));
    const { name = '', key = '' } = model.files[file] ?? {};
    const title = element(document, 'h2');
    title.append(drawPlace(document, { name, line: 0, key }, open));
    head.append(title, button);
    const said = `${count(tests.length, 'test')}, ${failing.length || 'none'} of them failing`;
    return [
      back(), head, element(document, 'p', { class: 'facts' }, said), ...cardsOf(model, failing),
      ...drawSlowest(model, tests, 'Slowest'),
    ];
  }

  function back() {
    const button = element(document, 'button', { type: 'button', class: 'back' }, '← All results');
    button.addEventListener('click', () => select(null));
    return button;
  }

  /** @param {Model} model @param {Test[]} tests */
  function cardsOf(model, tests) {
    return cards.find(tests.slice(0, MOST_CARDS), model.files, model.run.number);
  }

  /** @param {readonly Problem[]} told */
  function drawProblems(told) {
    if (told !== problemsDrawn || told.length !== problems.length) problems = told.map(drawProblem);
    problemsDrawn = told;
    return problems;
  }

  /** @param {Problem} problem */
  function drawProblem({ title, message, place, lines }) {
    const card = element(document, 'article', { class: 'card error problem' });
    const head = element(document, 'header');
    head.append(element(document, 'h3', {}, title || 'pytest'));
    card.append(head);
    if (place) {
      const facts = element(document, 'p', { class: 'facts' });
      facts.append(drawPlace(document, place, open));
      card.append(facts);
    }
    if (message) card.append(element(document, 'p', { class: 'message', dir: 'auto' }, message));
    if (lines.length > 0) card.append(drawLines(document, lines, open, 'Traceback'));
    return card;
  }

  /** @param {Model} model @param {Test[]} tests @param {string} title */
  function drawSlowest(model, tests, title) {
    const slow = tests.filter(({ outcome, duration }) => outcome && duration > 0)
      .sort((one, other) => other.duration - one.duration).slice(0, MOST_SLOW);
    if (slow.length === 0) return [];
    const section = element(document, 'section', { class: 'slowest' });
    const list = element(document, 'ol');
    for (const test of slow) list.append(drawSlow(model, test, slow[0].duration));
    section.append(element(document, 'h2', {}, title), list);
    return [section];
  }

  /** @param {Model} model @param {Test} test @param {number} most seconds */
  function drawSlow(model, test, most) {
    const item = element(document, 'li');
    const button = element(document, 'button', { type: 'button' });
    const bar = element(document, 'i', { 'aria-hidden': 'true' });
    bar.style.inlineSize = `${(100 * test.duration) / most}%`;
    button.append(
      element(document, 'span', { class: 'name' }, test.name.replaceAll('::', ' › ')),
      element(document, 'span', { class: 'where' }, model.files[test.file]?.name ?? ''),
      element(document, 'span', { class: 'took' }, writeDuration(test.duration)), bar,
    );
    button.addEventListener('click', () => select({ test: test.number }));
    item.append(button);
    return item;
  }

  return { show };
}

/** What failed in this run comes before what has not been run again. @param {Model} model */
function orderFailing(model) {
  const failing = model.failing().sort((one, other) => one.file - other.file);
  const isNew = (/** @type {Test} */ test) => test.run === model.run.number;
  return [...failing.filter(isNew), ...failing.filter((test) => !isNew(test))];
}
