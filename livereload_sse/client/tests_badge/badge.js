/**
 * A small sign in a corner of the page: how the tests are.
 *
 * Knows what is worth a word, and for how long: red stays, green fades, a short run is nobody's
 * business. Refuses to know connections and which state is the newest. It stands in a shadow root
 * beside the body, above the other signs in that corner, and is gone without a trace.
 */

import { attach, closeButton, element } from '../build/look.js';
import { findFraction } from '../build/progress.js';
import { LOOK } from './badge_look.js';

/** @import {Finished, Running, Told} from './messages.js' */

const PATIENCE = 400; // milliseconds
const STEP = 100;
const GREEN = 4_000;
const FADING = 400;
const ANNOUNCING = 150; // a screen reader tells what is put into a status that it knows already
const GAP = 8; // pixels between this sign and the one below
const OTHERS = 'sse-reload-badge, sse-reload-build';

/**
 * @typedef {'red' | 'green' | 'plain'} Colour
 *
 * @typedef {object} Badge
 * @property {(running: Told & Running) => void} run
 * @property {(finished: Told & Finished, isFresh: boolean) => void} finish what is green is shown only
 *   if it has just become so
 * @property {() => void} hide
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Window & typeof globalThis} world.window
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {() => number} world.now milliseconds
 * @param {(finished: Finished) => void} world.dismissed a person has closed it
 * @returns {Badge}
 */
export function createBadge({ document, window, setTimeout, clearTimeout, now, dismissed }) {
  /** @type {HTMLElement | null} */
  let host = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let announcing;
  let said = ''; // the last colour that was told to who hears the page
  /** @type {Finished | null} */
  let shown = null;
  const observer = new window.MutationObserver(makeWay);

  /** What is red stays to be read while it runs again. @type {Badge['run']} */
  function run(running) {
    clearTimeout(timer);
    if (shown === null) takeAway();
    const began = now() - running.age * 1000;
    timer = setTimeout(() => draw(running, began), PATIENCE);
  }

  /** @param {Told & Running} running @param {number} began */
  function draw(running, began) {
    if (!host?.isConnected) {
      shown = null;
      put(running, { colour: 'plain', text: describeRun(running), failing: [] });
    }
    find('.paper')?.classList.add('busy');
    const bar = find('.bar i');
    const pace = { expected: running.expected, fraction: null };
    const fraction = findFraction(pace, (now() - began) / 1000);
    if (bar) bar.style.inlineSize = `${(fraction * 100).toFixed(1)}%`;
    timer = setTimeout(() => draw(running, began), STEP);
  }

  /** @type {Badge['finish']} */
  function finish(finished, isFresh) {
    const isOpen = find('ul')?.hidden === false;
    takeAway();
    const colour = colourOf(finished);
    if (colour !== 'red' && !isFresh) return;
    const text = describe(finished);
    shown = colour === 'red' ? finished : null;
    put(finished, { colour, text, failing: finished.failing, isOpen });
    // Who hears a page does not want to hear of every save.
    const isNews = isFresh && colour !== said && (said !== '' || colour === 'red');
    if (isNews) announcing = setTimeout(() => announce(text), ANNOUNCING);
    said = colour;
    if (colour !== 'red') timer = setTimeout(fade, GREEN);
  }

  /** Not from under somebody's pointer. */
  function fade() {
    if (find('.paper')?.matches(':hover, :focus-within')) {
      timer = setTimeout(fade, GREEN);
      return;
    }
    find('.paper')?.classList.add('fading');
    timer = setTimeout(takeAway, FADING);
  }

  /**
   * @param {Told} told
   * @param {{colour: Colour, text: string, failing: string[], isOpen?: boolean}} words
   */
  function put({ page }, { colour, text, failing, isOpen = false }) {
    const box = element(document, 'div', { class: `paper ${colour}`, lang: 'en' });
    const row = element(document, 'div', { class: 'row' });
    const list = createList(document, failing, shown);
    list.hidden = !isOpen || failing.length === 0;
    row.append(element(document, 'i'), createWords(document, { page, text, list }));
    if (colour === 'red') row.append(closeButton(document, 'Dismiss', dismiss));
    const bar = element(document, 'div', { class: 'bar', 'aria-hidden': 'true' });
    bar.append(document.createElement('i'));
    box.append(list, row, bar, element(document, 'p', { role: 'status' }));
    box.addEventListener('keydown', onKey);
    host = attach({ document, window }, 'sse-reload-tests', LOOK, box);
    observer.observe(document.documentElement, { childList: true });
    makeWay();
  }

  /** The signs of the connection and of builds come and go below. */
  function makeWay() {
    const heights = [...document.querySelectorAll(OTHERS)].map(
      (other) => other.getBoundingClientRect().height);
    const most = Math.max(0, ...heights);
    find('.paper')?.style.setProperty('--lift', most ? `${most + GAP}px` : '0px');
  }

  function onKey(/** @type {KeyboardEvent} */ event) {
    if (event.key === 'Escape') dismiss();
  }

  function dismiss() {
    const finished = shown;
    takeAway();
    if (finished) dismissed(finished);
  }

  function announce(/** @type {string} */ text) {
    const status = find('[role=status]');
    if (status) status.textContent = text;
  }

  function takeAway() {
    clearTimeout(timer);
    clearTimeout(announcing);
    observer.disconnect();
    host?.remove();
    host = null;
    shown = null;
  }

  /** @param {string} selector @returns {HTMLElement | null} */
  function find(selector) {
    return host?.shadowRoot?.querySelector(selector) ?? null;
  }

  return { run, finish, hide: takeAway };
}

