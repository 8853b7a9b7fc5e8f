import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createLoading } from '../../../livereload_sse/client/swap/loading.js';
import { createClock, createTarget, settle } from '../fakes.js';

const CLOSED = {
  get cssRules() {
    throw new Error('another origin');
  },
};

/** @param {any} fields */
function create(fields) {
  const clock = createClock();
  const owner = /** @type {any} */ (createTarget(fields));
  return { clock, owner, ...createLoading({ ...clock, timeout: 5 }) };
}

/** @type {[what: string, fields: any, event: 'load' | 'error', expected: boolean][]} */
const EVENTS = [
  ['a link that has loaded', { localName: 'link', sheet: null }, 'load', true],
  ['a link that could not be had', { localName: 'link', sheet: null }, 'error', false],
  [
    'a link with an empty sheet and an error',
    { localName: 'link', sheet: { cssRules: [] } },
    'error',
    false,
  ],
  [
    'a link of which only an import is missing',
    { localName: 'link', sheet: { cssRules: [{}] } },
    'error',
    true,
  ],
  ['a link whose sheet hides its rules', { localName: 'link', sheet: CLOSED }, 'error', false],
  [
    'a style of which an import is missing',
    { localName: 'style', sheet: { cssRules: [] } },
    'error',
    true,
  ],
];

for (const [what, fields, event, expected] of EVENTS) {
  test(`${what} is ${expected ? '' : 'not '}loaded`, async () => {
    const { owner, untilLoaded, clock } = create(fields);

    const loaded = untilLoaded(owner);
    owner.emit(event);

    assert.equal(await loaded, expected);
    assert.equal(clock.waiting(), 0);
  });
}

test('a sheet that came without its event counts as loaded in the end', async () => {
  const { owner, untilLoaded, clock } = create({ localName: 'link', sheet: { cssRules: [] } });

  const loaded = untilLoaded(owner);
  clock.advance(5);

  assert.equal(await loaded, true);
});

test('an import is waited for until its rules can be read, for five seconds', async () => {
  const { untilImported, clock } = create({});
  const rule = /** @type {any} */ ({ styleSheet: CLOSED });

  const imported = untilImported(rule);
  clock.advance(0.02);
  await settle();
  rule.styleSheet = { cssRules: [] };
  clock.advance(0.01);

  assert.equal(await imported, true);
});

test('an import that never comes is given up', async () => {
  const { untilImported, clock } = create({});

  const imported = untilImported(/** @type {any} */ ({ styleSheet: null }));
  for (let step = 0; step < 1001; step += 1) {
    await settle();
    clock.advance(0.005);
  }

  assert.equal(await imported, false);
});
