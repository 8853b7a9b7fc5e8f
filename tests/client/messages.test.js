import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EVENT_NAMES, isLater, parseMessage } from '../../livereload_sse/client/messages.js';

test('a change message carries its changes', () => {
  const changes = [
    { kind: 'modified', url: '/a.css', digest: 'd1' },
    { kind: 'deleted', url: '/b' },
  ];

  const message = parseMessage('change', JSON.stringify({ changes, id: '1-0' }));

  assert.deepEqual(message, { type: 'change', changes });
});

test('a change whose digest is null is a change', () => {
  assert(parseMessage('change', '{"changes":[{"kind":"added","url":"/a","digest":null}]}'));
});

test('a reload message carries its reason, or none', () => {
  const [told, untold] = ['{"reason":"why"}', '{}'].map((text) => parseMessage('reload', text));

  assert.deepEqual(told, { type: 'reload', reason: 'why' });
  assert.deepEqual(untold, { type: 'reload', reason: '' });
});

test('a custom message carries a name and any data', () => {
  const message = parseMessage('custom', '{"name":"deploy","data":[1]}');

  assert.deepEqual(message, { type: 'custom', name: 'deploy', data: [1] });
});

const GARBLED = [
  ['change', ''],
  ['change', '{'],
  ['change', 'null'],
  ['change', '[]'],
  ['change', '{}'],
  ['change', '{"changes":{}}'],
  ['change', '{"changes":[null]}'],
  ['change', '{"changes":[{"kind":"renamed","url":"/a"}]}'],
  ['change', '{"changes":[{"kind":"added"}]}'],
  ['change', '{"changes":[{"kind":"added","url":"/a","digest":7}]}'],
  ['reload', '"now"'],
  ['reload', '[]'],
  ['custom', '{"data":1}'],
  ['custom', '{"name":""}'],
  ['tests-started', '{}'],
  ['toString', '{}'],
  ['__proto__', '{}'],
];
for (const [name, text] of GARBLED) {
  test(`no message is made of ${name} ${text || '(nothing)'}`, () => {
    assert.equal(parseMessage(name, text), null);
  });
}

test('the names to listen to are those that can be read, and those of builds and tests', () => {
  assert.deepEqual([...EVENT_NAMES].sort(), [
    'build-failed', 'build-output', 'build-started', 'build-succeeded',
    'change', 'custom', 'reload', 'tests-finished', 'tests-gone', 'tests-started',
  ]);
});

const IDS = /** @type {const} */ ([
  ['2-0', '1-9', true],
  ['10-0', '9-0', true],
  ['1-10', '1-9', true],
  ['1-0', '1-0', false],
  ['1-0', '2-0', false],
  ['99999999999999999999-1', '99999999999999999999-0', true],
  ['', '1-0', false],
  ['1-0', '', true],
  ['x', 'y', false],
]);
for (const [id, other, expected] of IDS) {
  test(`id "${id}" is ${expected ? '' : 'not '}later than "${other}"`, () => {
    assert.equal(isLater(id, other), expected);
  });
}
