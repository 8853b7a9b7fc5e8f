/**
 * One tab: message → plan → act → acknowledge.
 *
 * Knows the order of things; refuses to know how each is done, and touches no global: the world
 * comes as arguments, so that a test can be the world.
 */

import { parseMessage } from './messages.js';
import { plan } from './plan.js';

/** @import {Acknowledge} from './acknowledge.js' */
/** @import {Memory, Note} from './memory.js' */
/** @import {Change, ChangeMessage, ReloadMessage} from './messages.js' */
/** @import {Facts} from './plan.js' */
/** @import {Receive} from './stream.js' */
/** @import {Outcome, Styles} from './styles.js' */

const RELOAD_TIMEOUT = 3_000; // milliseconds; after that the person chose to stay on the page

/**
 * @typedef {ChangeMessage | ReloadMessage} Answerable
 * @typedef {object} Tab
 * @property {Receive} receive act upon one event
 * @property {() => void} shown the page can be seen: say so of the events it was loaded for
 * @property {() => void} retry swap again the sheets that could not be had
 */

/**
 * @param {object} world
 * @param {() => boolean} world.isPaused
 * @param {(name: string, detail: unknown, cancelable: boolean) => boolean} world.dispatch
 *   an event on the page's window; false when the page cancelled it
 * @param {(known: ReadonlyMap<string, string>) => Facts} world.readFacts
 * @param {Styles['swap']} world.swapStyles
 * @param {() => void} world.reload
 * @param {Memory} world.memory
 * @param {Acknowledge} world.acknowledge
 * @param {() => number} world.now epoch milliseconds: a reload is timed across two pages
 * @param {Iterable<[string, string]>} [world.known] path → digest, handed over by the page before
 * @param {Note['pending']} [world.owed] events left by the page before, to acknowledge
 * @returns {Tab}
 */
export function createTab({
  isPaused, dispatch, readFacts, swapStyles, reload, memory, acknowledge, now,
  known: handedOver = [], owed: leftOver = [],
}) {
  const known = new Map(handedOver);
  let owed = [...leftOver];
  let latestReload = { cause: '', started: -Infinity };
  /** @type {Map<string, Change>} */
  const unfinished = new Map();
  let lastId = '';

  /** @type {Receive} */
  function receive(name, text, id) {
    lastId = id;
    const message = parseMessage(name, text);
    if (message?.type === 'custom') dispatch(message.name, message.data, false);
    else if (message !== null) answer(message, id, now());
  }

  /** @param {Answerable} message @param {string} id @param {number} started */
  function answer(message, id, started) {
    if (isPaused()) return acknowledge(id, 'paused', 0);
    if (isReloading(started)) return leaveNote(message, id, started);
    if (isHandledByPage(message)) return finish(message, id, started);
    const [action] = plan(message, readFacts(known));
    if (action === undefined) finish(message, id, started);
    else if (action.type === 'reload') startReload(message, id, started);
    else if (message.type === 'change') swap(message, action.urls, id, started);
  }

  /** @param {number} time */
  function isReloading(time) {
    return time - latestReload.started < RELOAD_TIMEOUT;
  }

  /** @param {Answerable} message */
  function isHandledByPage(message) {
    return message.type === 'change' && !dispatch('change', { changes: message.changes }, true);
  }

  /** @param {Answerable} message @param {string} id @param {number} started */
  function finish(message, id, started) {
    learn(message);
    acknowledge(id, 'none', now() - started);
  }

  /** @param {Answerable} message @param {string} id @param {number} started */
  function startReload(message, id, started) {
    latestReload = { cause: id, started };
    leaveNote(message, id, started);
    reload();
  }

  /**
   * The page that comes says when the person could see it. An event that arrives while it is on its
   * way needs nothing else: the new page has its content, or its id asks for the event again.
   *
   * @param {Answerable} message
   * @param {string} id
   * @param {number} started
   */
  function leaveNote(message, id, started) {
    learn(message);
    owed.push({ id, started });
    memory.leave({ cause: latestReload.cause, pending: owed, known: [...known] });
  }

  function shown() {
    if (isReloading(now())) return; // nobody has seen this page: the next one pays
    for (const { id, started } of owed) acknowledge(id, 'reload', now() - started);
    owed = [];
  }

  /**
   * @param {ChangeMessage} message
   * @param {readonly string[]} urls
   * @param {string} id
   * @param {number} started
   */
  async function swap({ changes }, urls, id, started) {
    const outcomes = await swapStyles(urls, id);
    for (const change of changes) conclude(change, outcomes.get(change.url));
    const isDone = [...outcomes.values()].some((outcome) => outcome !== 'failed');
    acknowledge(id, isDone ? 'swap-styles' : 'none', now() - started);
  }

  /** A sheet that failed still shows its old content, so its new digest must not count as known. */
  function conclude(/** @type {Change} */ change, /** @type {Outcome | undefined} */ outcome) {
    if (outcome === 'superseded') return;
    unfinished.delete(change.url);
    if (outcome !== 'failed') remember(change);
    else if (change.kind !== 'deleted') unfinished.set(change.url, change);
  }

  async function retry() {
    if (unfinished.size === 0 || isPaused()) return;
    const changes = [...unfinished.values()];
    const outcomes = await swapStyles(changes.map(({ url }) => url), lastId);
    for (const change of changes) conclude(change, outcomes.get(change.url));
  }

  /** @param {Answerable} message */
  function learn(message) {
    if (message.type === 'change') message.changes.forEach(remember);
  }

  /** Of a change without a digest, or a file that is gone, the tab knows no content any more. */
  function remember(/** @type {Change} */ { url, digest }) {
    if (digest) known.set(url, digest);
    else known.delete(url);
  }

  return { receive, shown, retry };
}
