import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSheet } from '../../../livereload_sse/client/build/sheet.js';
import { createWorld } from './world.js';

/** @param {string} [html] */
function create(html) {
  const world = createWorld(html);
  let closed = 0;
  const sheet = createSheet({ ...world, dismissed: () => { closed += 1; } });
  const { document, window } = world;
  const root = () => world.root('sse-reload-overlay');
  const part = (/** @type {string} */ text) => {
    const made = document.createElement('button');
    made.textContent = text;
    return made;
  };
  const press = (/** @type {string} */ key, /** @type {Element | null} */ at) =>
    at?.dispatchEvent(new window.KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }));
  return { ...world, sheet, root, part, press, closed: () => closed };
}

test('it has a role and a name, and the parts it was given', () => {
  const { sheet, part, root } = create();

  sheet.put('alertdialog', 'wrong', [part('one'), part('two')]);

  const dialog = root()?.querySelector('dialog');
  assert.equal(dialog?.getAttribute('role'), 'alertdialog');
  assert.equal(root()?.getElementById(dialog?.getAttribute('aria-labelledby') ?? '')?.textContent, 'wrong');
  assert.equal(sheet.find('.body')?.textContent, 'onetwo');
});

test('the focus comes in and goes back to where it was', () => {
  const { sheet, document, root } = create();
  const field = /** @type {HTMLElement} */ (document.getElementById('field'));
  field.focus();

  sheet.put('dialog', 'x', []);
  const inside = root()?.activeElement;
  sheet.close();

  assert.equal(inside?.className, 'paper');
  assert.equal(document.activeElement, field);
});

test('the focus goes back into a component of the page', () => {
  const { sheet, document } = create();
  const own = document.body.appendChild(document.createElement('x-field')).attachShadow({ mode: 'open' });
  const field = own.appendChild(document.createElement('input'));
  field.focus();

  sheet.put('dialog', 'x', []);
  const meanwhile = own.activeElement;
  sheet.close();

  assert.deepEqual([meanwhile, own.activeElement], [null, field]);
});

test('a focus that was lost with the old report stays on the sheet', () => {
  const { sheet, part, root } = create();
  const button = part('one');
  sheet.put('dialog', 'x', [button]);
  button.focus();

  sheet.put('dialog', 'x', [part('two')]);

  assert.equal(root()?.activeElement?.className, 'paper');
});

test('somebody who has gone back to the page is left there', () => {
  const { sheet, document } = create();
  sheet.put('dialog', 'x', []);
  const field = /** @type {HTMLElement} */ (document.getElementById('field'));
  field.focus();

  sheet.put('dialog', 'y', []);

  assert.equal(document.activeElement, field);
});

for (const where of ['within', 'page']) {
  test(`Escape closes it, and nothing else: ${where}`, () => {
    const { sheet, document, window, press, root, closed } = create();
    /** @type {string[]} */
    const heard = [];
    document.addEventListener('keydown', ({ key }) => heard.push(key), true);
    sheet.put('dialog', 'x', []);

    press('Escape', where === 'within' ? sheet.find('.paper') : document.body);
    const first = [root(), closed(), heard.length];
    press('Escape', document.body);

    assert.deepEqual(first, [null, 1, 0]);
    assert.deepEqual([heard, closed()], [['Escape'], 1]);
    assert.equal(window.document, document);
  });
}

test('other keys do not close it', () => {
  const { sheet, press } = create();
  sheet.put('dialog', 'x', []);

  press('Enter', sheet.find('.paper'));

  assert.equal(sheet.isOpen(), true);
});

test('a gesture closes it as the button does', () => {
  const { sheet, window, closed } = create();
  sheet.put('dialog', 'x', []);
  sheet.find('dialog')?.dispatchEvent(new window.Event('cancel', { cancelable: true }));
  const once = [sheet.isOpen(), closed()];
  sheet.put('dialog', 'x', []);

  sheet.find('.close')?.click();

  assert.deepEqual([once, sheet.isOpen(), closed()], [[false, 1], false, 2]);
});

test('who closes it by program was not a person', () => {
  const { sheet, closed } = create();
  sheet.put('dialog', 'x', []);

  sheet.close();

  assert.equal(closed(), 0);
});

test('a page that has thrown it away gets another', () => {
  const { sheet, document } = create();
  sheet.put('dialog', 'x', []);
  document.querySelector('sse-reload-overlay')?.remove();
  const without = sheet.isOpen();

  sheet.put('dialog', 'y', []);

  assert.deepEqual([without, sheet.isOpen(), sheet.find('h1')?.textContent], [false, true, 'y']);
});

test('what was said is gone with the next report', () => {
  const { sheet } = create();
  sheet.put('dialog', 'x', []);
  sheet.say('Copied.');
  const said = sheet.find('.note')?.textContent;

  sheet.put('dialog', 'y', []);

  assert.deepEqual([said, sheet.find('.note')?.textContent], ['Copied.', '']);
});

test('nothing is left behind', () => {
  const { sheet, document } = create();
  const before = document.documentElement.outerHTML;

  sheet.put('dialog', 'x', []);
  sheet.close();

  assert.equal(document.documentElement.outerHTML, before);
});
