import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createOpenings } from '../../../livereload_sse/client/state/openings.js';
import { render } from '../dom.js';

/** A page in which dialogs and popovers note what is done to them. */
function create(/** @type {string} */ html) {
  const { document } = render(html);
  /** @type {string[]} */
  const done = [];
  const find = (/** @type {string} */ selector) =>
    /** @type {any} */ (document.querySelector(selector));
  for (const element of document.querySelectorAll('dialog, [popover]')) {
    const isIn = element.matches.bind(element);
    const state = { isShown: false, isModal: false };
    Object.assign(element, {
      state,
      show: () => done.push('show'),
      showModal: () => done.push('showModal'),
      close: () => done.push('close'),
      showPopover: () => done.push('showPopover'),
      matches: (/** @type {string} */ selector) => {
        if (selector === ':modal') return state.isModal;
        return selector === ':popover-open' ? state.isShown : isIn(selector);
      },
    });
  }
  return { document, find, done, openings: createOpenings({ document }) };
}

/** @typedef {(page: ReturnType<typeof create>) => void} Act */

/** @param {string} before @param {Act} act */
function carry(before, act, after = before) {
  const [one, other] = [create(before), create(after)];
  act(one);
  const entries = JSON.parse(JSON.stringify(one.openings.read()));
  const found = entries.map(other.openings.restore);
  return { ...other, entries, found };
}

const DETAILS = '<details><summary>a</summary>text</details>';
/** @type {Act} */
const toggle = ({ find }) => void find('details').toggleAttribute('open');

test('details that were opened are open, and closed ones closed', () => {
  assert.equal(carry(DETAILS, toggle).find('details').open, true);
  assert.equal(carry(DETAILS.replace('>', ' open>'), toggle).find('details').open, false);
});

test('details that are as they came are not spoken of', () => {
  assert.deepEqual(carry(DETAILS + DETAILS.replace('>', ' open>'), () => {}).entries, []);
});

test('details that the author now closes or opens are the author\'s', () => {
  const opened = DETAILS.replace('>', ' open>');

  assert.equal(carry(opened, toggle, DETAILS).find('details').open, false);
  assert.equal(carry(DETAILS, toggle, opened).find('details').open, true);
});

test('a dialog is opened as it was', () => {
  /** @type {(isModal: boolean) => Act} */
  const open = (isModal) => ({ find }) => {
    find('dialog').toggleAttribute('open', true);
    find('dialog').state.isModal = isModal;
  };

  assert.deepEqual(carry('<dialog>x</dialog>', open(true)).done, ['showModal']);
  assert.deepEqual(carry('<dialog>x</dialog>', open(false)).done, ['show']);
});

test('a dialog of the author\'s that was closed is closed', () => {
  /** @type {Act} */
  const close = ({ find }) => void find('dialog').removeAttribute('open');

  assert.deepEqual(carry('<dialog open>x</dialog>', close).done, ['close']);
});

test('a popover that goes by itself is shown again, others are not', () => {
  /** @type {Act} */
  const show = ({ find }) => {
    find('[popover]').state.isShown = true;
  };

  assert.deepEqual(carry('<p popover>x</p>', show).done, ['showPopover']);
  assert.deepEqual(carry('<p popover=auto>x</p>', show).done, ['showPopover']);
  assert.deepEqual(carry('<p popover=manual>x</p>', show).entries, []);
});

test('what a script has opened meanwhile is not opened again', () => {
  const [one, other] = [create('<dialog>x</dialog>'), create('<dialog>x</dialog>')];
  for (const { find } of [one, other]) find('dialog').toggleAttribute('open', true);

  one.openings.read().map(other.openings.restore);

  assert.deepEqual(other.done, []);
});

test('what the author opens and a script then closes is left closed', () => {
  const [one, other] = [create(DETAILS), create(DETAILS.replace('>', ' open>'))];
  toggle(one);
  toggle(other);

  one.openings.read().map(other.openings.restore);

  assert.equal(other.find('details').open, false);
});

test('a browser without popovers is not asked for them', () => {
  const { document } = render('<p popover>x</p>');
  Object.assign(/** @type {Element} */ (document.querySelector('p')), {
    matches: () => assert.equal('asked', 'not asked'),
  });

  assert.deepEqual(createOpenings({ document }).read(), []);
});

test('what is not there yet is said to be missing', () => {
  assert.deepEqual(carry(DETAILS, toggle, '<p>x').found, [false]);
  assert.deepEqual(carry(DETAILS, toggle).found, [true]);
});
