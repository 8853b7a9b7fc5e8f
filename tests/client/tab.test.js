import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createTab } from '../../livereload_sse/client/tab.js';
import { createClock, settle } from './fakes.js';

/** @import {Note} from '../../livereload_sse/client/memory.js' */
/** @import {Outcome, Result} from '../../livereload_sse/client/tab.js' */

/** @typedef {{known?: [string, string][], owed?: Note['pending']}} HandedOver */
/** @param {{outcome?: Outcome, cancels?: boolean, patch?: Partial<Result>} & HandedOver} [options] */
function create({ outcome = 'done', cancels = false, patch = {}, known = [], owed = [] } = {}) {
  const clock = createClock();
  const world = { isPaused: false, outcome, cancels, patch, known: /** @type {ReadonlyMap<string, string>} */ (new Map()) };
  /** @type {any[]} */
  const done = [];
  /** @type {Note[]} */
  const notes = [];
  const tab = createTab({
    isPaused: () => world.isPaused,
    dispatch: (...event) => {
      done.push(['dispatch', ...event]);
      return !world.cancels;
    },
    readFacts: (seen) => (world.known = seen, {
      page: '/', digest: 'p1', kind: 'page', canPatch: true, location: '/', known: seen,
      styles: new Set(['/a.css']), resources: new Set(['/app.js', '/a.png']),
    }),
    perform: {
      'patch-page': (paths, version) => perform('patch', paths, version, world.patch),
      'swap-styles': (paths, version) => perform('swap', paths, version),
      'swap-images': (paths, version) => perform('images', paths, version),
    },
    untilPainted: async () => clock.advance(0.01),
    readState: () => ({ scroll: 7 }),
    reload: () => done.push(['reload']),
    memory: { leave: (note) => notes.push(structuredClone(note)), take: () => null },
    acknowledge: (...acknowledgement) => done.push(['acknowledge', ...acknowledgement]),
    now: clock.now,
    known,
    owed,
  });
  /**
   * @param {string} what
   * @param {readonly string[]} paths
   * @param {string} version
   * @param {Partial<Result>} [more]
   */
  function perform(what, paths, version, more) {
    done.push([what, ...paths, version]);
    clock.advance(0.02);
    return Promise.resolve({ outcomes: new Map(paths.map((path) => [path, world.outcome])), ...more });
  }

  const tell = (/** @type {string} */ id, /** @type {any[]} */ ...changes) =>
    tab.receive('change', JSON.stringify({ changes }), id);
  const happened = (/** @type {string} */ what) =>
    done.filter(([name]) => name === what).map(([, ...rest]) => rest);
  return { clock, world, tab, tell, happened, notes };
}

const style = (digest = 'd1') => ({ kind: 'modified', url: '/a.css', digest });
const page = (digest = 'p2') => ({ kind: 'modified', url: '/', digest });
const script = (digest = 'd1') => ({ kind: 'modified', url: '/app.js', digest });

test('a style sheet in use is swapped, then acknowledged with the time it took', async () => {
  const { tell, happened } = create();

  tell('5-0', style());
  await settle();

  assert.deepEqual(happened('swap'), [['/a.css', '5-0']]);
  assert.deepEqual(happened('acknowledge'), [['5-0', 'swap-styles', 30, { nodes: 0 }]]);
});

test('the same bytes again do nothing, and say so', async () => {
  const { tell, happened } = create();
  tell('5-0', style());
  await settle();

  tell('6-0', style());

  assert.equal(happened('swap').length, 1);
  assert.deepEqual(happened('acknowledge').at(-1), ['6-0', 'none', 0]);
});

test('what the page before had acted upon is known', () => {
  const { tell, happened } = create({ known: [['/app.js', 'd1']] });

  tell('5-0', script('d1'));

  assert.deepEqual(happened('acknowledge'), [['5-0', 'none', 0]]);
});

test('a file that was deleted is unknown when it comes back with the same bytes', async () => {
  const { tell, happened } = create();
  tell('5-0', style());
  await settle();
  tell('6-0', { kind: 'deleted', url: '/a.css' });
  await settle();

  tell('7-0', { ...style(), kind: 'added' });

  assert.equal(happened('swap').length, 3);
});

