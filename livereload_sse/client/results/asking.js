/**
 * What the page asks the server: the state, a test's details, a run, a place in the editor.
 *
 * Knows addresses and the token, which never stands in an address; refuses to know answers beyond
 * their shape. What a person asked for and did not get comes back as a line of words.
 */

/** @import {Details, Place, State} from './messages.js' */

/**
 * @typedef {'all' | 'failed' | 'last' | 'stop' | number[]} What
 *
 * @typedef {object} Asking
 * @property {() => Promise<State | null>} state null: the server is away
 * @property {(number: number) => Promise<Details | null>} details
 * @property {(what: What) => Promise<string>} run empty when it has been taken
 * @property {(place: Place) => Promise<string>} open
 */

const AWAY = 'The server does not answer. Is pytest still watching?';
const OUTDATED = 'This page belongs to an earlier run of pytest. Load it again.';

/**
 * @param {object} world
 * @param {typeof globalThis.fetch} world.fetch
 * @param {string} world.url of the folder of these addresses, without a slash at its end
 * @param {string} world.token
 * @returns {Asking}
 */
export function createAsking({ fetch, url, token }) {
  /** @param {string} address */
  async function read(address) {
    try {
      const response = await fetch(address);
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  /** @param {string} address @param {object} body */
  async function ask(address, body) {
    try {
      const response = await fetch(address, {
        method: 'POST', body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      });
      return response.ok ? '' : await explain(response);
    } catch {
      return AWAY;
    }
  }

  return {
    state: () => read(url),
    details: (number) => read(`${url}/details?number=${number}`),
    run: (what) => ask(`${url}/run`, { what }),
    open: ({ key, line }) => ask(`${url}/open`, { key, line }),
  };
}

/** @param {Response} response */
async function explain(response) {
  if (response.status === 401) return OUTDATED;
  const text = await response.text();
  try {
    return String(JSON.parse(text).error);
  } catch {
    return text.trim();
  }
}
