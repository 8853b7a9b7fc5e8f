/**
 * Small charts of durations: a bar for each run, the last one at the right.
 *
 * Knows numbers and colours by name; refuses to know what was run. The words for who cannot see it
 * are given by the caller.
 */

import { writeDuration } from './time.js';

const NAMESPACE = 'http://www.w3.org/2000/svg';
const PITCH = 8; // a bar with its gap
const BAR = 6;
const LEAST = 2; // of a bar's height: one that took no time is still there

/** @typedef {{seconds: number, kind: 'good' | 'bad' | 'none', words: string}} Bar */

/**
 * @param {Document} document
 * @param {readonly Bar[]} bars
 * @param {{label: string, height: number}} look
 * @returns {SVGElement}
 */
export function drawChart(document, bars, { label, height }) {
  const chart = make(document, 'svg', {
    class: 'chart', role: 'img', 'aria-label': label, height: String(height),
    width: String(Math.max(1, bars.length) * PITCH - (PITCH - BAR)),
  });
  const most = Math.max(...bars.map(({ seconds }) => seconds), Number.MIN_VALUE);
  bars.forEach(({ seconds, kind, words }, index) => {
    const tall = Math.max(LEAST, (seconds / most) * height);
    const bar = make(document, 'rect', {
      class: kind, x: String(index * PITCH), y: String(height - tall), rx: '1.5',
      width: String(BAR), height: String(tall),
    });
    const title = make(document, 'title', {});
    title.textContent = `${words}, ${writeDuration(seconds)}`;
    bar.append(title);
    chart.append(bar);
  });
  return chart;
}

/** @param {Document} document @param {string} name @param {Record<string, string>} attributes */
export function make(document, name, attributes) {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