test('a reload leaves a note and is not acknowledged by this page', () => {
  const { tell, happened, notes, clock } = create();

  tell('5-0', script());

  assert.equal(happened('reload').length, 1);
  assert.deepEqual(happened('acknowledge'), []);
  const pending = [{ id: '5-0', started: clock.now() }];
  assert.deepEqual(notes, [
    { cause: '5-0', pending, known: [['/app.js', 'd1']], state: { scroll: 7 } },
  ]);
});

test('the page itself is patched, and what was done in it is told', async () => {
  const { tell, happened } = create({ patch: { nodes: 2 } });

  tell('5-0', page());
  await settle();

  assert.deepEqual(happened('patch'), [['/', '5-0']]);
  assert.deepEqual(happened('acknowledge'), [['5-0', 'patch-page', 30, { nodes: 2 }]]);
  assert.deepEqual(happened('reload'), []);
});

test('what a patch has shown is known, also when it is newer than the event', async () => {
  const { tell, happened } = create({ patch: { digests: new Map([['/', 'p3']]) } });
  tell('5-0', page('p2'));
  await settle();

  tell('6-0', page('p3'));
  await settle();

  assert.equal(happened('patch').length, 1);
  assert.deepEqual(happened('acknowledge').at(-1), ['6-0', 'none', 0]);
});

test('a page that cannot be patched is reloaded, and the next page says why', async () => {
  const { tell, happened, notes } = create({ patch: { refusal: 'script changed' } });

  tell('5-0', page());
  await settle();

  assert.equal(happened('reload').length, 1);
  assert.deepEqual(happened('acknowledge'), []);
  assert.equal(notes[0].pending[0].reason, 'script changed');
});

test('a file that nothing on the page names reloads it', async () => {
  const { tell, happened, notes } = create({ outcome: 'unused' });

  tell('5-0', { kind: 'modified', url: '/a.png', digest: 'd1' });
  await settle();

  assert.equal(happened('reload').length, 1);
  assert.equal(notes[0].pending[0].reason, 'only a script uses /a.png');
});

test('page, style sheet and image of one change are done together and told as one', async () => {
  const { tell, happened } = create({ patch: { nodes: 1 } });

  tell('5-0', { kind: 'modified', url: '/a.png', digest: 'd1' }, style(), page());
  await settle();

  assert.deepEqual([happened('patch'), happened('swap'), happened('images')], [
    [['/', '5-0']], [['/a.css', '5-0']], [['/a.png', '5-0']],
  ]);
  assert.deepEqual(happened('acknowledge').map(([id, deed]) => [id, deed]), [['5-0', 'patch-page']]);
});

test('a patch that ends while the next page is on its way reloads nothing', async () => {
  const { tell, happened, notes } = create({ patch: { refusal: 'script changed' } });
  tell('5-0', page());

  tell('6-0', script());
  await settle();

  assert.equal(happened('reload').length, 1);
  assert.deepEqual(notes.at(-1)?.pending.map(({ id }) => id), ['6-0', '5-0']);
});

test('what of a change does not concern the page is known as well', async () => {
  const { tell, world } = create();

  tell('5-0', style('s1'), { kind: 'modified', url: '/other.png', digest: 'o1' });
  await settle();

  assert.deepEqual([...world.known].sort(), [['/a.css', 's1'], ['/other.png', 'o1']]);
});

test('the reason for a reload is told with it', () => {
  const { tab, happened } = create({ owed: [{ id: '4-0', started: 999_950, reason: 'because' }] });

  tab.shown();

  assert.deepEqual(happened('acknowledge'), [['4-0', 'reload', 50, { reason: 'because' }]]);
});

test('a reload message reloads', () => {
  const { tab, happened } = create();

  tab.receive('reload', '{"reason":"restarted"}', '5-0');

  assert.equal(happened('reload').length, 1);
});

test('while the next page is on its way events go into the note and reload nothing', () => {
  const { tell, happened, notes } = create();

  tell('5-0', script());
  tell('6-0', script('d2'));

  assert.equal(happened('reload').length, 1);
  assert.equal(notes.at(-1)?.cause, '5-0');
  assert.deepEqual(notes.at(-1)?.pending.map(({ id }) => id), ['5-0', '6-0']);
});

