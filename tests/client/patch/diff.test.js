import assert from 'node:assert/strict';
import { test } from 'node:test';

import { diff } from '../../../livereload_sse/client/patch/diff.js';
import { parse } from '../dom.js';
import { createRandom } from './edits.js';
import { applyTo, mutate, writePage } from './trees.js';

/** @import {Child, Edit} from '../../../livereload_sse/client/patch/diff.js' */

const CASES = 300;

/** @param {string} before @param {string} after */
function find(before, after) {
  return diff(parse(before), parse(after)).map(describe);
}

/** @param {Edit} edit @returns {string} */
function describe(edit) {
  if (edit.type === 'text') return `text ${JSON.stringify(edit.data)}`;
  if (edit.type === 'attribute') {
    const { element, name, attribute } = edit;
    return `${element.localName} ${name}=${attribute ? JSON.stringify(attribute.value) : null}`;
  }
  const children = edit.children.filter((child) => !isBlank(nodeOf(child)));
  const kept = new Set(edit.children.map(nodeOf));
  const removed = [...edit.parent.childNodes].filter((node) => !kept.has(node) && !isBlank(node));
  const list = children.map((child) => ('added' in child ? '+' : '') + show(nodeOf(child)));
  const gone = removed.map((node) => `-${show(node)}`);
  return `${edit.parent.localName}: ${[...list, ...gone].join(' ')}`;
}

/** @param {Child} child @returns {Node} */
function nodeOf(child) {
  return 'kept' in child ? child.kept : child.added;
}

/** @param {Node} node */
function isBlank(node) {
  return node.nodeType === 3 && !/\S/.test(node.nodeValue ?? '');
}

/** @param {Node} node */
function show(node) {
  const words = (node.textContent ?? '').trim().split(/\s+/);
  return `${node.nodeName.toLowerCase()}(${words.join(' ')})`;
}

const LIST = '<ul>\n<li>one\n<li>two\n<li>three\n<li>four\n</ul>';
const [A, B, C] = ['A', 'B', 'C'].map((name) =>
  `<section>\n<h2>${name}</h2>\n<p>about ${name.toLowerCase()}</p>\n</section>\n`);
const SECTIONS = `<h1>Title</h1>\n${A}${B}${C}`;
const WITHOUT_B = 'body: h1(Title) section(A about a) section(C about c) -section(B about b)';
const ROWS = '<table><tbody><tr><td>5</td><td>7</td></tr><tr><td>1</td><td>2</td></tr></table>';

