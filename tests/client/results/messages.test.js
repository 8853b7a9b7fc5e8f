import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EVENT_NAMES, isFailure } from '../../../livereload_sse/client/results/messages.js';

test('a test that failed or whose fixture did is a failure', () => {
  const outcomes = /** @type {const} */ (['passed', 'failed', 'error', 'skipped', 'xfailed', 'xpassed', '']);

  assert.deepEqual(outcomes.filter(isFailure), ['failed', 'error']);
});

test('every event has one name', () => {
  assert.equal(new Set(EVENT_NAMES).size, EVENT_NAMES.length);
});