/** @param {Finished} finished @returns {Colour} never green with something that has failed, or should have run */
export function colourOf({ passed, failed, before, owed, trouble }) {
  if (failed + before > 0 || trouble) return 'red';
  return passed > 0 && owed === 0 ? 'green' : 'plain';
}

/** @param {Finished} finished */
export function describe({ passed, failed, skipped, before, owed, trouble }) {
  if (failed + before > 0) {
    const more = trouble && `, ${trouble}`;
    return `tests: ${failed + before} failed${before ? ` (${before} not run again)` : ''}${more}`;
  }
  if (trouble) return `tests: ${trouble}`;
  if (owed > 0) return `tests: ${owed} affected not run`;
  if (passed > 0) return `${passed} passed`;
  return skipped > 0 ? `${skipped} skipped` : 'no tests ran';
}

/** @param {Running} running */
function describeRun({ tests }) {
  if (tests === null) return 'running tests';
  return tests === 1 ? 'running 1 test' : `running ${tests} tests`;
}

/**
 * What leads on: a link to the results page, else a button that shows the names, else plain text.
 *
 * @param {Document} document
 * @param {{page: string, text: string, list: HTMLElement}} given
 */
function createWords(document, { page, text, list }) {
  if (page) {
    return element(document, 'a', {
      class: 'words', href: page, target: '_blank', rel: 'noopener', title: 'Open the results',
    }, text);
  }
  if (list.childElementCount === 0) return element(document, 'span', { class: 'words' }, text);
  const button = element(document, 'button', {
    type: 'button', class: 'words', 'aria-expanded': String(!list.hidden),
  }, text);
  button.addEventListener('click', () => {
    list.hidden = !list.hidden;
    button.setAttribute('aria-expanded', String(!list.hidden));
  });
  return button;
}

/** @param {Document} document @param {string[]} failing @param {Finished | null} finished */
function createList(document, failing, finished) {
  const list = element(document, 'ul');
  for (const name of failing) {
    const item = element(document, 'li');
    for (const part of name.split(/(?<=\/|::)/)) item.append(part, document.createElement('wbr'));
    list.append(item);
  }
  const more = (finished ? finished.failed + finished.before : 0) - failing.length;
  if (failing.length > 0 && more > 0) {
    list.append(element(document, 'li', { class: 'more' }, `and ${more} more`));
  }
  return list;
}
