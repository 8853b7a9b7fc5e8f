import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createWishes } from '../../../livereload_sse/client/results/wishes.js';
import { createClock } from '../fakes.js';
import { modelOf, row, state } from './samples.js';

/** @import {Selected} from '../../../livereload_sse/client/results/pane.js' */

const PLACE = { name: 'cart.py', line: 7, key: 'kc' };

/** @param {Selected} selected */
function create(selected, answer = '', files = /** @type {any} */ (undefined)) {
  /** @type {any[]} */
  const asked = [];
  const clock = createClock();
  const note = /** @type {any} */ ({ textContent: '' });
  const ask = async (/** @type {any} */ what) => {
    asked.push(what);
    return answer;
  };
  const tests = [row(1, 'failed'), row(2), row(3, 'passed', { file: 1 })];
  const notes = [{ number: 1, message: '', place: PLACE }];
  const model = modelOf(state(tests, files ? { notes, files } : { notes }));
  const wishes = createWishes({
    window: /** @type {any} */ (clock), asking: /** @type {any} */ ({ run: ask, open: ask }), model,
    findSelected: () => selected, note,
  });
  return { wishes, asked, clock, note };
}

for (const [selected, what] of /** @type {[Selected, any][]} */ ([
  [null, 'last'], [{ test: 2 }, [2]], [{ file: 0 }, [1, 2]],
])) {
  test(`what is run of ${JSON.stringify(selected)} is ${JSON.stringify(what)}`, async () => {
    const { wishes, asked } = create(selected);

    await wishes.runSelected();

    assert.deepEqual(asked, [what]);
  });
}

for (const [selected, place] of /** @type {[Selected, any][]} */ ([
  [{ test: 1 }, PLACE], [{ test: 2 }, { name: 'tests/test_a.py', line: 20, key: 'ka' }],
  [{ file: 1 }, { name: 'tests/test_b.py', line: 0, key: 'kb' }],
])) {
  test(`${JSON.stringify(selected)} opens ${place.name}:${place.line}`, () => {
    const { wishes, asked } = create(selected);

    wishes.openSelected();

    assert.deepEqual(asked, [place]);
  });
}

test('what nothing opens is not asked for, nor a run of no tests', async () => {
  const none = create(null);
  none.wishes.openSelected();
  const closed = create({ test: 2 }, '', [{ name: 'a.py', key: '' }]);
  closed.wishes.openSelected();
  await closed.wishes.run([]);

  assert.deepEqual([none.asked, closed.asked], [[], []]);
});

test('a refusal is said for a while', async () => {
  const { wishes, clock, note } = create(null, 'No editor was found');
  await wishes.run('all');
  const said = note.textContent;
  clock.advance(5);
  const still = note.textContent;
  clock.advance(2);

  assert.deepEqual([said, still, note.textContent], ['No editor was found', 'No editor was found', '']);
});

test('what is taken takes the refusal away', async () => {
  const { wishes, note, clock } = create(null);
  note.textContent = 'No editor was found';
  await wishes.run('all');

  assert.deepEqual([note.textContent, clock.waiting()], ['', 0]);
});
