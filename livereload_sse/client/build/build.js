/**
 * Shows what becomes of builds: a small sign while one goes on, an overlay when one has failed.
 *
 * Knows which message is the newest and what is to be seen of it; refuses to know how that looks.
 * The present state is asked for at each connection, because a tab that opens late has missed
 * nothing and still has to know.
 */

import { createDismissed } from './dismissed.js';
import { isNews, parseState, readState } from './messages.js';
import { createOverlay } from './overlay.js';
import { createProgress } from './progress.js';

/** @import {Failed, Problem, State} from './messages.js' */

/**
 * @typedef {object} Build
 * @property {(name: string, text: string) => void} receive act upon one event
 * @property {() => void} opened the stream is there (again)
 * @property {() => void} away the server is gone: nobody knows how far a build is
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Window & typeof globalThis} world.window
 * @param {typeof globalThis.fetch} world.fetch
 * @param {(name: string) => string} world.internal the address of something of ours
 * @param {() => void} world.succeeded a build has ended well
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @returns {Build}
 */
export function createBuild({
  document, window, fetch, internal, succeeded, setTimeout, clearTimeout,
}) {
  /** @type {State | null} */
  let state = null;
  let shown = ''; // the failure that can be seen: the next build may be under way
  const findStorage = () => window.sessionStorage;
  const closed = createDismissed(findStorage, 'failure');
  const unwanted = createDismissed(findStorage, 'warnings');
  const overlay = createOverlay({
    document, window, open, setTimeout,
    dismissed: () => closed.add(shown),
  });
  const progress = createProgress({
    document, window, setTimeout, clearTimeout, list: overlay.list,
    now: () => window.performance.now(),
    dismissed: (warnings) => unwanted.add(describe(warnings)),
  });

  /** @type {Build['receive']} */
  function receive(name, text) {
    take(parseState(name, text));
  }

  async function opened() {
    try {
      const answer = await fetch(internal('build'), { cache: 'no-store' });
      const value = answer.ok ? await answer.json() : null;
      take(readState(String(value?.event), value));
    } catch {
      // Away again: the next connection asks.
    }
  }

  /** @param {State | null} next */
  function take(next) {
    if (next === null || !isNews(next, state)) return;
    const before = state;
    state = next;
    if (isOff()) hide();
    else draw(next, before);
    if (next.type === 'succeeded') succeeded();
  }

  /** @param {State} next @param {State | null} before */
  function draw(next, before) {
    const isNew = before === null || nameOf(next) !== nameOf(before);
    if (next.type === 'running') return progress.show(next, isNew);
    progress.hide();
    if (next.type === 'failed') show(next, nameOf(next));
    if (next.type !== 'succeeded') return;
    if (isNew || before.type !== 'succeeded') overlay.settle(next.warnings);
    if (!unwanted.has(describe(next.warnings))) progress.warn(next.warnings);
  }

  /** @param {Failed} failed @param {string} name */
  function show(failed, name) {
    if (closed.has(name)) return;
    shown = name;
    overlay.show(failed);
  }

  function hide() {
    progress.hide();
    overlay.hide();
  }

  /** A page in a frame of ours leaves it to the page around it. */
  function isOff() {
    const { sseReloadOverlay, sseReload } = document.documentElement.dataset;
    return window.frameElement !== null || sseReloadOverlay === 'off' || sseReload === 'off';
  }

  /** @param {string} key @returns {Promise<string>} what went wrong, empty when nothing did */
  async function open(key) {
    try {
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ key });
      const answer = await fetch(internal('open'), { method: 'POST', headers, body });
      return answer.ok ? '' : await readRefusal(answer);
    } catch {
      return 'The server is away.';
    }
  }

  return { receive, opened, away: () => progress.hide() };
}

/** Not every answer is ours: something may stand between. @param {Response} answer */
async function readRefusal(answer) {
  const text = await answer.text();
  try {
    return String(JSON.parse(text).error);
  } catch {
    return text.trim() || `The server has answered ${answer.status}.`;
  }
}

/** @param {State} state */
function nameOf({ run, build }) {
  return `${run} ${build}`;
}

/** What the warnings say: who has closed them need not see them after each save. @param {Problem[]} warnings */
function describe(warnings) {
  return JSON.stringify(warnings.map(({ message, place }) => [message, place?.name]));
}
