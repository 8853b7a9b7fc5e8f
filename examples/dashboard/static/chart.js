/** One small chart: an SVG of our own. Knows how it is drawn; what it shows is told by `draw`. */

import { outline } from './steps.js';

const SVG = 'http://www.w3.org/2000/svg';
const SLIDE = { duration: 260, easing: 'cubic-bezier(.2, 0, 0, 1)' };
const still = matchMedia('(prefers-reduced-motion: reduce)');

function element(name, parent, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return parent.appendChild(made);
}

/** @param {HTMLElement} host is filled with the chart */
export function makeChart(host) {
  const svg = element('svg', host, { preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  const limit = element('line', svg, { class: 'limit', x1: 0, visibility: 'hidden' });
  const moving = element('g', svg);
  const area = element('path', moving, { class: 'area' });
  const line = element('path', moving, { class: 'line' });
  const cursor = element('line', svg, { class: 'cursor', y1: 0, y2: 100, visibility: 'hidden' });
  let drawn = { to: NaN, d: '' };

  /** The stroke is as wide on every screen; only positions are scaled. */
  function draw(points, frame, level = null) {
    const wide = frame.to - frame.from;
    const { line: outer, area: inner } = outline(points, frame);
    svg.setAttribute('viewBox', `0 0 ${wide} 100`);
    line.setAttribute('d', outer);
    area.setAttribute('d', inner);
    host.dataset.samples = points.length;
    if (level !== null) place(limit, { x2: wide, y1: 100 - level, y2: 100 - level });
    slide(frame.to - drawn.to, wide);
    drawn = { to: frame.to, d: outer };
  }

  /** What is on the screen moves on, as it is: no value between two samples is made up. */
  function slide(seconds, wide) {
    if (!(seconds > 0) || seconds > wide / 10 || still.matches || document.hidden) return;
    const from = { transform: `translateX(${seconds}px)` };
    moving.animate([from, { transform: 'none' }], SLIDE);
  }

  /** @param {number | null} x seconds from the left edge */
  function mark(x) {
    if (x === null) cursor.setAttribute('visibility', 'hidden');
    else place(cursor, { x1: x, x2: x });
  }

  return { draw, mark };
}

function place(shape, attributes) {
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  shape.setAttribute('visibility', 'visible');
}
