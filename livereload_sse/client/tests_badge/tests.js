/**
 * Shows how the tests of the site's project are, while somebody watches them with `pytest --watch`.
 *
 * Knows which message is the newest and whether it is to be seen; refuses to know how that looks. The
 * present state is asked for at each connection: a tab that opens late has to know what is red.
 */

import { createDismissed } from '../build/dismissed.js';
import { createBadge } from './badge.js';
import { isNews, isSame, parseTests, readTests } from './messages.js';

/** @import {Finished, Tests} from './messages.js' */

const JUST = 2; // seconds; a server that starts later is told of what was long before
const CHECKING = 5_000; // milliseconds; a process that was killed does not say that its run is over

/**
 * @typedef {object} Following
 * @property {(name: string, text: string) => void} receive act upon one event
 * @property {() => void} opened the stream is there (again)
 * @property {() => void} away the server is gone
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Window & typeof globalThis} world.window
 * @param {typeof globalThis.fetch} world.fetch
 * @param {(name: string) => string} world.internal the address of something of ours
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @returns {Following}
 */
export function createTests({ document, window, fetch, internal, setTimeout, clearTimeout }) {
  /** @type {Tests | null} */
  let state = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let heard = 0; // events: one that comes while an answer is on its way says the later thing
  const closed = createDismissed(() => window.sessionStorage, 'tests');
  const badge = createBadge({
    document, window, setTimeout, clearTimeout,
    now: () => window.performance.now(),
    dismissed: (finished) => closed.add(describe(finished)),
  });

  /** @type {Following['receive']} */
  function receive(name, text) {
    heard += 1;
    const next = parseTests(name, text);
    if (next !== null && isNews(next, state)) take(next, next.age < JUST && !isSame(next, state));
  }

  async function opened() {
    const before = heard;
    try {
      const answer = await fetch(internal('tests'), { cache: 'no-store' });
      if (!answer.ok || heard !== before) return;
      const value = await answer.json();
      const next = readTests(String(value?.event), value);
      if (isSame(next, state)) checkLater();
      else take(next, false);
    } catch {
      // Away again: the next connection asks.
    }
  }

  /** @param {Tests | null} next @param {boolean} isFresh it has just happened */
  function take(next, isFresh) {
    state = next;
    checkLater();
    if (next === null || next.type === 'gone' || isOff()) badge.hide();
    else if (next.type === 'running') badge.run(next);
    else if (closed.has(describe(next))) badge.hide();
    else badge.finish(next, isFresh);
  }

  function checkLater() {
    clearTimeout(timer);
    if (state?.type === 'running') timer = setTimeout(opened, CHECKING);
  }

  function away() {
    state = null;
    clearTimeout(timer);
    badge.hide();
  }

  /** A page in a frame of ours leaves it to the page around it. */
  function isOff() {
    const { sseReloadOverlay, sseReload } = document.documentElement.dataset;
    return window.frameElement !== null || sseReloadOverlay === 'off' || sseReload === 'off';
  }

  return { receive, opened, away };
}

/**
 * What has failed: who has closed that need not see it after each save.
 *
 * @param {Finished} finished
 */
function describe({ failed, before, failing, trouble }) {
  return JSON.stringify([failed + before, failing, trouble]);
}
