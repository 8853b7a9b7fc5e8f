import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openRoots, queryAll } from '../../../livereload_sse/client/state/roots.js';
import { render } from '../dom.js';

function nested() {
  const { document } = render('<p id=a></p><div></div><section></section>');
  const find = (/** @type {string} */ name) =>
    /** @type {Element} */ (document.querySelector(name));
  const outer = find('div').attachShadow({ mode: 'open' });
  outer.innerHTML = '<p id=b></p><span></span>';
  const inner = /** @type {Element} */ (outer.querySelector('span')).attachShadow({ mode: 'open' });
  inner.innerHTML = '<p id=c></p>';
  find('section').attachShadow({ mode: 'closed' }).innerHTML = '<p id=d></p>';
  return { document, outer, inner };
}

test('open shadow roots are found at every depth, closed ones at none', () => {
  const { document, outer, inner } = nested();

  const roots = openRoots(document);

  assert.equal(roots.length, 3);
  assert(roots[0] === document && roots[1] === outer && roots[2] === inner);
});

test('a selector is asked of all of them', () => {
  const { document } = nested();

  const found = queryAll(document, 'p').map(({ id }) => id);

  assert.deepEqual(found, ['a', 'b', 'c']);
});
