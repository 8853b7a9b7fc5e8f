import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createAgreement } from '../../../livereload_sse/client/patch/agree.js';
import { matchChildren } from '../../../livereload_sse/client/patch/match.js';
import { parse } from '../dom.js';

/** Which live child each base child is, by number; none is `-`. */
function match(/** @type {string} */ base, /** @type {string} */ live) {
  const [ours, theirs] = [base, live].map((html) => [...parse(`<body>${html}`).body.childNodes]);
  const agreement = createAgreement({ attributeOf: (element, name) => element.getAttribute(name) });
  const matching = matchChildren(ours, theirs, agreement);
  const partners = ours.map((node) => /** @type {any} */ (matching.partners.get(node)));
  const found = partners.map((node) => theirs.indexOf(node));
  return {
    found: found.map((index) => (index < 0 ? '-' : index)).join(' '),
    disordered: [...matching.disordered].join(' '),
    missing: matching.missing.length,
    extra: matching.extra.length,
  };
}

test('equal lists match one by one', () => {
  assert.equal(match('<i></i> <i></i> x', '<i></i> <i></i> x').found, '0 1 2 3');
});

test('equal ends match whatever is in between', () => {
  const { found, missing, extra } = match('<p>a</p><p>b</p><p>c</p>', '<p>a</p><p>x</p><p>c</p>');

  assert.deepEqual([found, missing, extra], ['0 - 2', 1, 1]);
});

test('content that occurs once is found behind anything', () => {
  const live = '<i></i><p>a</p><i></i><i></i><p>b</p><i></i>';

  assert.equal(match('<p>a</p><p>b</p>', live).found, '1 4');
});

test('decorated content is found in its order', () => {
  const live = '<p>a<i>1</i></p><i></i><p>a<i>2</i></p><p>b<i>3</i></p>';

  assert.equal(match('<p>a</p><p>a</p><p>b</p>', live).found, '0 2 3');
});

test('an id is enough', () => {
  const live = '<p>a</p><div id=y>c</div><div id=x>c</div>';

  assert.equal(match('<p>a</p><div id=x>b</div>', live).found, '0 2');
});

test('parts of the content are enough when no other has as many', () => {
  const base = '<div><p>a</p><p>b</p></div><div><p>c</p><p>d</p></div>';

  assert.equal(match(base, '<div><p>a</p><p>x</p></div><div><p>c</p><p>x</p></div>').found, '0 1');
  assert.equal(match(base, '<div><p>a</p><p>c</p></div><div><p>b</p><p>d</p></div>').found, '- -');
});

test('a copy of another one is not taken for what has little left', () => {
  const base = '<div><p>a</p><p>b</p></div><div><p>b</p><p>c</p><p>d</p></div>';

  assert.equal(match(base, '<div><p>a</p><p>b</p></div><div><p>a</p><p>b</p></div>').found, '0 -');
});

test('what says nothing is found between what says something', () => {
  const live = '<hr><p>a<i></i></p><i></i> <hr class=x> <p>b</p>';

  assert.equal(match('<hr><p>a</p> <hr> <p>b</p>', live).found, '0 1 3 4 5 6');
});

test('one that went elsewhere does not hide the rest', () => {
  const [moved, rest] = ['<nav>x</nav>', '<p>a</p><p>b</p>'];
  const { found, disordered } = match(moved + rest, rest + moved);

  assert.deepEqual([found, disordered], ['- 0 1', 'NAV']);
});

test('those that have only part of their content left are told as well', () => {
  const base = '<div id=a>x</div><div id=b>y</div>';

  assert.equal(match(base, '<div id=b>changed</div><div id=a>changed</div>').disordered, 'DIV');
});

test('siblings in another order are told, by name', () => {
  assert.equal(match('<p>a</p><p>b</p><i>c</i>', '<p>b</p><p>a</p><i>c</i>').disordered, 'P');
  assert.equal(match('<p>a</p><p>b</p>', '<p>a</p><p>b</p><p>x</p>').disordered, '');
});

test('one that went elsewhere and was decorated is told, too', () => {
  const live = '<p>b</p><p>c</p><p>a<i>x</i></p>';

  assert.equal(match('<p>a</p><p>b</p><p>c</p>', live).disordered, 'P');
});

test('thousands of sorted rows take no longer than they are many', () => {
  const rows = Array.from({ length: 3000 }, (_, index) => `<p>row ${index}</p>`);
  const started = Date.now();

  const { disordered } = match(rows.join(''), rows.toReversed().join(''));

  assert.equal(disordered, 'P');
  assert(Date.now() - started < 5000);
});
