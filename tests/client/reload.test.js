import assert from 'node:assert/strict';
import { test } from 'node:test';

import { reload } from '../../livereload_sse/client/reload.js';
import { settle } from './fakes.js';

function create({ aborted = '' } = {}) {
  /** @type {string[]} */
  const done = [];
  /** @param {string} name */
  const outcome = (name) =>
    name === aborted ? Promise.reject(new Error('aborted')) : Promise.resolve();
  const location = { reload: () => void done.push('location') };
  const navigation = {
    reload() {
      done.push('navigation');
      return { committed: outcome('committed'), finished: outcome('finished') };
    },
  };
  return { done, location, navigation };
}

test('a page is loaded in the way that sends no form', () => {
  const { done, location, navigation } = create();

  reload({ location, navigation });

  assert.deepEqual(done, ['navigation']);
});

test('a browser that has only the other way takes that', () => {
  const { done, location } = create();

  reload({ location });

  assert.deepEqual(done, ['location']);
});

for (const aborted of ['committed', 'finished']) {
  test(`something else that is loaded instead is no fault (${aborted})`, async () => {
    const { location, navigation } = create({ aborted });

    reload({ location, navigation });

    await settle(); // a rejection that nobody handles would fail this test
  });
}
