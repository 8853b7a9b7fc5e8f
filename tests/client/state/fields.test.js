import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createFields } from '../../../livereload_sse/client/state/fields.js';
import { render } from '../dom.js';

function create(/** @type {string} */ html) {
  const { window, document } = render(html);
  const fields = createFields({ document, window });
  const find = (selector = '[name=a]') =>
    /** @type {HTMLInputElement} */ (document.querySelector(selector));
  const say = (/** @type {string} */ name, selector = '[name=a]') =>
    find(selector).dispatchEvent(new window.Event(name, { bubbles: true }));
  return { window, document, fields, find, say };
}

/** What is entered by `enter` in one page, restored in another. */
function carry(
  /** @type {string} */ before, /** @type {(page: ReturnType<typeof create>) => void} */ enter,
  after = before,
) {
  const [one, other] = [create(before), create(after)];
  enter(one);
  const entries = JSON.parse(JSON.stringify(one.fields.read()));
  const found = entries.map(other.fields.restore);
  return { ...other, entries, found };
}

/** @param {string} value @returns {(page: ReturnType<typeof create>) => void} */
function type(value) {
  return ({ find, say }) => {
    find().value = value;
    say('input');
  };
}

const BOX = '<input type=checkbox name=a>';
/** @type {(page: ReturnType<typeof create>) => void} */
function tick({ find, say }) {
  find().checked = !find().checked;
  say('change');
}

test('what was entered is restored', () => {
  const kinds = ['<input name=a>', '<textarea name=a>x</textarea>', '<input type=range name=a>'];
  for (const html of kinds) {
    assert.equal(carry(html, type('7')).find().value, '7');
  }
});

test('a value that nobody spoke of is the script\'s', () => {
  const { entries } = carry('<input name=a>', ({ find }) => {
    find().value = 'by a script';
  });

  assert.deepEqual(entries, []);
});

test('what is as the author wrote it is not kept', () => {
  assert.deepEqual(carry('<input name=a value=x>', type('x')).entries, []);
});

test('a text that was emptied stays empty', () => {
  assert.equal(carry('<input name=a value=x>', type('')).find().value, '');
});

test('where the author changed the default, the new one is shown', () => {
  const { find } = carry('<input name=a value=x>', type('mine'), '<input name=a value=y>');

  assert.equal(find().value, 'y');
});

test('what a browser restored by itself gives way to the author, too', () => {
  const [one, other] = [create('<input name=a value=x>'), create('<input name=a value=y>')];
  type('mine')(one);
  other.find().value = 'mine';

  one.fields.read().map(other.fields.restore);

  assert.equal(other.find().value, 'y');
});

test('a box is ticked again, unless the author ticked it meanwhile', () => {
  assert.equal(carry(BOX, tick).find().checked, true);
  assert.equal(carry('<input type=checkbox name=a checked>', tick).find().checked, false);
  assert.deepEqual(carry(BOX, tick, '<input type=checkbox name=a checked>').find().checked, true);
});

const CHOICES = ['x', 'y', 'z'].map((value) => `<input type=radio name=a value=${value}>`);
const GROUP = CHOICES.join('').replace('value=x', 'value=x checked');
/** @type {(page: ReturnType<typeof create>) => void} */
function chooseLast({ find, say }) {
  find('[value=z]').checked = true;
  say('change', '[value=z]');
}

test('a choice among several is made again', () => {
  assert.equal(carry(GROUP, chooseLast).find(':checked').value, 'z');
});

test('a choice is the author\'s when the default of its group is another', () => {
  const changed = CHOICES.join('').replace('value=y', 'value=y checked');

  assert.equal(carry(GROUP, chooseLast, changed).find(':checked').value, 'y');
});

test('a choice under another name does not matter', () => {
  const after = `<input type=radio name=b value=v checked>${GROUP}`;

  assert.equal(carry(GROUP, chooseLast, after).find('[name=a]:checked').value, 'z');
});

