/** One picture's page. Its stream ends with the picture; one that is over has none at all. */

import { follow } from './following.js';
import { isOver, makeFrame, say } from './frame.js';
import { order } from './order.js';

const find = (id) => document.getElementById(id);
const frame = makeFrame(again);

async function again(image) {
  const { url, words } = await order(image);
  if (url) location.assign(url);
  return words;
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
  const stream = follow(
    `/images/${frame.image.id}/events`,
    Object.fromEntries(names.map((name) => [name, show])),
    { gone: () => show({ ...frame.image, phase: 'gone', position: 0 }) },
  );
  // While nobody answers, nobody knows for how long it has been drawn.
  setInterval(() => stream.isOpen && frame.image.phase === 'rendering' && tick(), 100);
}
