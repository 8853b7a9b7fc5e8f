import assert from 'node:assert/strict';
import { test } from 'node:test';

import { answerTabs } from '../../../livereload_sse/client/stream/answer.js';
import { createClock, createEventSource } from '../fakes.js';
import { createFetch, createPort } from './fakes.js';

/** The globals of a worker. They are functions that refuse to be called as another's. */
function createScope() {
  const { EventSource, streams } = createEventSource();
  const { fetch } = createFetch();
  const { setTimeout, clearTimeout } = createClock();
  const own = { EventSource, fetch, setTimeout, clearTimeout, crypto: globalThis.crypto };
  const scope = Object.assign(new EventTarget(), own, {
    fetch(/** @type {any[]} */ ...request) {
      assert(this === scope);
      return /** @type {any} */ (fetch)(...request);
    },
  });
  return { scope: /** @type {any} */ (scope), streams };
}

/** @param {EventTarget} scope @param {any} port */
function connect(scope, port) {
  scope.dispatchEvent(Object.assign(new Event('connect'), { ports: [port] }));
  port.say({ type: 'hello', greeting: 1, after: '1-0', isVisible: true });
}

test('all tabs hear one stream, of the events that were named', () => {
  const { scope, streams } = createScope();
  answerTabs(['told'], scope);
  const ports = [createPort(), createPort()];

  for (const port of ports) connect(scope, port);
  streams[0].readyState = 1;
  streams[0].emit('open');
  streams[0].emit('told', { data: '{"a":1}', lastEventId: '2-0' });

  assert.equal(streams.length, 1);
  for (const { sent } of ports) {
    const events = sent.filter((/** @type {any} */ { type }) => type === 'event');
    assert.deepEqual(events.map((/** @type {any} */ { name, id }) => [name, id]), [['told', '2-0']]);
  }
});

test('each worker has a name of its own', () => {
  const names = [createScope(), createScope()].map(({ scope, streams }) => {
    answerTabs(['told'], scope);
    connect(scope, createPort());
    return new URL(streams[0].url).searchParams.get('reader');
  });

  assert(names[0] !== names[1]);
  assert(names.every((name) => /^[0-9a-z]+(-[0-9a-z]+){3}-1$/u.test(name ?? '')));
});
