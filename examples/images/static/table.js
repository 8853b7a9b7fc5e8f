/** The table: the form, and a frame for each picture; one stream tells of them all. */

import { follow } from './following.js';
import { makeFrame } from './frame.js';

const form = document.getElementById('order');
const list = document.getElementById('frames');
const refusal = document.getElementById('refusal');
const frames = new Map();

/** Ask for a picture. Shows the refusal, at the field that it is about. */
async function order(wanted) {
  const answer = await fetch('/images', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wanted),
  }).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (answer?.ok) return refuse('', '');
  refuse(said?.field, said ? `${said.what} ${said.hint}` : 'The server does not answer.');
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
  void order(seed.trim() === '' ? wanted : { ...wanted, seed: read(seed) });
});

function again({ seed, palette, width, height }) {
  void order({ seed, palette, width, height });
}

function show(image) {
  let frame = frames.get(image.id);
  if (!frame) {
    frame = makeFrame(again);
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

follow('/events', {
  table(images) {
    const here = new Set(images.map((image) => image.id));
    for (const id of [...frames.keys()]) if (!here.has(id)) drop(id);
    images.forEach(show);
    count();
  },
  image: show,
  gone: ({ id }) => drop(id),
});

setInterval(() => frames.forEach((frame) => frame.image.phase === 'rendering' && frame.tick()), 100);
