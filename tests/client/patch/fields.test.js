import assert from 'node:assert/strict';
import { test } from 'node:test';

import { prepareFields } from '../../../livereload_sse/client/patch/fields.js';
import { render } from '../dom.js';

/** @param {string} html */
function create(html) {
  const { document } = render(`<body>${html}`);
  const element = /** @type {any} */ (document.body.firstElementChild);
  return { document, element };
}

/** @param {any} element @param {string} name @param {string | null} value */
function writeAttribute(element, name, value) {
  const settle = prepareFields({ attributes: [{ element, name }], parents: [] });
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
  settle();
}

/** @param {any} parent @param {() => void} write */
function writeInside(parent, write) {
  const settle = prepareFields({ attributes: [], parents: [parent] });
  write();
  settle();
}

test('a value that the author has changed shows, whatever was typed', () => {
  const { element } = create('<input value=a>');
  element.value = 'typed';

  writeAttribute(element, 'value', 'b');

  assert.equal(element.value, 'b');
});

test('what was typed stays when something else of the field changes', () => {
  const { element } = create('<input value=a>');
  element.value = 'typed';

  writeAttribute(element, 'placeholder', 'b');

  assert.equal(element.value, 'typed');
});

test('a box that a person has ticked is as the author wants it now', () => {
  const { element } = create('<input type=checkbox checked>');
  element.checked = true;
  element.checked = false;

  writeAttribute(element, 'checked', null);
  const before = element.checked;
  writeAttribute(element, 'checked', '');

  assert.deepEqual([before, element.checked], [false, true]);
});

test('a text area shows the new text, and keeps what was typed when that is the same', () => {
  const { element } = create('<textarea>one</textarea>');
  element.value = 'typed';
  writeInside(element, () => {});
  const before = element.value;

  writeInside(element, () => (element.firstChild.data = 'two'));

  assert.deepEqual([before, element.value], ['typed', 'two']);
});

test('options come and go around the one that was chosen', () => {
  const { document, element } = create('<select><option>a<option>b<option>c</select>');
  element.selectedIndex = 2;

  writeInside(element, () => {
    const option = document.createElement('option');
    option.defaultSelected = true;
    option.textContent = 'new';
    element.prepend(option);
    element.options[1].remove();
  });

  assert.equal(element.value, 'c');
  assert.equal(element.selectedOptions.length, 1);
});

test('where nobody has chosen the default shows', () => {
  const { document, element } = create('<select><option>a<option>b</select>');

  writeInside(element, () => {
    element.prepend(Object.assign(document.createElement('option'), { textContent: 'new' }));
  });

  assert.equal(element.value, 'new');
});

test('when the chosen one goes the default shows', () => {
  const { element } = create('<select><option>a<option selected>b<option>c</select>');
  element.selectedIndex = 2;

  writeInside(element, () => element.options[2].remove());

  assert.equal(element.value, 'b');
});

test('several defaults stay several', () => {
  const options = '<option selected>a<option selected>b<option>c';
  const { element } = create(`<select multiple>${options}</select>`);

  writeInside(element, () => element.append(element.options[0].cloneNode(true)));

  assert.equal(element.selectedOptions.length, 3);
});

test('a file that was chosen is not the author’s to change', () => {
  const { element } = create('<input type=file>');

  writeAttribute(element, 'value', 'x');

  assert.equal(element.value, '');
});

test('the caret stays in a text area that shows new text', () => {
  const { element } = create('<textarea>one</textarea>');
  element.value = 'typed';
  element.setSelectionRange(1, 2);

  writeInside(element, () => (element.firstChild.data = 'two'));

  assert.deepEqual([element.selectionStart, element.selectionEnd], [1, 2]);
});

test('several that were chosen stay chosen', () => {
  const { element } = create('<select multiple><option>a<option selected>b<option>c</select>');
  element.options[0].selected = true;

  writeInside(element, () => element.options[2].remove());

  assert.deepEqual([...element.selectedOptions].map((option) => option.value), ['a', 'b']);
});

test('the author’s new default is chosen, whatever the person chose', () => {
  const { element } = create('<select><option>a<option>b<option>c</select>');
  element.selectedIndex = 2;

  writeAttribute(element.options[1], 'selected', '');

  assert.equal(element.value, 'b');
});

test('a player looks at its new sources, and only then', () => {
  const { element } = create('<video><source src=a.webm><p>text</p></video>');
  let loads = 0;
  element.load = () => (loads += 1);
  const source = element.querySelector('source');

  writeInside(element.querySelector('p'), () => (element.querySelector('p').textContent = 'b'));
  const before = loads;
  writeAttribute(source, 'src', 'b.webm');
  writeInside(element, () => source.remove());

  assert.deepEqual([before, loads], [0, 2]);
});

test('a player plays on when nothing changes by which it chooses a source', () => {
  const { element } = create('<video><source src=a.webm></video>');
  let loads = 0;
  element.load = () => (loads += 1);
  const source = element.querySelector('source');

  writeAttribute(source, 'title', 'a bell');

  assert.equal(loads, 0);
});

test('a player with an address of its own does not care for sources', () => {
  const { element } = create('<video src=x.webm><source src=a.webm></video>');
  let loads = 0;
  element.load = () => (loads += 1);

  writeInside(element, () => element.querySelector('source').remove());

  assert.equal(loads, 0);
});