/** @type {[string, string, string, string[]][]} what the author does, before, after, the edits */
const AUTHORS = [
  ['changes a word', '<p>a b</p><p>c</p>', '<p>a x</p><p>c</p>', ['text "a x"']],
  ['changes a word beside an element', '<p>a <b>b</b> c</p>', '<p>a <b>b</b> x</p>', ['text " x"']],
  ['changes every list item', '<ul><li>a<li>b</ul>', '<ul><li>x<li>y</ul>',
    ['text "x"', 'text "y"']],
  ['changes an attribute', '<p class=a>t</p>', '<p class=b>t</p>', ['p class="b"']],
  ['removes an attribute', '<p class=a>t</p>', '<p>t</p>', ['p class=null']],
  ['adds an attribute that is no name', '<p>t</p>', '<p @click=go>t</p>', ['p @click="go"']],
  ['changes the title', '<title>a</title>', '<title>b</title>', ['text "b"']],
  ['changes the language', '<html lang=en>', '<html lang=de>', ['html lang="de"']],
  ['changes the class of the body and all in it', '<body class=a><p>a b c</p>',
    '<body class=z><div><i>x</i></div>', ['body class="z"', 'body: +div(x) -p(a b c)']],
  ['inserts a paragraph', '<p>a</p>\n<p>b</p>', '<p>a</p>\n<p>new</p>\n<p>b</p>',
    ['body: p(a) +p(new) p(b)']],
  ['inserts one before one that looks like it', '<p>the light is on</p>',
    '<p>the fog is thick</p><p>the light is off</p>',
    ['body: +p(the fog is thick) p(the light is on)', 'text "the light is off"']],
  ['removes a paragraph', '<p>a</p>\n<p>b</p>\n<p>c</p>', '<p>a</p>\n<p>c</p>',
    ['body: p(a) p(c) -p(b)']],
  ['removes a section', SECTIONS, SECTIONS.replace(B, ''), [WITHOUT_B]],
  ['removes a section and changes the next', SECTIONS,
    SECTIONS.replace(B, '').replace('about c', 'around c'),
    [WITHOUT_B, 'text "around c"']],
  ['moves a list item', LIST, '<ul>\n<li>two\n<li>three\n<li>one\n<li>four\n</ul>',
    ['ul: li(two) li(three) li(one) li(four)']],
  ['moves the last one to the front', LIST, '<ul>\n<li>four\n<li>one\n<li>two\n<li>three\n</ul>',
    ['ul: li(four) li(one) li(two) li(three)']],
  ['moves and changes one with an id', '<p id=a>one</p><p id=b>two</p><p id=c>three</p>',
    '<p id=c>other</p><p id=a>one</p><p id=b>two</p>',
    ['body: p(three) p(one) p(two)', 'text "other"']],
  ['moves an item and its class', '<ul><li>one<li>two<li>three</ul>',
    '<ul><li class=x>three<li>one<li>two</ul>',
    ['ul: li(three) li(one) li(two)', 'li class="x"']],
  ['says in one cell what another one said', ROWS, ROWS.replace('5</td><td>7', '7</td><td>8'),
    ['text "7"', 'text "8"']],
  ['adds a row', ROWS, ROWS.replace('</tr><tr>', '</tr><tr><td>3</td><td>4</td></tr><tr>'),
    ['tbody: tr(57) +tr(34) tr(12)']],
  ['adds a cell', '<table><tr><td>5</td></tr></table>',
    '<table><tr><td>5</td><td>6</td></tr></table>', ['tr: td(5) +td(6)']],
  ['turns a heading into another', '<h2>a</h2><p>b</p>', '<h3>a</h3><p>b</p>',
    ['body: +h3(a) p(b) -h2(a)']],
  ['changes the id and words of a heading', '<h2 id=a>a b</h2>', '<h2 id=c>a c</h2>',
    ['h2 id="c"', 'text "a c"']],
  ['makes a part bold', '<p>a b c</p>', '<p>a <b>b</b> c</p>',
    ['p: +#text(a) +b(b) #text(a b c)', 'text " c"']],
  ['changes a comment', '<!-- a --><p>t</p>', '<!-- b --><p>t</p>', ['text " b "']],
  ['changes a comment after the end', '<p>t</p></html><!-- 1 -->', '<p>t</p></html><!-- 2 -->',
    ['text " 2 "']],
  ['changes one of two comments outside', '<!-- a --><html>a</html><!-- 1 -->',
    '<!-- a --><html>a</html><!-- 2 -->', ['text " 2 "']],
  ['names a field anew', '<form><input name=a></form>', '<form><input name=b></form>',
    ['form: +input() -input()']],
  ['changes a picture of many', '<p><img src=a><img src=b><img src=c></p>',
    '<p><img src=a><img src=x><img src=c></p>', ['img src="x"']],
  ['writes a drawing anew', '<svg><path d="M0 0" /></svg>', '<svg><path d="M1 1" /></svg>',
    ['path d="M1 1"']],
  ['links within a drawing', '<svg><use xlink:href="#a" /></svg>',
    '<svg><use xlink:href="#b" /></svg>', ['use xlink:href="#b"']],
  ['replaces one section by a wholly different one', '<div class=a><p>one</p></div><p>end</p>',
    '<div class=b><ul><li>two</ul></div><p>end</p>', ['body: +div(two) p(end) -div(one)']],
  ['indents', '<ul>\n<li>a</li>\n</ul>', '<ul>\n  <li>a</li>\n</ul>', ['text "\\n  "']],
];

for (const [what, before, after, edits] of AUTHORS) {
  test(`an author who ${what} makes these edits and no others`, () => {
    assert.deepEqual(find(before, after), edits);
  });
}

test('fields named like properties of their form do not hide it', () => {
  const fields = ['id', 'children', 'attributes', 'className', 'name'];
  const form = fields.map((name) => `<input name=${name}>`).join('');

  const edits = find(`<form class=a>${form}</form><p>x`, `<form class=b>${form}<p>new</form><p>x`);

  assert.equal(edits.length, 2);
  assert.equal(edits[0], 'form class="b"');
});

