import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createCarryOver } from '../../../livereload_sse/client/swap/fonts.js';
import { createClock, settle } from '../fakes.js';

/** @param {string} family @param {string} [status] */
function createFace(family, status = 'unloaded') {
  /** @type {any} */
  const face = { family, status, isAsked: false };
  face.loaded = new Promise((resolve) => (face.finish = resolve));
  face.load = () => {
    face.isAsked = true;
    return face.loaded;
  };
  return face;
}

/** @param {any[]} faces */
function create(...faces) {
  const clock = createClock();
  const fonts = new Set(faces);
  const carryOver = createCarryOver({ document: /** @type {any} */ ({ fonts }), ...clock });
  /** @type {string[]} */
  const steps = [];
  const carry = (/** @type {any[]} */ ...added) =>
    carryOver(
      () => added.forEach((face) => fonts.add(face)),
      (haveLoaded) => steps.push(haveLoaded ? 'finished' : 'broken'),
    );
  return { clock, carry, steps };
}

test('the old faces stay until the new ones have loaded', async () => {
  const face = createFace('x');
  const { carry, steps, clock } = create(createFace('x', 'loaded'));

  const carrying = carry(face);
  await settle();
  const during = [...steps];
  face.finish();
  await carrying;

  assert.deepEqual([during, steps, clock.waiting()], [[], ['finished'], 0]);
});

test('without faces to wait for all is done in the same step', () => {
  const { carry, steps } = create(createFace('x', 'loaded'));

  carry();

  assert.deepEqual(steps, ['finished']);
});

test('what was not in use is not loaded', () => {
  const [used, unused] = [createFace('x'), createFace('y')];
  const { carry } = create(createFace('x', 'loaded'), createFace('y'));

  carry(used, unused);

  assert.deepEqual([used.isAsked, unused.isAsked], [true, false]);
});

test('neither a font that does not come nor a broken one is waited for', async () => {
  const broken = createFace('x');
  broken.load = async () => {
    throw new Error('broken');
  };
  const one = create(createFace('x', 'loaded'));
  const two = create(createFace('x', 'loaded'));

  one.carry(createFace('x'));
  one.clock.advance(1);
  await Promise.all([settle(), two.carry(broken)]);

  assert.deepEqual([one.steps, two.steps], [['finished'], ['broken']]);
});
