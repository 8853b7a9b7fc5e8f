/** The table: the form, and a frame for each picture; one stream tells of them all. */

import { follow } from './following.js';
import { makeFrame } from './frame.js';
import { AWAY, order } from './order.js';

const form = document.getElementById('order');
const list = document.getElementById('frames');
const refusal = document.getElementById('refusal');
const frames = new Map();

/** Ask for a picture. Shows the refusal, at the field that it is about, and returns its words. */
async function ask(wanted) {
  const { field, words } = await order(wanted);
  refuse(field, words);
  return words;
}

function refuse(field, words) {
  refusal.textContent = words;
  for (const input of form.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
  const input = field && form.elements[field];
  if (!(input instanceof HTMLInputElement)) return;
  input.setAttribute('aria-invalid', 'true');
  input.focus();
}

/** Digits are a number; anything else goes as it is, for the server to say what is wrong. */
function read(text) {
  return /^\d+$/.test(text.trim()) ? Number(text) : text;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { palette, seed, width, height } = Object.fromEntries(new FormData(form));
  const wanted = { palette, width: read(width), height: read(height) };
  void ask(seed.trim() === '' ? wanted : { ...wanted, seed: read(seed) });
});

function show(image) {
  let frame = frames.get(image.id);
  if (!frame) {
    frame = makeFrame(ask);
    frames.set(image.id, frame);
    const item = document.createElement('li');
    item.append(frame.root);
    list.prepend(item);
  }
  frame.show(image);
  count();
}

function drop(id) {
  frames.get(id)?.root.closest('li').remove();
  frames.delete(id);
  count();
}

function count() {
  document.getElementById('empty').hidden = frames.size > 0;
}

const stream = follow('/events', {
  table(images) {
    const here = new Set(images.map((image) => image.id));
    for (const id of [...frames.keys()]) if (!here.has(id)) drop(id);
    images.forEach(show);
    count();
  },
  image: show,
  gone: ({ id }) => drop(id),
}, {
  opened: () => refusal.textContent === AWAY && refuse('', ''),
});

// While nobody answers, nobody knows for how long a picture has been drawn.
setInterval(() => stream.isOpen && frames.forEach((frame) => frame.image.phase === 'rendering' && frame.tick()), 100);
