/**
 * Follows the server: the state first, then the stream from where it was true.
 *
 * Knows the order, and what to do while there is no answer; refuses to know what is told.
 */

/** @import {Page} from './page.js' */

const RETRY_DELAY = 1_000; // milliseconds

/**
 * @param {object} world
 * @param {Page} world.page
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {(after: string) => void} world.listen begin with what came after this id
 */
export async function follow({ page, setTimeout, listen }) {
  const id = await page.read();
  if (id) return listen(id);
  page.away();
  setTimeout(() => follow({ page, setTimeout, listen }), RETRY_DELAY);
}

/**
 * A shared worker of our own: the stream of this page has other events than that of a site.
 *
 * @param {typeof globalThis.SharedWorker | undefined} SharedWorker
 * @param {string} address of the worker's module
 * @returns {typeof globalThis.SharedWorker | undefined}
 */
export function workerAt(SharedWorker, address) {
  if (SharedWorker === undefined) return undefined;
  return class extends SharedWorker {
    /** @param {string | URL} _url @param {string | WorkerOptions} [options] */
    constructor(_url, options) {
      super(address, options);
    }
  };
}
