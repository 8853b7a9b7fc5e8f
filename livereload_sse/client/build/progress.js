/**
 * A small sign in a corner of the page while a build goes on, and how many warnings the last one had.
 *
 * Knows when a build is worth a word, and how to guess how far it is; refuses to know builds. It
 * stands in a shadow root beside the body, and is gone without a trace when there is nothing to say.
 */

import { PALETTE, element } from './look.js';

/** @import {Problem, Running} from './messages.js' */

const PATIENCE = 250; // milliseconds; a build that is quicker is nobody's business
const STEP = 100;
const MOST = 0.95; // of a bar whose end is only guessed

const LOOK = `${PALETTE}
:host {
  all: initial !important; position: fixed !important; z-index: 2147483646 !important;
  inset: auto max(16px, env(safe-area-inset-right)) max(16px, env(safe-area-inset-bottom)) auto
    !important;
  max-inline-size: min(22rem, calc(100vw - 32px)) !important; pointer-events: none !important;
  color-scheme: light dark !important;
}
.box {
  display: flex; align-items: center; gap: 10px; direction: ltr; position: relative; overflow: hidden;
  box-sizing: border-box; padding: 8px 14px; border: 1px solid var(--line); border-radius: 10px;
  background: var(--paper); color: var(--ink); pointer-events: auto;
  box-shadow: 0 1px 2px rgb(0 0 0 / .12), 0 6px 24px rgb(0 0 0 / .16);
  font: 500 small/1.35 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
.stage { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
time { color: var(--soft); font-variant-numeric: tabular-nums; margin-inline-start: auto; }
.bar {
  position: absolute; inset: auto 0 0 0; block-size: 3px; background: var(--wash);
  forced-color-adjust: none;
}
.bar i { display: block; block-size: 100%; background: var(--live); inline-size: 0; }
button {
  all: unset; cursor: pointer; border-radius: 4px; text-decoration: underline;
  text-underline-offset: .2em; text-decoration-color: var(--warn);
}
button:hover { color: var(--warn); }
button:focus-visible { outline: 2px solid var(--live); outline-offset: 3px; }
.close { text-decoration: none; padding: 2px 6px; margin-inline: auto -6px; color: var(--soft); }
@media (prefers-reduced-motion: no-preference) {
  .box { animation: arrive .2s ease-out; }
  .bar i { transition: inline-size .2s linear; }
}
@keyframes arrive { from { opacity: 0; transform: translateY(6px); } }
@media print { :host { display: none !important; } }
`;

/**
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
 * @returns {Progress}
 */
export function createProgress({ document, window, setTimeout, clearTimeout, now, list }) {
  /** @type {HTMLElement | null} */
  let host = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let began = 0;
  /** @type {{expected: number | null, fraction: number | null, stage: string}} */
  let facts = { expected: null, fraction: null, stage: '' };

  /** @type {Progress['show']} */
  function show(running, isNew) {
    began = now() - running.elapsed * 1000;
    facts = {
      expected: isNew ? running.expected : running.expected ?? facts.expected,
      fraction: running.fraction, stage: running.stage,
    };
    if (isNew) hide();
    if (host !== null || timer !== undefined) return;
    timer = setTimeout(draw, Math.max(0, PATIENCE - running.elapsed * 1000));
  }

  function draw() {
    const elapsed = (now() - began) / 1000;
    const parts = host?.shadowRoot ?? attach(build());
    const say = (/** @type {string} */ name, /** @type {string} */ text) => {
      const part = parts.querySelector(name);
      if (part && part.textContent !== text) part.textContent = text;
    };
    say('.stage', facts.stage || 'Building');
    say('time', `${elapsed.toFixed(1)} s`);
    const bar = /** @type {HTMLElement | null} */ (parts.querySelector('.bar i'));
    if (bar) bar.style.inlineSize = `${(findFraction(facts, elapsed) * 100).toFixed(1)}%`;
    timer = setTimeout(draw, STEP);
  }

  function build() {
    const box = element(document, 'div', { class: 'box', role: 'status', lang: 'en' });
    const bar = element(document, 'div', { class: 'bar', 'aria-hidden': 'true' });
    bar.append(document.createElement('i'));
    const time = element(document, 'time', { 'aria-hidden': 'true' });
    box.append(element(document, 'span', { class: 'stage' }), time, bar);
    return box;
  }

  /** @type {Progress['warn']} */
  function warn(warnings) {
    if (warnings.length === 0) return;
    const box = element(document, 'div', { class: 'box', lang: 'en' });
    const count = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
    const open = element(document, 'button', { type: 'button' }, count);
    open.addEventListener('click', () => list(warnings));
    const close = element(document, 'button', {
      type: 'button', class: 'close', 'aria-label': 'Dismiss',
    }, '✕');
    close.addEventListener('click', hide);
    box.append(open, close);
    attach(box);
  }

  /** @param {Element} box */
  function attach(box) {
    host?.remove();
    host = document.createElement('sse-reload-build');
    const root = host.attachShadow({ mode: 'open' });
    const sheet = new window.CSSStyleSheet();
    sheet.replaceSync(LOOK);
    root.adoptedStyleSheets = [sheet];
    root.append(box);
    document.documentElement.append(host);
    return root;
  }

  function hide() {
    clearTimeout(timer);
    timer = undefined;
    host?.remove();
    host = null;
  }

  return { show, hide, warn };
}

/**
 * How much of a build is done: as it says, else as the last ones were. A guess never reaches the end.
 *
 * @param {{expected: number | null, fraction: number | null}} facts
 * @param {number} elapsed seconds
 */
export function findFraction({ expected, fraction }, elapsed) {
  if (fraction !== null) return Math.min(1, Math.max(0, fraction));
  if (!expected) return MOST * (1 - Math.exp(-elapsed / 4));
  const part = elapsed / expected;
  return part < 0.8 ? part : Math.min(MOST, 0.8 + 0.15 * (1 - Math.exp(-(part - 0.8) * 4)));
}
