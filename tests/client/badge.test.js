import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createBadge } from '../../livereload_sse/client/badge.js';
import { render } from './dom.js';
import { createClock, createTarget } from './fakes.js';

function create(html = '', { frameElement = null } = {}) {
  const { document } = render(html);
  const clock = createClock();
  const { setTimeout, clearTimeout } = clock;
  const target = createTarget();
  /** @type {Set<string>} */
  const listening = new Set();
  const window = /** @type {any} */ ({
    ...target,
    frameElement,
    addEventListener(/** @type {string} */ name, /** @type {any} */ listener) {
      const hear = (/** @type {any} */ event) => listening.has(name) && listener(event);
      if (!listening.has(name)) target.addEventListener(name, hear);
      listening.add(name);
    },
    removeEventListener: (/** @type {string} */ name) => listening.delete(name),
    CSSStyleSheet: class { replaceSync() {} },
  });
  const badge = createBadge({ document, window, setTimeout, clearTimeout });
  const root = () => document.querySelector('sse-reload-badge')?.shadowRoot;
  const text = () => root()?.querySelector('[role=status]')?.textContent ?? null;
  const press = () => root()?.querySelector('button')?.click();
  return { document, clock, badge, window, listening, text, press };
}

test('it is shown when the server has been away for a second', () => {
  const { badge, clock, text } = create();
  badge.away();

  clock.advance(0.9);
  const before = text();
  clock.advance(0.5);

  assert.deepEqual([before, text()], [null, 'sse-reload: the server is away']);
});

test('the status stands there empty before it speaks, or nobody would be told', () => {
  const { badge, clock, text } = create();
  badge.away();

  clock.advance(1.01);

  assert.equal(text(), '');
});

test('a server that is back sooner was never away', () => {
  const { badge, clock, text, listening } = create();
  badge.away();
  clock.advance(0.9);

  badge.back();
  clock.advance(9);

  assert.deepEqual([text(), clock.waiting(), listening.size], [null, 0, 0]);
});

test('it is gone at once and without a trace when the server is back', () => {
  const { document, badge, clock, listening } = create('<p>x');
  const before = document.documentElement.outerHTML;
  badge.away();
  clock.advance(2);

  badge.back();

  assert.equal(document.documentElement.outerHTML, before);
  assert.deepEqual([clock.waiting(), listening.size], [0, 0]);
});

test('dismissed it stays away until the next outage', () => {
  const { badge, clock, window, text, press } = create();
  badge.away();
  clock.advance(2);
  press();
  const pressed = text();
  badge.away();
  window.emit('pageshow');
  clock.advance(9);
  const later = text();
  badge.back();
  badge.away();
  clock.advance(2);

  assert.deepEqual([pressed, later], [null, null]);
  assert(text());
});

test('a page that is left takes nothing along, and shows it again when it comes back', () => {
  const { badge, clock, window, text } = create();
  badge.away();
  clock.advance(0.5);
  window.emit('pagehide');
  clock.advance(9);
  const left = text();

  window.emit('pageshow');
  clock.advance(2);

  assert.equal(left, null);
  assert(text());
});

test('a page may do without it', () => {
  const { badge, clock, text } = create('<html data-sse-reload-badge=off>');

  badge.away();
  clock.advance(9);

  assert.equal(text(), null);
});

test('a frame leaves it to the page around it', () => {
  const { badge, clock, text } = create('', { frameElement: /** @type {any} */ ({}) });

  badge.away();
  clock.advance(9);

  assert.equal(text(), null);
});

test('said twice it is there once', () => {
  const { document, badge, clock } = create();
  badge.away();
  clock.advance(2);
  badge.away();
  clock.advance(2);

  assert.equal(document.querySelectorAll('sse-reload-badge').length, 1);
});
