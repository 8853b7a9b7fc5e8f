/**
 * Shows what becomes of builds: a small sign while one goes on, an overlay when one has failed.
 *
 * Knows which message is the newest and what is to be seen of it; refuses to know how that looks.
 * The present state is asked for at each connection, because a tab that opens late has missed
 * nothing and still has to know.
 */

import { createOverlay } from './overlay.js';
import { createProgress } from './progress.js';
import { isNews, parseState, readState } from './messages.js';

/** @import {State} from './messages.js' */

/**
 * @typedef {object} Build
 * @property {(name: string, text: string) => void} receive act upon one event
 * @property {() => void} opened the stream is there (again)
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
  const overlay = createOverlay({ document, window, open, setTimeout });
  const progress = createProgress({
    document, window, setTimeout, clearTimeout, list: overlay.list,
    now: () => window.performance.now(),
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
    if (isOff()) return;
    if (next.type === 'running') progress.show(next, before?.build !== next.build);
    else progress.hide();
    if (next.type === 'failed') overlay.show(next, `${next.run} ${next.build}`);
    if (next.type !== 'succeeded') return;
    overlay.hide();
    progress.warn(next.warnings);
    succeeded();
  }

  /** A page in a frame of ours leaves it to the page around it. */
  function isOff() {
    const { sseReloadOverlay, sseReload } = document.documentElement.dataset;
    return window.frameElement !== null || sseReloadOverlay === 'off' || sseReload === 'off';
  }

  /** @param {string} key @returns {Promise<string>} what went wrong, empty when nothing did */
  async function open(key) {
    try {
      const answer = await fetch(internal('open'), { method: 'POST', body: JSON.stringify({ key }) });
      return answer.ok ? '' : (await answer.json()).error ?? `${answer.status}`;
    } catch {
      return 'The server is away.';
    }
  }

  return { receive, opened };
}
