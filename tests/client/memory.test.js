import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  createMemory, findFramePath, firstId, knownElsewhere,
} from '../../livereload_sse/client/memory.js';
import { createClock, createStorage } from './fakes.js';

/** @import {Note} from '../../livereload_sse/client/memory.js' */

/** @type {Note} */
const NOTE = { cause: '5-0', pending: [{ id: '5-0', started: 1 }], known: [['/a.css', 'd1']] };

function create(storage = createStorage(), clock = createClock()) {
  const at = (/** @type {string} */ address) =>
    createMemory({ findStorage: () => storage, findAddress: () => address, now: clock.now });
  return { at, clock, storage };
}

test('the next page at the same address takes the note', () => {
  const { at } = create();

  at('/a?x').leave(NOTE);

  assert.deepEqual(at('/a?x').take(), NOTE);
});

test('a note is taken once', () => {
  const { at } = create();
  at('/a').leave(NOTE);

  at('/a').take();

  assert.equal(at('/a').take(), null);
});

test('another address takes nothing, and leaves the note where it is', () => {
  const { at } = create();
  at('/a').leave(NOTE);

  assert.equal(at('/b').take(), null);
  assert.deepEqual(at('/a').take(), NOTE);
});

test('a note older than ten seconds is forgotten', () => {
  const { at, clock } = create();
  at('/a').leave(NOTE);
  at('/b').leave(NOTE);

  clock.advance(9.9);
  const young = at('/a').take();
  clock.advance(0.2);

  assert.deepEqual([young, at('/b').take()], [NOTE, null]);
});

const STRANGE = [
  '{',
  '7',
  'null',
  '{"at":1000000}',
  '{"at":1000000,"note":{"pending":[],"known":[]}}',
  '{"at":1000000,"note":{"cause":"5-0","pending":[]}}',
  '{"at":1000000,"note":{"cause":"5-0","known":[]}}',
  '{"at":1000000,"note":{"cause":"5-0","pending":[null],"known":[]}}',
  '{"at":1000000,"note":{"cause":"5-0","pending":[{"id":"5-0","reason":7}],"known":[]}}',
  '{"at":1000000,"note":{"cause":"5-0","pending":[],"known":[1]}}',
];
for (const text of STRANGE) {
  test(`what is not a note is none: ${text}`, () => {
    const { at, storage } = create();
    storage.setItem('sse-reload /a', text);

    assert.equal(at('/a').take(), null);
  });
}

test('a page without storage lives without notes', () => {
  const findStorage = () => {
    throw new Error('SecurityError');
  };
  const memory = createMemory({ findStorage, findAddress: () => '/a', now: () => 0 });

  memory.leave(NOTE);

  assert.equal(memory.take(), null);
});

test('a page goes on after its own id', () => {
  assert.equal(firstId(null, '6-0'), '6-0');
  assert.equal(firstId(NOTE, '6-0'), '6-0');
});

test('a page older than the event that reloaded it came from a cache; that event is over', () => {
  assert.equal(firstId(NOTE, '4-0'), '5-0');
});

test('events after the cause of the reload are asked for again', () => {
  const pending = ['4-0', '5-0', '9-0'].map((id) => ({ id, started: 1 }));
  const note = { ...NOTE, pending };

  assert.equal(firstId(note, '7-0'), '7-0');
});

test('of its own paths a page trusts its tag, not the page before', () => {
  const note = { ...NOTE, known: /** @type {[string, string][]} */ ([['/a', '1'], ['/b', '2']]) };

  assert.deepEqual(knownElsewhere(note, ['/a']), [['/b', '2']]);
  assert.deepEqual(knownElsewhere(null, ['/a']), []);
});

test('reasons and the state of the page are handed over', () => {
  const { at } = create();
  const pending = [{ id: '5-0', started: 1, reason: 'script changed' }];
  const note = { ...NOTE, pending, state: { fields: [1, 'two'] } };

  at('/a').leave(note);

  assert.deepEqual(at('/a').take(), note);
});

test('where there is no room for the state the rest is kept', () => {
  const storage = createStorage();
  const { setItem } = storage;
  storage.setItem = (/** @type {string} */ key, /** @type {string} */ value) => {
    if (value.length > 500) throw new Error('QuotaExceededError');
    setItem(key, value);
  };
  const { at } = create(storage);

  at('/a').leave({ ...NOTE, state: 'x'.repeat(1000) });

  assert.deepEqual(at('/a').take(), NOTE);
});

test('frames of one tab with the same address take what is theirs', () => {
  const storage = createStorage();
  const frame = (/** @type {string} */ path) => createMemory({
    findStorage: () => storage, findAddress: () => '/a', findFrame: () => path, now: () => 0,
  });
  frame('0').leave({ ...NOTE, cause: '6-0' });
  frame('').leave(NOTE);

  const causes = ['1', '0', ''].map((path) => frame(path).take()?.cause);

  assert.deepEqual(causes, [undefined, '6-0', '5-0']);
});

test('a frame is known by its place among the frames of its tab', () => {
  /** @type {any} */
  const top = { frames: [] };
  top.parent = top;
  const [first, second] = [0, 1].map(() => ({ parent: top, frames: [] }));
  const inner = { parent: second, frames: [] };
  top.frames.push(first, second);
  second.frames.push(/** @type {never} */ (inner));

  assert.deepEqual([top, first, second, inner].map(findFramePath), ['', '0', '1', '1.0']);
});
