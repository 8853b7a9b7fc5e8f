/**
 * Notices that the application which makes this page runs newer code than the page was made by.
 *
 * Knows two numbers and what was tried before; refuses to know how a page is loaded anew. New code
 * is a state and no event: the process that would have told it has ended, so it is asked for at each
 * connection. A page that still shows less after it was loaded for a number is left alone for that
 * one: another worker may have made it, or a cache.
 */

const KEY = 'sse-reload code';

/**
 * @param {object} world
 * @param {typeof globalThis.fetch} world.fetch
 * @param {string} world.url
 * @param {() => Storage} world.findStorage a function: naming it throws where it is forbidden
 * @param {number} world.code what the page was made by
 * @param {() => boolean} world.hasJustComeAgain whether this very page was loaded by a reload, a
 *   moment ago: all that there is to go by where nothing can be kept
 * @param {() => void} world.outdated there is newer code; it may have to wait, and so be said again
 */
export function createCode({ fetch, url, findStorage, code, hasJustComeAgain, outdated }) {
  const kept = attempt(() => ({ tried: Number(findStorage().getItem(KEY)) }));
  let wanted = 0;

  async function opened() {
    const newest = await ask();
    if (newest === null || newest <= code || wasTried(newest)) return;
    wanted = newest;
    outdated();
  }

  /** @param {number} newest */
  function wasTried(newest) {
    return kept === null ? hasJustComeAgain() : newest <= kept.tried;
  }

  /** The page is loaded again, whatever for. Until then, one that is paused or hidden may wait. */
  function leaving() {
    if (wanted > 0) attempt(() => findStorage().setItem(KEY, String(wanted)));
  }

  /** @returns {Promise<number | null>} null when nobody answers: the next connection asks again */
  async function ask() {
    try {
      const answer = await fetch(url, { cache: 'no-store' });
      const value = answer.ok ? await answer.json() : null;
      return Number.isSafeInteger(value?.code) ? value.code : null;
    } catch {
      return null;
    }
  }

  return { opened, leaving };
}

/** @template T @param {() => T} act @returns {T | null} */
function attempt(act) {
  try {
    return act();
  } catch {
    return null; // no storage for this page
  }
}
