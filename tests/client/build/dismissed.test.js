import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createDismissed } from '../../../livereload_sse/client/build/dismissed.js';
import { createStorage } from '../fakes.js';

test('the next page knows what was closed on the one before', () => {
  const storage = createStorage();
  createDismissed(() => storage, 'failure').add('r 1');

  const next = createDismissed(() => storage, 'failure');

  assert.deepEqual([next.has('r 1'), next.has('r 2')], [true, false]);
});

test('only the last one counts', () => {
  const dismissed = createDismissed(createStorage, 'failure');
  dismissed.add('r 1');

  dismissed.add('r 2');

  assert.deepEqual([dismissed.has('r 1'), dismissed.has('r 2')], [false, true]);
});

test('one kind of thing is not the other', () => {
  const storage = createStorage();
  createDismissed(() => storage, 'failure').add('x');

  assert.equal(createDismissed(() => storage, 'warnings').has('x'), false);
});

test('a page without storage remembers while it lives', () => {
  const dismissed = createDismissed(() => { throw new Error('forbidden'); }, 'failure');

  dismissed.add('r 1');

  assert.equal(dismissed.has('r 1'), true);
});