test('a choice in another form of the same names does not matter', () => {
  const forms = `<form>${GROUP}</form><form id=other>${CHOICES.join('')}</form>`;
  const added = '<input type=radio name=a value=v checked>';
  const after = forms.replace('<form id=other>', `<form id=other>${added}`);

  assert.equal(carry(forms, chooseLast, after).find('form:first-of-type :checked').value, 'z');
});

const LIST = '<select name=a><option>x<option>y<option>z</select>';
/** @type {(page: ReturnType<typeof create>) => void} */
function choose({ document, say }) {
  for (const option of document.querySelectorAll('option')) option.selected = option.value === 'z';
  say('change');
}

test('an option is chosen again, and stays chosen when others come', () => {
  assert.equal(carry(LIST, choose).find().value, 'z');
  const longer = LIST.replace('<option>x', '<option>w<option>x');
  assert.equal(carry(LIST, choose, longer).find().value, 'z');
});

test('an option that is gone leaves the author\'s', () => {
  const list = LIST.replace('<option>y', '<option selected>y');

  assert.equal(carry(list, choose, list.replace('<option>z', '')).find().value, 'y');
});

test('of several options each is chosen or not', () => {
  const list = LIST.replace('>', ' multiple>').replace('<option>x', '<option selected>x');
  const { document } = carry(list, choose, list.replace('<option>y', '<option>n<option>y'));

  const chosen = [...document.querySelectorAll('option')].filter(({ selected }) => selected);

  assert.deepEqual(chosen.map(({ value }) => value), ['z']);
});

const SECRETS = [
  '<input type=password name=a>',
  '<input type=hidden name=a>',
  '<input name=a autocomplete="billing CC-number">',
  '<input name=a autocomplete=new-password>',
  '<input name=a autocomplete=current-password>',
  '<input name=a autocomplete=one-time-code>',
];
for (const html of SECRETS) {
  test(`a secret is not read: ${html}`, () => {
    const { fields, find, say } = create(html);
    find().value = 'secret';
    say('input');

    assert.deepEqual(fields.read(), []);
  });
}

test('a password that is shown is still one, also when it came after the page', () => {
  for (const start of ['<input type=password name=a>', '<main></main>']) {
    const { document, fields, find, say } = create(start);
    const main = document.querySelector('main');
    if (main) main.innerHTML = '<input type=password name=a>';
    find().value = 'secret';
    say('input');
    find().type = 'text';
    say('input');

    assert.deepEqual(fields.read(), []);
  }
});

test('a password that was shown before it was typed is one, too', () => {
  const { fields, find, say } = create('<input type=password name=a>');
  find().type = 'text';
  find().value = 'secret';
  say('input');

  assert.deepEqual(fields.read(), []);
});

test('a field that has become a secret is not filled', () => {
  const after = '<input name=a autocomplete=one-time-code>';

  assert.equal(carry('<input name=a>', type('x'), after).find().value, '');
});

test('an input event tells the page, past a setter of a framework\'s own', () => {
  const [one, other] = [create('<input name=a>'), create('<input name=a>')];
  type('mine')(one);
  /** @type {string[]} */
  const heard = [];
  for (const name of ['input', 'change']) {
    other.document.addEventListener(name, () => heard.push(`${name} ${other.find().value}`));
  }
  Object.defineProperty(other.find(), 'value', {
    configurable: true,
    get: () => Object.getOwnPropertyDescriptor(other.window.HTMLInputElement.prototype, 'value')
      ?.get?.call(other.find()),
    set: () => heard.push('setter'),
  });

  one.fields.read().map(other.fields.restore);

  assert.deepEqual(heard, ['input mine']);
});

test('a restored field is kept by the next reload as well', () => {
  const { fields, entries } = carry('<input name=a>', type('mine'));

  assert.deepEqual(fields.read(), entries);
});

test('a field that is not there yet is said to be missing', () => {
  assert.deepEqual(carry('<input name=a>', type('x'), '<main></main>').found, [false]);
  assert.deepEqual(carry('<input name=a>', type('x')).found, [true]);
});
