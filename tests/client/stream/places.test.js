import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createPlaces } from '../../../livereload_sse/client/stream/places.js';
import { createClock, settle } from '../fakes.js';

/** That every listener hears every event once, by chance, is in `hub.test.js`. */
function start(after = '1-0') {
  const clock = createClock();
  /** @type {{after: string, answer: (missed: any) => Promise<void>}[]} */
  const asked = [];
  const places = createPlaces({
    setTimeout: clock.setTimeout,
    askMissed: (id) =>
      new Promise((resolve) => {
        asked.push({ after: id, answer: async (missed) => (resolve(missed), settle()) });
      }),
  });
  places.begin(after);

  function enter(/** @type {string} */ id) {
    /** @type {string[]} */
    const heard = [];
    return { place: places.enter(id, (event) => heard.push(event.id)), heard };
  }

  const receive = (/** @type {string} */ id) => places.receive(event(id));
  return { clock, asked, places, enter, receive };
}

function event(/** @type {string} */ id) {
  return { name: 'change', data: '{}', id };
}

test('a listener with an unknown id hears what the server says, then the stream', async () => {
  const { asked, places, enter, receive } = start();
  places.connected();
  const { heard } = enter('3-0');
  receive('4-0');
  const early = [...heard];

  await asked[0].answer({ events: [event('4-0')], id: '4-0' });
  receive('5-0');

  assert.deepEqual([asked[0].after, early, heard], ['3-0', [], ['4-0', '5-0']]);
});

test('what the stream said while the answer was under way follows it', async () => {
  const { asked, places, enter, receive } = start();
  places.connected();
  const { heard } = enter('3-0');
  receive('4-0');
  receive('5-0');

  await asked[0].answer({ events: [event('4-0')], id: '4-0' });

  assert.deepEqual(heard, ['4-0', '5-0']);
});

test('what the answer has said, the stream says to the others only', async () => {
  const { asked, places, enter, receive } = start('1-0');
  places.connected();
  const other = enter('1-0');
  const { heard } = enter('3-0');
  await asked[0].answer({ events: [event('4-0')], id: '5-0' });

  for (const id of ['4-0', '5-0', '6-0']) receive(id);

  assert.deepEqual([other.heard, heard], [['4-0', '5-0', '6-0'], ['4-0', '6-0']]);
});

test('while there is no stream the server is not asked, and then it is', () => {
  const { asked, places, enter } = start();
  enter('3-0');
  const before = asked.length;

  places.connected();

  assert.deepEqual([before, asked.map(({ after }) => after)], [0, ['3-0']]);
});

test('an answer from before the stream was cut is not taken; it is asked again', async () => {
  const { asked, places, enter } = start();
  places.connected();
  const { heard } = enter('3-0');
  places.interrupted();
  await asked[0].answer({ events: [event('4-0')], id: '4-0' });
  const early = [...heard];
  places.connected();
  await asked[1].answer({ events: [event('5-0')], id: '5-0' });

  assert.deepEqual([early, heard], [[], ['5-0']]);
});

test('no answer is asked for again, ever more slowly', async () => {
  const { asked, clock, places, enter } = start();
  places.connected();
  const { heard } = enter('3-0');
  await asked[0].answer(null);
  clock.advance(0.5);
  await asked[1].answer(null);
  clock.advance(0.9);
  const early = asked.length;
  clock.advance(0.1);
  await asked[2].answer({ events: [event('4-0')], id: '4-0' });

  assert.deepEqual([early, heard], [2, ['4-0']]);
});

test('a listener that has left is asked for no longer, and told nothing', async () => {
  const { asked, clock, places, enter } = start();
  places.connected();
  const [one, two] = [enter('3-0'), enter('3-0')];
  await asked[1].answer(null);
  places.leave(one.place);
  places.leave(two.place);

  await asked[0].answer({ events: [event('4-0')], id: '4-0' });
  clock.advance(60);

  assert.deepEqual([asked.length, one.heard, two.heard], [2, [], []]);
});

test('who was told more than a stream had said before its end has to ask for itself', async () => {
  const { asked, places, enter, receive } = start('1-0');
  places.connected();
  const { heard } = enter('3-0');
  await asked[0].answer({ events: [event('4-0')], id: '4-0' });
  places.interrupted();
  places.connected();
  receive('6-0'); // another process tells what came after 1-0 as one, 4-0 among it
  const early = [...heard];
  await asked[1].answer({ events: [], id: '6-0' });
  receive('7-0');

  assert.deepEqual([asked[1].after, early, heard], ['4-0', ['4-0'], ['4-0', '7-0']]);
});

test('who was told less goes on with the stream', async () => {
  const { asked, places, enter, receive } = start('1-0');
  places.connected();
  const { heard } = enter('3-0');
  await asked[0].answer({ events: [], id: '4-0' });
  receive('5-0');
  places.interrupted();
  places.connected();
  receive('6-0');

  assert.deepEqual([asked.length, heard], [1, ['5-0', '6-0']]);
});

test('when the ids go back everybody is told', () => {
  const { places, enter, receive } = start('5-0');
  const { heard } = enter('5-0');
  places.connected();

  receive('2-0');
  receive('3-0');

  assert.deepEqual(heard, ['2-0', '3-0']);
  assert.deepEqual(enter('2-0').heard, ['3-0']);
});

test('a stream is behind when the server says what it has not said', async () => {
  const { asked, places, receive } = start('1-0');
  const answers = [];
  answers.push(await places.isBehind()); // no stream: nothing to compare
  places.connected();
  for (const missed of [null, { events: [], id: '2-0' }, { events: [event('2-0')], id: '2-0' }]) {
    const answer = places.isBehind();
    await asked.at(-1)?.answer(missed);
    answers.push(await answer);
  }
  receive('2-0');
  const answer = places.isBehind();
  receive('3-0');
  await asked.at(-1)?.answer({ events: [event('3-0')], id: '3-0' });
  answers.push(await answer);

  assert.deepEqual(answers, [false, false, false, true, false]);
});

test('a stream that was cut meanwhile is not behind', async () => {
  const { asked, places } = start('1-0');
  places.connected();
  const answer = places.isBehind();
  places.interrupted();
  await asked[0].answer({ events: [event('2-0')], id: '2-0' });

  assert.equal(await answer, false);
});
