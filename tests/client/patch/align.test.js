import assert from 'node:assert/strict';
import { test } from 'node:test';

import { align } from '../../../livereload_sse/client/patch/align.js';
import { createLikeness } from '../../../livereload_sse/client/patch/likeness.js';
import { parse } from '../dom.js';
import { element } from './elements.js';

/** @param {string} base @param {string} next one element each, whose children are aligned */
function find(base, next) {
  return findIn(element(base), element(next));
}

/** @param {...string} rows the cells of a row each */
function findInRows(...rows) {
  const tables = rows.map((cells) => parse(`<table><tr>${cells}</tr></table>`));
  const [base, next] = tables.map((table) => table.querySelector('tr'));
  assert(base && next);
  return findIn(base, next);
}

/** @param {Element} base @param {Element} next */
function findIn(base, next) {
  const places = /** @type {(Node | null)[]} */ ([...base.childNodes]);
  return align(base, next, createLikeness()).map(({ node }) => places.indexOf(node));
}

test('an id says who an element is, wherever it stands and whatever it has become', () => {
  const found = find('<div><p id=a>one</p><p id=b>two</p></div>',
    '<div><p id=b>x</p><p id=a>y</p></div>');

  assert.deepEqual(found, [1, 0]);
});

test('an id that stands there twice says nothing', () => {
  const found = find('<div><p id=a>one</p><p id=a>two</p></div>',
    '<div><p id=a>two</p><p id=a>x</p></div>');

  assert.deepEqual(found, [1, -1]);
});

test('equal elements are found wherever they went, with the white space beside them', () => {
  const found = find('<ul> <li>a</li> <li>b</li> <li>c</li> <li>d</li> </ul>',
    '<ul> <li>c</li> <li>a</li> <li>b</li> <li>d</li> </ul>');

  assert.deepEqual(found, [0, 5, -1, 1, 2, 3, 6, 7, 8]);
});

test('equal ones that are as many as before are the same ones in their order', () => {
  const found = find('<p><b>x</b><i>1</i><b>x</b><u>2</u></p>',
    '<p><u>2</u><b>x</b><b>x</b><i>1</i></p>');

  assert.deepEqual(found, [3, 0, 2, 1]);
});

test('an element that moved and has another class is known by its text', () => {
  const found = find('<ul><li>one</li><li>two</li><li>three</li></ul>',
    '<ul><li class=x>three</li><li>one</li><li>two</li></ul>');

  assert.deepEqual(found, [2, 0, 1]);
});

test('a section that moved and has grown is known by how it begins', () => {
  const section = (/** @type {string} */ text) => `<section> <h2>Lamps</h2>${text}</section>`;
  const found = find(`<div>${section('a')}<p>b</p><p>c</p></div>`,
    `<div><p>b</p><p>c</p>${section('other words that were not there before')}</div>`);

  assert.deepEqual(found, [1, 2, 0]);
});

test('a text that two elements say does not tell them apart', () => {
  const found = find('<p><i class=a>x</i><b></b><i class=b>x</i></p>',
    '<p><i class=c>x</i><u></u></p>');

  assert(found.filter((index) => index >= 0).length <= 1);
});

test('cells are known by their column', () => {
  const found = findInRows('<td>5</td> <td>7</td> <td>1</td>', '<td>7</td> <td>8</td> <td>5</td>');

  assert.deepEqual(found, [0, 1, 2, 3, 4]);
});

test('where columns came or went, or became headings, cells are known like all others', () => {
  const [row, longer] = ['<td>5</td><td>7</td>', '<td>x</td><td>5</td><td>7</td>'];

  assert.deepEqual(findInRows(row, longer), [-1, 0, 1]);
  assert.deepEqual(findInRows(longer, row), [1, 2]);
  assert.deepEqual(findInRows('<td>1</td><td>2</td>', '<th>1</th><td>3</td>'), [-1, 1]);
});

test('items that begin alike are told apart by all that they say', () => {
  const item = (/** @type {string} */ text, name = 'a') =>
    `<li class=${name}><b>Note</b> ${text}</li>`;
  const found = find(`<ul>${item('one')}${item('two')}<li>end</li></ul>`,
    `<ul>${item('two', 'b')}<li>end</li>${item('one', 'b')}</ul>`);

  assert.deepEqual(found, [1, 2, 0]);
});

test('two elements of other names that say the same are not confused', () => {
  const found = find('<div><h2>x</h2><hr><p>x</p></div>',
    '<div><p class=a>x</p><hr><h2 class=a>x</h2></div>');

  assert.deepEqual(found, [2, 1, 0]);
});

test('what has found its partner says nothing to those that have not', () => {
  const found = find('<div><p>x</p><i>1</i><p class=b>x</p></div>',
    '<div><p class=c>x</p><i>1</i><p>x</p></div>');

  assert.deepEqual(found, [2, 1, 0]);
});

test('an id does not make one field of two', () => {
  const found = find('<p><input id=a name=b><i>1</i><u>2</u></p>',
    '<p><i>1</i><u>2</u><input id=a name=c></p>');

  assert.deepEqual(found, [1, 2, -1]);
});

test('a form that has a field named `id` is known by its own', () => {
  const forms = (/** @type {string[]} */ ...names) => {
    const list = names.map((name) => `<form id=${name}></form>`);
    const parent = element(`<div>${list.join('')}</div>`);
    for (const form of parent.children) {
      Object.defineProperty(form, 'id', { value: element('<input name=id>') }); // as browsers do
      form.append(`${names}`);
    }
    return parent;
  };

  assert.deepEqual(findIn(forms('a', 'b'), forms('b', 'a')), [1, 0]);
});

test('head and body are the same ones even if nothing in them is', () => {
  const base = parse('<head class=a><title>a</title><body class=a><p>a');
  const next = parse('<head class=b><meta name=b><body class=b><ul><li>b');

  assert.deepEqual(findIn(base.documentElement, next.documentElement), [0, 1]);
});

test('an equal neighbour of one that moved is known to be equal', () => {
  const partners = align(element('<p><b>1</b>one<i>2</i>two</p>'),
    element('<p><i>2</i>two<b>1</b>one</p>'), createLikeness());

  assert(partners[1].isEqual && partners[3].isEqual);
});
