/**
 * What pytest printed of a failure, and what a test printed, in their colours.
 *
 * Knows lines of spans; refuses to know where they stand. A place that can be opened is a button.
 */

import { findColours } from '../build/colours.js';
import { element } from '../build/look.js';

/** @import {Details, Lines, Place, Span} from './messages.js' */

/** @typedef {(place: Place) => void} Open */

const TYPE = ['bold', 'italic', 'underline'];

/** @param {Document} document @param {Place} place @param {Open} open @param {string} [text] */
export function drawPlace(document, place, open, text) {
  const label = text ?? (place.line ? `${place.name}:${place.line}` : place.name);
  if (!place.key) return element(document, 'span', { class: 'place' }, label);
  const button = element(document, 'button', {
    type: 'button', class: 'place', title: 'Open in the editor (e)',
  }, label);
  button.addEventListener('click', () => open(place));
  return button;
}

/** @param {Document} document @param {Lines} lines @param {Open} open @param {string} label */
export function drawLines(document, lines, open, label) {
  const box = element(document, 'pre', {
    class: 'output', tabindex: '0', dir: 'ltr', translate: 'no', 'aria-label': label,
  });
  for (const line of lines) {
    const row = element(document, 'span', { class: kindOf(line) });
    row.append(...line.map((span) => drawSpan(document, span, open)), '\n');
    box.append(row);
  }
  return box;
}

/** @param {Document} document @param {Details} details @param {Open} open @returns {Element[]} */
export function drawDetails(document, { lines, cut, sections }, open) {
  /** @type {Element[]} */
  const parts = [];
  if (lines.length > 0) {
    if (cut) parts.push(element(document, 'h4', {}, 'The end of the traceback'));
    parts.push(drawLines(document, lines, open, 'Traceback'));
  }
  for (const section of sections) {
    const title = section.cut ? `The end of the ${lowerFirst(section.title)}` : section.title;
    parts.push(element(document, 'h4', {}, title), drawLines(document, section.lines, open, title));
  }
  return parts;
}

/** pytest marks what went wrong, and the source that did, at the beginning of the line. */
function kindOf(/** @type {Span[]} */ line) {
  const first = line.find(({ text }) => text.trim() !== '')?.text ?? '';
  if (/^E(\s|$)/.test(first)) return 'line wrong';
  return /^>(\s|$)/.test(first) ? 'line here' : 'line';
}

/** @param {Document} document @param {Span} span @param {Open} open */
function drawSpan(document, { text, style = [], place }, open) {
  if (!place && style.length === 0) return document.createTextNode(text);
  const made = place ? drawPlace(document, place, open, text) : element(document, 'span', {}, text);
  made.classList.add(...TYPE.filter((word) => style.includes(word)));
  Object.assign(made.style, findColours(style));
  return made;
}

/** @param {string} text */
function lowerFirst(text) {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