test('a page that is still there after three seconds acts again, however busy they were', () => {
  const { tell, happened, clock, notes } = create();

  for (let id = 5; id < 9; id += 1) {
    tell(`${id}-0`, script(`d${id}`));
    clock.advance(1);
  }

  assert.equal(happened('reload').length, 2);
  assert.equal(notes.at(-1)?.cause, '8-0');
});

test('a page that is shown acknowledges the events it was loaded for, once', () => {
  const { tab, happened, clock } = create({ owed: [{ id: '4-0', started: 999_950 }] });

  tab.shown();
  tab.shown();

  assert.equal(clock.now(), 1_000_000);
  assert.deepEqual(happened('acknowledge'), [['4-0', 'reload', 50, { reason: undefined }]]);
});

test('a page that reloads before it is shown leaves that to the next', () => {
  const { tell, tab, happened, notes } = create({ owed: [{ id: '4-0', started: 999_950 }] });

  tell('5-0', script());
  tab.shown();

  assert.deepEqual(happened('acknowledge'), []);
  assert.deepEqual(notes.at(-1)?.pending.map(({ id }) => id), ['4-0', '5-0']);
});

test('a paused tab does nothing, and says so', () => {
  const { tell, tab, happened, world } = create();
  world.isPaused = true;

  tell('5-0', script(), style());
  tab.receive('reload', '{}', '6-0');

  assert.deepEqual([happened('reload'), happened('swap'), happened('dispatch')], [[], [], []]);
  assert.deepEqual(happened('acknowledge'), [['5-0', 'paused', 0], ['6-0', 'paused', 0]]);
});

test('a page may handle changes itself', () => {
  const { tell, happened } = create({ cancels: true });

  tell('5-0', script(), style());

  assert.deepEqual(happened('dispatch'), [['change', { changes: [script(), style()] }, true]]);
  assert.deepEqual([happened('reload'), happened('swap')], [[], []]);
  assert.deepEqual(happened('acknowledge'), [['5-0', 'none', 0]]);
});

test('what a page has handled itself is known', () => {
  const { tell, happened, world } = create({ cancels: true });
  tell('5-0', script());
  world.cancels = false;

  tell('6-0', script());

  assert.deepEqual(happened('reload'), []);
});

test('a custom event is handed to the page and not acknowledged, even when paused', () => {
  const { tab, happened, world } = create();
  world.isPaused = true;

  tab.receive('custom', '{"name":"deploy","data":{"a":1}}', '5-0');

  assert.deepEqual(happened('dispatch'), [['deploy', { a: 1 }, false]]);
  assert.deepEqual(happened('acknowledge'), []);
});

test('what cannot be understood is let pass', () => {
  const { tab, happened } = create();

  tab.receive('change', '{', '5-0');

  assert.deepEqual(happened('acknowledge'), []);
});

test('a sheet that could not be had is unknown, and tried again with the next stream', async () => {
  const { tell, tab, happened, world } = create({ outcome: 'failed' });
  tell('5-0', style());
  await settle();
  world.outcome = 'done';

  await tab.retry();
  await tab.retry();

  assert.deepEqual(happened('acknowledge'), [['5-0', 'none', 30, { nodes: 0 }]]);
  assert.equal(happened('swap').length, 2);
});

test('a paused tab does not try again', async () => {
  const { tell, tab, happened, world } = create({ outcome: 'failed' });
  tell('5-0', style());
  await settle();
  world.isPaused = true;

  await tab.retry();

  assert.equal(happened('swap').length, 1);
});

test('a sheet that is gone is not tried again', async () => {
  const { tell, tab, happened } = create({ outcome: 'failed' });
  tell('5-0', { kind: 'deleted', url: '/a.css' });
  await settle();

  await tab.retry();

  assert.equal(happened('swap').length, 1);
});

test('a swap that a later one replaced counts as done, but teaches nothing', async () => {
  const { tell, happened, world } = create({ outcome: 'superseded' });
  tell('5-0', style());
  await settle();
  world.outcome = 'done';

  tell('6-0', style());

  assert.deepEqual(happened('acknowledge'), [['5-0', 'swap-styles', 30, { nodes: 0 }]]);
  assert.equal(happened('swap').length, 2);
});
