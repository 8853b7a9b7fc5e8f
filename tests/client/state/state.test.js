import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createState } from '../../../livereload_sse/client/state/state.js';
import { render } from '../dom.js';
import { createClock } from '../fakes.js';

/** A page that is still loading; `listen` and `load` are the moments to come. */
function create(/** @type {string} */ html) {
  const { window, document } = render(html);
  const clock = createClock();
  let readyState = 'interactive';
  Object.defineProperty(document, 'readyState', { get: () => readyState });
  Object.defineProperty(window, 'requestAnimationFrame', { value: () => 0 });
  const { setTimeout, now } = clock;
  const state = createState({ document, window, setTimeout, now });
  const find = (/** @type {string} */ selector) =>
    /** @type {HTMLInputElement} */ (document.querySelector(selector));
  function type(/** @type {string} */ selector, /** @type {string} */ value) {
    find(selector).value = value;
    find(selector).dispatchEvent(new window.Event('input', { bubbles: true }));
  }
  function listen() {
    document.dispatchEvent(new window.Event('DOMContentLoaded'));
    clock.advance(0.01);
  }
  function load() {
    readyState = 'complete';
    window.dispatchEvent(new window.Event('load'));
    clock.advance(0.01);
  }
  return { window, document, clock, state, find, type, listen, load };
}

const PAGE = '<details><summary>s</summary><input name=a></details><input name=b>';

function readPage() {
  const { document, state, find, type } = create(PAGE);
  find('details').toggleAttribute('open', true);
  type('[name=a]', 'one');
  type('[name=b]', 'two');
  find('[name=a]').focus();
  assert(document.activeElement);
  return JSON.parse(JSON.stringify(state.read()));
}

test('all that was done is restored when the scripts of the page listen, not before', () => {
  const { document, state, find, listen } = create(PAGE);

  state.restore(readPage());
  const before = [find('[name=a]').value, find('details').hasAttribute('open')];
  listen();

  assert.deepEqual(before, ['', false]);
  assert.deepEqual([find('[name=a]').value, find('[name=b]').value], ['one', 'two']);
  assert(find('details').hasAttribute('open'));
  assert(document.activeElement === find('[name=a]'));
});

test('listeners that the page adds for the same moment have run first', () => {
  const { document, state, find, listen } = create(PAGE);
  /** @type {string[]} */
  const heard = [];
  state.restore(readPage());
  document.addEventListener('DOMContentLoaded', () =>
    find('[name=b]').addEventListener('input', () => heard.push('input')));

  listen();

  assert.deepEqual(heard, ['input']);
});

test('what comes later is restored at the load, and once', () => {
  const { window, document, clock, state, find, listen, load } = create('<main></main>');
  state.restore(readPage());
  listen();
  find('main').outerHTML = PAGE;
  load();
  const value = find('[name=b]').value;
  find('[name=b]').value = '';
  document.dispatchEvent(new window.Event('DOMContentLoaded'));
  clock.advance(1);

  assert.deepEqual([value, find('[name=b]').value], ['two', '']);
});

test('a page that is loaded already is restored now', () => {
  const { state, find, load } = create(PAGE);
  load();

  state.restore(readPage());

  assert.equal(find('[name=b]').value, 'two');
});

test('a page that is reloaded again before it was restored hands all on', () => {
  const { state } = create(PAGE);
  const given = readPage();

  state.restore(given);

  assert.deepEqual(state.read(), given);
});

test('what never came is not handed on for ever', () => {
  const { state, listen, load } = create('<main></main>');
  state.restore(readPage());

  listen();
  load();

  assert.deepEqual(state.read(), { scroll: [], focus: [], fields: [], openings: [] });
});

test('the state is bounded: what is too large stays behind, not the rest', () => {
  const { state, type } = create('<textarea name=a></textarea><textarea name=b></textarea>');
  type('[name=a]', 'x'.repeat(250_000));
  type('[name=b]', 'y'.repeat(1000));

  const { fields } = state.read();

  assert.deepEqual(fields.map(({ value }) => value), ['y'.repeat(1000)]);
});

const STRANGE = [
  null, 7, 'text', [], {}, { fields: 7, scroll: {} }, { scroll: [null], openings: [null] },
  { scroll: [{}], focus: [{}, { type: 'focus' }], fields: [{ at: [] }, { at: [{ steps: 7 }] }] },
  { scroll: [{ at: null, top: 'x', anchors: [7] }], openings: [{ at: [{ id: '', steps: [] }] }] },
];
for (const strange of STRANGE) {
  test(`what is not a state does no harm: ${JSON.stringify(strange)}`, () => {
    const { state, find, listen, load } = create(PAGE);
    const given = readPage();
    const mixed = Object.fromEntries(Object.entries(given).map(([name, entries]) => {
      const odd = /** @type {any} */ (strange)?.[name];
      return [name, Array.isArray(odd) ? [...odd, ...entries] : entries];
    }));

    const alone = create(PAGE);

    alone.state.restore(strange);
    alone.listen();
    alone.load();
    state.restore(mixed);
    listen();
    load();

    assert.equal(find('[name=b]').value, 'two');
  });
}

test('a page that breaks what is used to read it is still reloaded, with the rest', () => {
  const { window, document, state, type } = create(PAGE);
  type('[name=b]', 'two');
  Object.defineProperty(document, 'activeElement', { get: () => { throw new Error('broken'); } });
  assert(window);

  const { fields, focus } = state.read();

  assert.deepEqual([fields.length, focus], [1, []]);
});

test('the focus is the person\'s once they have done something', () => {
  const { window, document, state, listen } = create(PAGE);
  /** @type {any[]} */
  const listeners = [];
  const listenTo = window.addEventListener.bind(window);
  Object.assign(window, {
    addEventListener: (/** @type {[string, any, any]} */ ...given) => {
      listeners.push(given);
      listenTo(...given);
    },
  });
  state.restore(readPage());
  const [, press] = listeners.find(([name]) => name === 'keydown');
  press({ isTrusted: true });

  listen();

  assert(document.activeElement === document.body);
});
