/**
 * Keeps what a tab is told while nobody sees it, and hands on what is left of it when it is shown.
 *
 * Knows how messages become fewer; refuses to know what is done about them. A page that nobody sees
 * is not worked on, and ten saves are one change to somebody who comes back after them.
 */

import { parseMessage } from './messages.js';

/** @import {Change} from './messages.js' */
/** @import {Receive} from './stream/source.js' */

const MOST_CHANGES = 500; // files; the server, too, says `reload` instead of more
const MOST_OTHERS = 1_000; // then the oldest go: a page's own events may come without end
const TOO_MANY = `more than ${MOST_CHANGES} files changed`;

/**
 * @typedef {{name: string, text: string, id: string}} Kept
 *
 * @typedef {object} Inbox
 * @property {Receive} receive
 */

/**
 * @param {object} world
 * @param {Pick<Document, 'visibilityState' | 'addEventListener'>} world.document
 * @param {Receive} world.receive act upon one event
 * @returns {Inbox}
 */
export function createInbox({ document, receive: handOn }) {
  /** @type {Map<string, Change>} */
  const changes = new Map();
  /** @type {Kept[]} events that cannot be merged */
  let others = [];
  let reload = '';
  let lastId = '';

  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') empty();
  });

  /** @type {Receive} */
  function receive(name, text, id) {
    if (document.visibilityState === 'visible') {
      empty();
      return handOn(name, text, id);
    }
    lastId = id;
    const message = parseMessage(name, text);
    if (message?.type === 'change') message.changes.forEach(keepChange);
    else if (message?.type === 'reload') reload = text;
    else if (message !== null) others = [...others, { name, text, id }].slice(-MOST_OTHERS);
    if (changes.size > MOST_CHANGES) reload = JSON.stringify({ reason: TOO_MANY });
    if (reload) changes.clear();
  }

  /** What has come is new to this tab, however often it was written since. */
  function keepChange(/** @type {Change} */ change) {
    const isNew = changes.get(change.url)?.kind === 'added' && change.kind === 'modified';
    changes.set(change.url, isNew ? { ...change, kind: 'added' } : change);
  }

  /** What ends the page, or changes it, comes last: and so the ids never go back. */
  function empty() {
    const [kept, merged, id] = [others, merge(), lastId];
    forget();
    for (const other of kept) handOn(other.name, other.text, other.id);
    if (merged !== null) handOn(merged.name, merged.text, id);
  }

  function merge() {
    if (reload) return { name: 'reload', text: reload };
    if (changes.size === 0) return null;
    return { name: 'change', text: JSON.stringify({ changes: [...changes.values()] }) };
  }

  function forget() {
    changes.clear();
    others = [];
    reload = '';
  }

  return { receive };
}
