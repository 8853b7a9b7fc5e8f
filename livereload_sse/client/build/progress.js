/**
 * A small sign in a corner of the page while a build goes on, and how many warnings the last one had.
 *
 * Knows when a build is worth a word, and how to guess how far it is; refuses to know builds. It
 * stands in a shadow root beside the body, above the overlay too, and is gone without a trace when
 * there is nothing to say.
 */

import { attach, closeButton, element } from './look.js';
import { LOOK } from './progress_look.js';

/** @import {Problem, Running} from './messages.js' */

const PATIENCE = 250; // milliseconds; a build that is quicker is nobody's business
const STEP = 100;
const WORTH_SAYING = 2; // seconds; who hears a page does not want to hear of every save
const MOST = 0.95; // of a bar whose end is only guessed

/**
 * @typedef {{expected: number | null, fraction: number | null}} Pace `expected` in seconds
 *
 * @typedef {object} Progress
 * @property {(running: Running, isNew: boolean) => void} show
 * @property {() => void} hide
 * @property {(warnings: Problem[]) => void} warn say how many warnings there are, if any
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Window & typeof globalThis} world.window
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {() => number} world.now milliseconds
 * @param {(warnings: Problem[]) => void} world.list show warnings at length
 * @param {(warnings: Problem[]) => void} world.dismissed a person has closed their number
 * @returns {Progress}
 */
export function createProgress({ document, window, setTimeout, clearTimeout, now, list, dismissed }) {
  /** @type {HTMLElement | null} */
  let host = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let began = 0;
  let reached = 0;
  let stage = '';
  let doing = 'Building';
  /** @type {Pace} */
  let pace = { expected: null, fraction: null };

  /** @type {Progress['show']} */
  function show(running, isNew) {
    if (isNew) hide();
    began = now() - running.elapsed * 1000;
    const counts = pace.fraction === null && running.fraction !== null;
    if (counts) reached = 0; // it was guessed until now
    pace = {
      expected: running.expected ?? pace.expected, fraction: running.fraction ?? pace.fraction,
    };
    stage = running.stage;
    if (isNew) doing = running.doing || 'Building';
    timer ??= setTimeout(draw, Math.max(0, PATIENCE - running.elapsed * 1000));
  }

  function draw() {
    const elapsed = Math.max(0, now() - began) / 1000;
    if (!host?.isConnected) put(createBar(document)); // a page may replace everything there is
    reached = Math.max(reached, findFraction(pace, elapsed));
    say('.stage', stage || doing);
    say('time', `${elapsed.toFixed(1)} s`);
    if (elapsed >= WORTH_SAYING) say('[role=status]', doing);
    const bar = find('.bar i');
    if (bar) bar.style.inlineSize = `${(reached * 100).toFixed(1)}%`;
    timer = setTimeout(draw, STEP);
  }

  /** @type {Progress['warn']} */
  function warn(warnings) {
    hide();
    if (warnings.length === 0) return;
    const text = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
    put(createCount(document, text, () => list(warnings), () => {
      hide();
      dismissed(warnings);
    }));
  }

  /** @param {Element} box */
  function put(box) {
    host?.remove();
    host = attach({ document, window }, 'sse-reload-build', LOOK, box);
    if (typeof host.showPopover !== 'function') return;
    host.popover = 'manual'; // above the overlay: who mends something wants to see that it is built
    host.showPopover();
  }

  function hide() {
    clearTimeout(timer);
    timer = undefined;
    host?.remove();
    host = null;
    reached = 0;
    pace = { expected: null, fraction: null };
  }

  /** @param {string} selector @returns {HTMLElement | null} */
  function find(selector) {
    return host?.shadowRoot?.querySelector(selector) ?? null;
  }

  /** @param {string} selector @param {string} text */
  function say(selector, text) {
    const part = find(selector);
    if (part && part.textContent !== text) part.textContent = text;
  }

  return { show, hide, warn };
}

/** @param {Document} document */
function createBar(document) {
  const box = element(document, 'div', { class: 'paper box', lang: 'en' });
  const bar = element(document, 'div', { class: 'bar', 'aria-hidden': 'true' });
  bar.append(document.createElement('i'));
  box.append(
    element(document, 'span', { class: 'stage', 'aria-hidden': 'true' }),
    element(document, 'time', { 'aria-hidden': 'true' }), bar,
    element(document, 'p', { role: 'status' }),
  );
  return box;
}

/** @param {Document} document @param {string} text @param {() => void} open @param {() => void} close */
function createCount(document, text, open, close) {
  const box = element(document, 'div', { class: 'paper box warnings', lang: 'en' });
  const button = element(document, 'button', { type: 'button', class: 'open' }, text);
  button.addEventListener('click', open);
  box.append(button, closeButton(document, 'Dismiss', close));
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
  });
  return box;
}

/**
 * How much of a build is done: as it says, else as the last ones were. A guess never reaches the end.
 *
 * @param {Pace} pace
 * @param {number} elapsed seconds
 */
export function findFraction({ expected, fraction }, elapsed) {
  if (fraction !== null) return Math.min(1, Math.max(0, fraction));
  if (!expected) return MOST * (1 - Math.exp(-elapsed / 4));
  const part = elapsed / expected;
  return part < 0.8 ? part : Math.min(MOST, 0.8 + 0.15 * (1 - Math.exp(-(part - 0.8) * 4)));
}
