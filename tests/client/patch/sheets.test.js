import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSheets } from '../../../livereload_sse/client/patch/sheets.js';
import { prepare } from '../../../livereload_sse/client/patch/prepare.js';
import { createClock, settle } from '../fakes.js';
import { parse } from '../dom.js';
import { findEdits } from './edits.js';

/** @param {string} before the head of one version @param {string} after of the next */
function create(before, after) {
  const [base, next, live] = [before, after, before].map((html) => parse(`<head>${html}</head>`));
  const clock = createClock();
  /** @type {Element[][]} */
  const adopted = [];
  const plan = prepare(findEdits(base, next), {
    base, next, live, isOwn: () => false,
    attributeOf: (element, name) => element.getAttribute(name),
  });
  assert(!('reason' in plan));
  const adopt = (/** @type {Element[]} */ ...pair) => void adopted.push(pair);
  const sheets = createSheets({ document: live, adopt, ...clock })(plan.steps);
  const links = () => [...live.querySelectorAll('link')];
  const media = () => links().map((link) => link.media);
  return { clock, live, plan, sheets, links, adopted, media };
}

const A = '<link rel=stylesheet href=a.css>';
const B = '<link rel=stylesheet href=b.css media=print>';

test('without a sheet that comes or changes there is nothing to wait for', () => {
  const icon = '<link rel=icon href=x>';
  const { sheets, links } = create(`${A}<title>a</title>`, `${A}<title>b</title>${icon}`);

  assert.equal(sheets.loading, null);
  assert.equal(links().length, 1);
});

test('a new sheet loads in its place, for no medium', () => {
  const { sheets, links, media } = create(`${A}<title>x</title>`, `${A}${B}<title>x</title>`);

  assert(sheets.loading !== null);
  assert.deepEqual(media(), ['', 'not all']);
  assert.equal(links()[1].nextSibling?.nodeName, 'TITLE');
  assert(sheets.isOwn(links()[1]) && !sheets.isOwn(links()[0]));
});

test('new sheets at the end keep their order', () => {
  const { links } = create('<title>x</title>', `<title>x</title>${A}${B}`);

  assert.deepEqual(links().map((link) => link.getAttribute('href')), ['a.css', 'b.css']);
});

test('when it is shown it has the media that the author wrote', () => {
  const { plan, sheets, media } = create('<title>x</title>', `<title>x</title>${A}${B}`);

  const changed = sheets.show(plan.steps);

  assert.deepEqual(media(), ['', 'print']);
  assert.deepEqual(changed, []);
});

test('a changed sheet is replaced by one that has loaded', () => {
  const { plan, sheets, links, adopted } = create(A, '<link rel=stylesheet href=b.css class=x>');
  const [old, replacement] = links();
  const during = replacement.media;

  const changed = sheets.show(plan.steps);

  assert.equal(during, 'not all');
  assert(plan.steps.every(sheets.replaces));
  assert.deepEqual(links(), [replacement]);
  assert.equal(replacement.outerHTML, '<link rel="stylesheet" href="b.css" class="x">');
  assert.deepEqual([changed, adopted], [[replacement], [[old, replacement]]]);
});

test('a sheet of which nothing decisive changes is left alone', () => {
  const { sheets } = create(A, '<link rel=stylesheet href=a.css class=x>');

  assert.equal(sheets.loading, null);
});

test('a link that is no sheet any more is not loaded', () => {
  assert.equal(create(A, '<link rel=icon href=a.css>').sheets.loading, null);
});

test('a replacement whose link is not the one any more goes away', () => {
  const { sheets, links } = create(A, B);

  sheets.show([]);

  assert.deepEqual(links().map((link) => link.getAttribute('href')), ['a.css']);
});

test('sheets that load nothing are not waited for', () => {
  for (const more of ['disabled', 'rel="alternate stylesheet"', 'href=""']) {
    const link = `<link ${more} rel=stylesheet href=a.css>`;
    const { sheets } = create('<title>x</title>', `<title>x</title>${link}`);

    assert.equal(sheets.loading, null, more);
  }
});

test('all is waited for, whether it comes or not', async () => {
  const { sheets, links, clock } = create('<title>x</title>', `<title>x</title>${A}${B}`);
  let isOver = false;
  sheets.loading?.then(() => (isOver = true));
  const [first, second] = links();

  first.dispatchEvent(createEvent(first, 'load'));
  await settle();
  const before = isOver;
  second.dispatchEvent(createEvent(second, 'error'));
  await settle();

  assert.deepEqual([before, isOver, clock.waiting()], [false, true, 0]);
});

test('after five seconds the rest does not wait any longer', async () => {
  const { sheets, clock } = create('<title>x</title>', `<title>x</title>${A}`);
  let isOver = false;
  sheets.loading?.then(() => (isOver = true));

  clock.advance(5);
  await settle();

  assert(isOver);
});

test('what is discarded leaves nothing behind', () => {
  const { sheets, live } = create(A, B);

  sheets.discard();

  assert.equal(live.head.innerHTML, '<link rel="stylesheet" href="a.css">');
});

/** @param {Element} element @param {string} name */
function createEvent(element, name) {
  const event = element.ownerDocument.createEvent('Event');
  event.initEvent(name);
  return event;
}
