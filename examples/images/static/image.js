/** One picture's page. Its stream ends with the picture; one that is over has none at all. */

import { follow } from './following.js';
import { isOver, makeFrame, say } from './frame.js';

const find = (id) => document.getElementById(id);
const frame = makeFrame(again);

async function again({ seed, palette, width, height }) {
  const answer = await fetch('/images', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ seed, palette, width, height }),
  });
  if (answer.ok) location.assign(answer.headers.get('location'));
}

function show(image) {
  frame.show(image);
  find('worker').textContent = image.worker ?? '–';
  tick();
}

function tick() {
  frame.tick();
  find('phase').textContent = say(frame.image);
  find('elapsed').textContent = frame.elapsed() > 0 ? `${frame.elapsed().toFixed(1)} s` : '–';
}

find('picture').append(frame.root);
frame.root.querySelector('.window').removeAttribute('href');
show(JSON.parse(find('image').textContent));

if (!isOver(frame.image)) {
  const names = ['queued', 'rendering', 'preview', 'done', 'failed', 'cancelled'];
  follow(`/images/${frame.image.id}/events`, Object.fromEntries(names.map((name) => [name, show])));
  setInterval(() => frame.image.phase === 'rendering' && tick(), 100);
}
