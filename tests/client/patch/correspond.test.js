import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createCorrespondence } from '../../../livereload_sse/client/patch/correspond.js';
import { parse } from '../dom.js';
import { createRandom, findEdits } from './edits.js';

test('each node of the base becomes the one in its place, or none', () => {
  const base = parse('<ul><li>a<li>b<li>c</ul><p>x</p>');
  const next = parse('<ul><li>c<li>new<li>a</ul><p>y</p>');
  const findNext = createCorrespondence(findEdits(base, next), { base, next });

  const become = [...base.querySelectorAll('li, p')].map((node) => findNext(node)?.textContent);

  assert.deepEqual(become, ['a', 'new', 'c', 'y']);
});

test('what is removed, and all in it, becomes nothing', () => {
  const base = parse('<div><p>x</p></div><i></i>');
  const next = parse('<i></i>');
  const findNext = createCorrespondence(findEdits(base, next), { base, next });

  assert.deepEqual([...base.querySelectorAll('div, p')].map(findNext), [null, null]);
});

test('what no edit touches is equal in both', () => {
  const random = createRandom(1);
  const html = Array.from({ length: 40 }, () => `<p>${Math.floor(random() * 9)}</p>`);
  const base = parse(html.join(''));
  const next = parse(html.toSorted().join(''));
  const findNext = createCorrespondence(findEdits(base, next), { base, next });

  for (const node of base.querySelectorAll('p')) {
    assert(node.isEqualNode(findNext(node)));
  }
});
