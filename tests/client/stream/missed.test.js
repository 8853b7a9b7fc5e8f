import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createAskMissed } from '../../../livereload_sse/client/stream/missed.js';
import { createFetch } from './fakes.js';

const EVENT = { name: 'change', data: '{}', id: '2-0' };

/** @param {(request: any) => void} answer */
async function ask(answer) {
  const { fetch, requests } = createFetch();
  const asked = createAskMissed({ fetch, url: '/missed' })('1-0&x');
  answer(requests[0]);
  return { url: requests[0].url, missed: await asked };
}

test('it is asked after an id, and the answer is handed on', async () => {
  const { url, missed } = await ask((request) => request.answer({ events: [EVENT], id: '3-0' }));

  assert.equal(url, '/missed?after=1-0%26x');
  assert.deepEqual(missed, { events: [EVENT], id: '3-0' });
});

test('a server that is away, or says no, has not answered', async () => {
  const away = await ask((request) => request.fail());
  const busy = await ask((request) => request.answer({ events: [], id: '3-0' }, false));

  assert.deepEqual([away.missed, busy.missed], [null, null]);
});

test('what is no such answer is none', async () => {
  const events = [{ ...EVENT, id: 2 }, { ...EVENT, data: {} }, { data: '', id: '1-0' }, null];
  const answers = [null, 'busy', {}, { events: [] }, { events: {}, id: '3-0' }, { id: '3-0' },
    ...events.map((event) => ({ events: [event], id: '3-0' }))];

  for (const answer of answers) {
    const { missed } = await ask((request) => request.answer(answer));
    assert.equal(missed, null, JSON.stringify(answer));
  }
});
