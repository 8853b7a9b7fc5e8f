import assert from 'node:assert/strict';
import { test } from 'node:test';

import { keepEnabled } from '../../../livereload_sse/client/swap/alternates.js';

/** @param {string} rel @param {boolean} isOn whether its rules take effect @returns {any} */
function createLink(rel, isOn) {
  /** @type {string[]} */
  const rules = ['a', 'b'];
  const sheet = {
    cssRules: rules,
    insertRule: (/** @type {string} */ text, /** @type {number} */ index) => {
      rules.splice(index, 0, text);
      return index;
    },
    deleteRule: (/** @type {number} */ index) => rules.splice(index, 1),
  };
  const getPropertyValue = (/** @type {string} */ name) =>
    isOn && rules.some((text) => text.includes(`${name}: on`)) ? ' on' : '';
  const defaultView = { getComputedStyle: () => ({ getPropertyValue }) };
  return { rel, sheet, rules, ownerDocument: { documentElement: null, defaultView } };
}

/** @returns {any} */
function createClone() {
  /** @type {boolean[]} */
  const states = [];
  return {
    states,
    set disabled(/** @type {boolean} */ state) {
      states.push(state);
    },
  };
}

test('an alternate sheet in effect is switched on in its clone, and keeps its rules', () => {
  const link = createLink('Alternate StyleSheet', true);
  const clone = createClone();

  keepEnabled(link, clone);

  assert.deepEqual(
    [clone.states, link.rules],
    [
      [true, false],
      ['a', 'b'],
    ],
  );
});

test('an alternate sheet without effect, and any other sheet, are left as they are', () => {
  const clone = createClone();

  keepEnabled(createLink('alternate stylesheet', false), clone);
  keepEnabled(createLink('stylesheet', true), clone);

  assert.deepEqual(clone.states, []);
});

test('a sheet that could not be loaded has no effect', () => {
  const clone = createClone();
  const link = createLink('alternate stylesheet', true);
  link.sheet.insertRule = () => {
    throw new Error('hidden');
  };

  keepEnabled(link, clone);
  keepEnabled({ ...link, sheet: null }, clone);

  assert.deepEqual(clone.states, []);
});
