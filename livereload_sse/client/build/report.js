/**
 * The parts of a report as elements: problems, the excerpt of a source, the output in its colours.
 *
 * Knows what a report consists of; refuses to know where it is shown and what opening a place means.
 */

import { findColours } from './colours.js';
import { element } from './look.js';

/** @import {Excerpt, Place, Problem, Report, Span} from './messages.js' */

/** @typedef {(key: string) => void} Open */

const TYPE = ['bold', 'italic', 'underline'];

/** @param {Document} document @param {Problem} problem @param {string | undefined} title @param {Open} open */
export function drawProblem(document, { message, severity, place }, title, open) {
  const item = element(document, 'li', { class: severity });
  if (place) item.append(drawPlace(document, place, open));
  // The title has said it already: the place alone is left to say.
  if (message !== title) item.append(element(document, 'span', { class: 'message', dir: 'auto' }, message));
  return item;
}

/**
 * A place in a source: a button where it can be opened, else its name.
 *
 * @param {Document} document @param {Place} place @param {Open} open @param {string} [text]
 */
export function drawPlace(document, { name, line, column, key }, open, text) {
  const label = text ?? [name, line, column].filter((part) => part != null).join(':');
  if (!key) return element(document, 'span', { class: 'place' }, label);
  const button = element(document, 'button', {
    type: 'button', class: 'place', title: 'Open in the editor',
  }, label);
  button.addEventListener('click', () => open(key));
  return button;
}

/** @param {Document} document @param {Excerpt} excerpt @param {Open} open */
export function drawExcerpt(document, { place, lines }, open) {
  const figure = element(document, 'figure');
  const caption = element(document, 'figcaption');
  caption.append(drawPlace(document, place, open));
  const source = element(document, 'pre', { class: 'excerpt', dir: 'ltr', translate: 'no' });
  for (const { number, text, marked } of lines) {
    const row = element(document, 'code', marked ? { class: 'marked' } : {});
    row.append(element(document, 'span', { class: 'number' }, String(number)), `${text}\n`);
    source.append(row);
  }
  figure.append(caption, source);
  return figure;
}

/** @param {Document} document @param {Report} report @param {Open} open @param {(text: string) => void} copy */
export function drawOutput(document, { output, cut }, open, copy) {
  const bar = element(document, 'div', { class: 'bar' });
  const button = element(document, 'button', { type: 'button' }, 'Copy');
  button.addEventListener('click', () => copy(textOf(output)));
  bar.append(element(document, 'h2', {}, cut ? 'The end of the output' : 'Output'), button);
  const box = element(document, 'pre', { class: 'output', tabindex: '0', dir: 'ltr', translate: 'no' });
  for (const line of output) {
    box.append(...line.map((span) => drawSpan(document, span, open)), '\n');
  }
  return [bar, box];
}

/** @param {Document} document @param {Span} span @param {Open} open */
function drawSpan(document, { text, style = [], place }, open) {
  const made = place ? drawPlace(document, place, open, text) : element(document, 'span', {}, text);
  made.classList.add(...TYPE.filter((word) => style.includes(word)));
  Object.assign(made.style, findColours(style));
  return made;
}

/** @param {Span[][]} output */
function textOf(output) {
  return output.map((line) => line.map(({ text }) => text).join('')).join('\n');
}
