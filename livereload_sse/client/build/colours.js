/**
 * The colours of a terminal's text, so that it can be read here: styles → CSS. Pure.
 *
 * Knows that a program chose them for a ground that it did not know. A hue is kept, and its
 * lightness changed until it stands out; refuses to know elements.
 */

import { GROUND } from './look.js';

const ENOUGH = 4.5; // contrast of small text, WCAG 1.4.3
const STEP = 0.05;
const COLOUR = /^[fb]g-(?:([0-9]|1[0-5])|(#[0-9a-f]{6}))$/i;

/** @typedef {[red: number, green: number, blue: number]} Rgb 0 to 255 */

/**
 * @param {readonly string[]} words "bold", "dim", "inverse", "fg-3", "bg-#ff8800" …
 * @returns {{color?: string, backgroundColor?: string}}
 */
export function findColours(words) {
  const front = findColour(words, 'fg-');
  const isInverse = words.includes('inverse');
  const back = isInverse ? front ?? 'var(--ink)' : findColour(words, 'bg-');
  // What can be read on paper is a ground that paper can be read on; of two colours nobody knows.
  if (back) return { color: 'var(--paper)', backgroundColor: back };
  if (front) return { color: front };
  return words.includes('dim') ? { color: 'var(--soft)' } : {};
}

/** @param {readonly string[]} words @param {string} start @returns {string | null} */
function findColour(words, start) {
  const found = COLOUR.exec(words.findLast((word) => word.startsWith(start)) ?? '');
  if (found === null) return null;
  const [, index, hex] = found;
  if (index) return `var(--c${index})`;
  return `light-dark(${readable(hex, GROUND.light)}, ${readable(hex, GROUND.dark)})`;
}

/**
 * The colour itself, or the nearest one on its way to black or white that can be read.
 *
 * @param {string} hex
 * @param {string} ground
 */
export function readable(hex, ground) {
  const end = /** @type {Rgb} */ (luminance(parse(ground)) > 0.5 ? [0, 0, 0] : [255, 255, 255]);
  for (let part = 0; part < 1; part += STEP) {
    const mixed = mix(parse(hex), end, part);
    if (contrast(write(mixed), ground) >= ENOUGH) return write(mixed);
  }
  return write(end);
}

/** How much two colours differ in lightness, 1 to 21 (WCAG 2.2). @param {string} one @param {string} other */
export function contrast(one, other) {
  const [low, high] = [one, other].map((hex) => luminance(parse(hex))).sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** @param {Rgb} colour */
function luminance(colour) {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {Rgb} one @param {Rgb} other @param {number} part of the other @returns {Rgb} */
function mix(one, other, part) {
  const between = (/** @type {number} */ index) =>
    Math.round(one[index] + (other[index] - one[index]) * part);
  return [between(0), between(1), between(2)];
}

/** @param {string} hex @returns {Rgb} */
function parse(hex) {
  const at = (/** @type {number} */ index) => Number.parseInt(hex.slice(index, index + 2), 16);
  return [at(1), at(3), at(5)];
}

/** @param {Rgb} colour */
function write(colour) {
  return `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
