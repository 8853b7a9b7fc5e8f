import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createScroll } from '../../../livereload_sse/client/state/scroll.js';

/** @import {ScrollEntry} from '../../../livereload_sse/client/state/scroll.js' */

/** @type {ScrollEntry} */
const DOWN = { at: null, top: 500, left: 7, anchors: [] };

/** A window 100 pixels high over a page of some height, and a clock that shows frames. */
function create(height = 1000) {
  const page = {
    scrollTop: 0, scrollLeft: 0, scrollHeight: height, isConnected: true, shadowRoot: null,
    children: [], moves: 0,
    scrollTo(/** @type {any} */ { top, left, behavior }) {
      assert.equal(behavior, 'instant');
      page.scrollTop = Math.max(0, Math.min(top, page.scrollHeight - 100));
      page.scrollLeft = left;
      page.moves += 1;
    },
  };
  const document = {
    readyState: 'loading', scrollingElement: page, querySelectorAll: () => [page],
  };
  const world = { time: 0, hasActed: false };
  /** @type {(() => void)[]} */
  let frames = [];
  const scroll = createScroll({
    document: /** @type {any} */ (document),
    window: {
      requestAnimationFrame: (run) => frames.push(() => run(world.time)),
    },
    now: () => world.time,
    hasActed: () => world.hasActed,
  });
  function show(count = 1) {
    for (let frame = 0; frame < count; frame += 1) {
      world.time += 16;
      for (const run of frames.splice(0)) run();
    }
  }
  return { page, document, world, scroll, show, waiting: () => frames.length };
}

test('the place is taken at once', () => {
  const { page, scroll } = create();

  scroll.restore([DOWN]);

  assert.deepEqual([page.scrollTop, page.scrollLeft], [500, 7]);
});

test('a page that is too short is followed while it grows', () => {
  const { page, scroll, show } = create(200);
  scroll.restore([DOWN]);
  const tops = [page.scrollTop];

  for (const height of [400, 2000]) {
    page.scrollHeight = height;
    show();
    tops.push(page.scrollTop);
  }

  assert.deepEqual(tops, [100, 300, 500]);
});

test('a scroller that is not there yet is looked for again', () => {
  const { page, document, scroll, show } = create();
  Object.assign(document, { scrollingElement: null });
  scroll.restore([DOWN]);
  show(3);
  document.scrollingElement = page;

  show(10);

  assert.equal(page.scrollTop, 500);
});

test('nothing is set when nothing has changed', () => {
  const { page, scroll, show } = create();

  scroll.restore([DOWN]);
  show(10);

  assert.equal(page.moves, 1);
});

test('a browser that restores another place once is corrected', () => {
  const { page, scroll, show } = create();
  scroll.restore([DOWN]);
  page.scrollTop = 20;

  show();

  assert.equal(page.scrollTop, 500);
});

test('who goes on moving it is let go', () => {
  const { page, scroll, show, waiting } = create();
  scroll.restore([DOWN]);

  for (const top of [10, 20, 30, 40]) {
    page.scrollTop = top;
    show();
  }

  assert.deepEqual([page.scrollTop, waiting()], [40, 0]);
});

test('what moves with the growth of the page is not a contest', () => {
  const { page, scroll, show } = create(200);
  scroll.restore([DOWN]);

  for (const height of [250, 300, 350, 400, 450, 1000]) {
    page.scrollHeight = height;
    page.scrollTop += 50;
    show();
  }

  assert.equal(page.scrollTop, 500);
});

test('a person who does something has the page from then on', () => {
  const { page, world, scroll, show, waiting } = create(200);
  scroll.restore([DOWN]);
  world.hasActed = true;
  page.scrollHeight = 2000;

  show();

  assert.deepEqual([page.scrollTop, waiting()], [100, 0]);
});

test('it ends soon after the load when the place is reached', () => {
  const { document, scroll, show, waiting } = create();
  scroll.restore([DOWN]);
  show(100);
  const before = waiting();
  document.readyState = 'complete';

  show(25);

  assert.deepEqual([before, waiting()], [1, 0]);
});

test('it ends three seconds after the load when the place is never reached', () => {
  const { document, scroll, show, waiting } = create(200);
  document.readyState = 'complete';
  scroll.restore([DOWN]);

  show(180);
  const before = waiting();
  show(20);

  assert.deepEqual([before, waiting()], [1, 0]);
});

test('it ends for a page that never finishes loading', () => {
  const { scroll, show, waiting } = create(200);
  scroll.restore([DOWN]);

  show(1000);

  assert.equal(waiting(), 0);
});

test('what is at its top is not spoken of, what is not says where', () => {
  const { page, scroll } = create();
  assert.deepEqual(scroll.read(), []);
  page.scrollTop = 321;
  page.scrollLeft = 4;

  const [entry] = scroll.read();

  assert.deepEqual(entry, { at: null, top: 321, left: 4, anchors: [] });
});

test('a page that is only scrolled sideways stays at its top, whatever comes above', () => {
  const { page, scroll } = create();
  Object.defineProperty(page, 'children', { get: () => assert.equal('asked', 'not asked') });
  page.scrollLeft = 4;

  assert.deepEqual(scroll.read(), [{ at: null, top: 0, left: 4, anchors: [] }]);
});

test('a page that is reloaded again on its way hands on where it was going', () => {
  const { world, scroll } = create(200);
  scroll.restore([DOWN]);
  const underWay = scroll.read();
  world.hasActed = true;

  assert.deepEqual(underWay, [DOWN]);
  assert.equal(scroll.read()[0].top, 100);
});
