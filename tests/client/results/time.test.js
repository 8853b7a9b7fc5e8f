import assert from 'node:assert/strict';
import { test } from 'node:test';

import { writeDuration, writeRemaining } from '../../../livereload_sse/client/results/time.js';

for (const [seconds, text] of /** @type {[number, string][]} */ ([
  [0, '0 ms'], [-1, '0 ms'], [0.0004, '0 ms'], [0.0126, '13 ms'], [0.0994, '99 ms'], [0.0996, '0.10 s'],
  [0.414, '0.41 s'], [0.994, '0.99 s'], [0.999, '1.0 s'], [9.94, '9.9 s'], [9.96, '10 s'], [59.4, '59 s'],
  [59.6, '1 min 00 s'], [125, '2 min 05 s'],
])) {
  test(`${seconds} s took ${text}`, () => assert.equal(writeDuration(seconds), text));
}

for (const [seconds, text] of /** @type {[number, string][]} */ ([
  [0.9, ''], [1.2, '1 s left'], [9.4, '9 s left'], [13, '15 s left'], [54, '55 s left'], [58, '1 min left'],
  [200, '3 min left'],
])) {
  test(`${seconds} s may be ${text || 'nothing worth saying'}`, () => assert.equal(writeRemaining(seconds), text));
}
