/**
 * The page: what a person does, and which answers are read from where.
 */

import { connect } from '../sse-client.js';
import { followEnd } from './following.js';
import { makeTurn } from './turn.js';

const find = (name) => document.querySelector(name);
const [main, form, field] = ['main', 'form', 'textarea'].map(find);
const [ask, stop, status, template] = ['.ask', '.stop', '.status', 'template'].map(find);
const end = followEnd(find('.newest'));

/** The answers that are coming, by their ids: of this tab, and of others of this conversation. */
const coming = new Map();

/** Read an answer: from its beginning, or on from the id `after`. Asks for it, if nobody has yet. */
function read({ id, prompt, instead = '', after = '' }, turn) {
  const events = connect('answers', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ id, prompt, instead }),
    after,
  });
  events.on('piece', turn.add);
  events.on('text', turn.replace);
  events.on('end', ({ state }) => finish(turn, state));
  events.onState((state, { delay, status: code } = {}) => {
    if (state === 'open') {
      turn.show('running');
      say('The keeper is answering.');
    }
    if (state === 'waiting') {
      turn.show('waiting', waitingWords(delay));
      say('The connection is lost. It comes back by itself.');
    }
    if (state === 'failed') finish(turn, 'failed', `The question was not taken (${code}).`);
  });
  coming.set(id, { turn, events });
  showButtons();
  turn.show('running');
  say('The keeper is answering.');
}

const waitingWords = (delay) =>
  `The connection is lost. Going on ${delay < 1 ? 'in a moment' : `in ${Math.round(delay)} s`}.`;

function finish(turn, state, words) {
  turn.show(state, words);
  coming.delete(turn.id);
  showButtons();
  say(state === 'done' ? `Answered. ${turn.opening}` : turn.element.querySelector('.note').textContent);
}

function showButtons() {
  const isLeft = coming.size === 0 && document.activeElement === stop;
  ask.hidden = coming.size > 0;
  stop.hidden = !ask.hidden;
  if (isLeft) field.focus();
}

function say(words) {
  if (status.textContent !== words) status.textContent = words;
}

function place(prompt, { instead } = {}) {
  const turn = makeTurn(template, prompt, {
    onGrown: end.grown,
    onAgain: () => begin(prompt, turn),
  });
  if (instead) instead.element.replaceWith(turn.element);
  else main.append(turn.element);
  return turn;
}

/** Ask something new, or once more instead of a turn that has failed. */
function begin(prompt, failed) {
  if (coming.size || !prompt.trim()) return;
  const turn = place(prompt, { instead: failed });
  turn.id = makeId();
  end.follow();
  read({ id: turn.id, prompt, instead: failed?.id }, turn);
  // On a phone the keyboard would cover the answer.
  if (matchMedia('(pointer: fine)').matches) field.focus();
}

/** Random, for the address is no secret place. `randomUUID` is for https and localhost only. */
function makeId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * An answer ends where the server ends it: what it had said by then is still painted. One whose server
 * is away ends here; else it would be asked for again as soon as the server is back.
 */
async function stopAnswers() {
  if (stop.ariaDisabled === 'true') return;
  stop.ariaDisabled = 'true'; // one that is really disabled loses the keyboard
  await Promise.all(Array.from(coming, async ([id, { turn, events }]) => {
    try {
      await fetch(`answers/${id}/stop`, { method: 'POST' });
    } catch {
      if (!coming.has(id)) return;
      events.close();
      finish(turn, 'stopped', 'Stopped here. The server does not answer, and may have gone on.');
    }
  }));
  stop.ariaDisabled = 'false';
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (coming.size) return;
  begin(field.value);
  field.value = '';
});

field.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') stopAnswers();
});
stop.addEventListener('click', stopAnswers);
for (const button of document.querySelectorAll('.opening button')) {
  button.addEventListener('click', () => begin(button.textContent));
}

for (const { id, prompt, text, state, last } of JSON.parse(find('[type="application/json"]').textContent)) {
  const turn = Object.assign(place(prompt), { id });
  turn.replace(text);
  if (state === 'running') read({ id, prompt, after: last }, turn);
  else turn.show(state);
}
