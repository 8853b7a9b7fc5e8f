/**
 * A page that was loaded while its server was ending: the rest of the client could not be had.
 *
 * Knows that a module which failed to load fails for as long as the page lives, and so the page is
 * loaded anew once the server answers. Refuses to try that twice within a short time: what keeps the
 * module away may be something else, a blocker or a policy.
 */

const RETRY_DELAY = 500; // milliseconds
const PATIENCE = 10_000; // milliseconds; a second failure within that is not the server's
const KEY = 'sse-reload recovered';

/**
 * @param {object} world
 * @param {typeof globalThis.fetch} world.fetch
 * @param {string} world.url what to ask whether the server is there
 * @param {() => Storage} world.findStorage a function: naming it throws where it is forbidden
 * @param {() => void} world.reload
 * @param {(act: () => void, delay: number) => unknown} world.setTimeout
 * @param {() => number} world.now epoch milliseconds
 */
export function createRecover({ fetch, url, findStorage, reload, setTimeout, now }) {
  /** @param {unknown} error what the import failed with; anything but a failed load is thrown on */
  async function recover(error) {
    if (!(error instanceof TypeError) || !mayTry()) throw error;
    while (!(await answers())) await new Promise((done) => setTimeout(() => done(null), RETRY_DELAY));
    reload();
  }

  function mayTry() {
    try {
      const storage = findStorage();
      const last = Number(storage.getItem(KEY));
      storage.setItem(KEY, String(now()));
      return Math.abs(now() - last) > PATIENCE;
    } catch {
      return false; // no storage: nothing would end a second and a third attempt
    }
  }

  async function answers() {
    try {
      return (await fetch(url, { cache: 'no-store' })).ok;
    } catch {
      return false;
    }
  }

  return recover;
}