test('the attribute of an edit is the node of next, with its namespace', () => {
  const next = parse('<svg><use xlink:href="#b" /></svg>');
  const [edit] = diff(parse('<svg><use xlink:href="#a" /></svg>'), next);
  const attribute = 'attribute' in edit ? edit.attribute : null;

  assert.equal(attribute?.ownerDocument, next);
  assert.equal(attribute?.namespaceURI, 'http://www.w3.org/1999/xlink');
});

test('what is equal is not looked into', () => {
  const [base, next] = [parse('<p>a</p><div>b</div>'), parse('<p>a</p><div>c</div>')];
  for (const paragraph of base.querySelectorAll('p')) {
    paragraph.getAttributeNames = () => assert.fail();
  }

  assert.equal(diff(base, next).length, 1);
});

test('between random pages the edits make the one into the other, exactly', () => {
  for (let seed = 1; seed <= CASES; seed += 1) {
    const random = createRandom(seed);
    const [base, next] = [parse(writePage(random)), parse(writePage(random))];
    applyTo(base, diff(base, next));
    assert(base.isEqualNode(next), `seed ${seed}`);
  }
});

test('after random edits of an author they do, too', () => {
  for (let seed = 1; seed <= CASES; seed += 1) {
    const random = createRandom(seed);
    const source = writePage(random);
    const [base, next] = [parse(source), parse(source)];
    for (let edits = 1 + random() * 4; edits > 0; edits -= 1) mutate(random, next);
    applyTo(base, diff(base, next));
    assert(base.isEqualNode(next), `seed ${seed}`);
  }
});

test('between equal pages there is nothing', () => {
  for (let seed = 1; seed <= CASES / 5; seed += 1) {
    const source = writePage(createRandom(seed));
    assert.deepEqual(diff(parse(source), parse(source)), [], `seed ${seed}`);
  }
});

test('a kept node is never listed twice, and always a child of its parent', () => {
  for (let seed = 1; seed <= CASES / 5; seed += 1) {
    const random = createRandom(seed);
    const base = parse(writePage(random));
    for (const edit of diff(base, parse(writePage(random)))) {
      if (edit.type !== 'children') continue;
      const kept = edit.children.flatMap((child) => ('kept' in child ? [child.kept] : []));
      assert.equal(new Set(kept).size, kept.length, `seed ${seed}`);
      assert(kept.every(({ parentNode }) => parentNode === edit.parent), `seed ${seed}`);
    }
  }
});

/** @param {number} rows @param {(row: number) => string} write */
function writeRows(rows, write) {
  const list = Array.from({ length: rows }, (_, row) => `<li>${write(row)}</li>`);
  return parse(`<ul>${list.join('\n')}</ul>`);
}

/** @param {() => unknown} run */
function time(run) {
  const start = performance.now();
  run();
  return performance.now() - start;
}

test('lists without anything in common do not take their product in time', () => {
  const before = writeRows(3_000, (row) => `row ${row} is ${row * 7}`);
  const after = writeRows(3_000, (row) => `line ${-row} was ${row * 13}`);

  assert(time(() => diff(before, after)) < 5_000);
});

test('a shuffled list is told as one edit, however long it is', () => {
  const random = createRandom(7);
  const order = Array.from({ length: 1_000 }, random);
  const sorted = [...order].sort();

  const [before, after] = [order, sorted].map((rows) => writeRows(1_000, (row) => `${rows[row]}`));
  const edits = diff(before, after);

  assert.deepEqual(edits.map(({ type }) => type), ['children']);
});

test('a changed row among changed rows keeps its place when others come before them', () => {
  const write = (/** @type {number} */ row, value = row) => `<b>name ${row}</b> <i>${value}</i>`;
  const before = writeRows(200, (row) => write(row));
  const after = writeRows(203, (row) => (row < 3 ? 'new' : write(row - 3, row + 1_000)));

  const types = diff(before, after).map(({ type }) => type);

  assert.deepEqual([types.filter((type) => type === 'children').length, types.length], [1, 201]);
});
