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
/** @import {Facts, InPlace} from './plan.js' */

const RELOAD_TIMEOUT = 3_000; // milliseconds; after that the person chose to stay on the page

/**
 * @typedef {'done' | 'failed' | 'superseded' | 'unused'} Outcome of one file. failed: it could not
 *   be had, and the page shows what it did before; superseded: a later event has taken over;
 *   unused: the page does not name the file anywhere
 *
 * @typedef {object} Result of one action
 * @property {ReadonlyMap<string, Outcome>} outcomes by path
 * @property {ReadonlyMap<string, string>} [digests] by path, where what was shown may be newer
 * @property {number} [nodes] how many nodes were changed
 * @property {string} [refusal] why it could not be done exactly, so that the page must be loaded
 *
 * @typedef {(urls: readonly string[], id: string) => Promise<Result>} Perform
 */

/**
 * @typedef {ChangeMessage | ReloadMessage} Answerable
 * @typedef {object} Tab
 * @property {(name: string, text: string, id: string) => void} receive act upon one event
 * @property {() => void} shown the page can be seen: say so of the events it was loaded for
 * @property {() => void} retry try again what could not be had
 */

/**
 * @param {object} world
 * @param {() => boolean} world.isPaused
 * @param {(name: string, detail: unknown, cancelable: boolean) => boolean} world.dispatch
 *   an event on the page's window; false when the page cancelled it
 * @param {(known: ReadonlyMap<string, string>) => Facts} world.readFacts
 * @param {Readonly<Record<InPlace['type'], Perform>>} world.perform
 * @param {() => void} world.reload
 * @param {() => unknown} world.readState what a person did to the page, for the one that comes
 * @param {Memory} world.memory
 * @param {Acknowledge} world.acknowledge
 * @param {() => Promise<void>} world.untilPainted
 * @param {() => number} world.now epoch milliseconds: a reload is timed across two pages
 * @param {Iterable<[string, string]>} [world.known] path → digest, handed over by the page before
 * @param {Note['pending']} [world.owed] events left by the page before, to acknowledge
 * @returns {Tab}
 */
export function createTab({
  isPaused, dispatch, readFacts, perform, reload, readState, memory, acknowledge, untilPainted, now,
  known: handedOver = [], owed: leftOver = [],
}) {
  const known = new Map(handedOver);
  let owed = [...leftOver];
  let latestReload = { cause: '', started: -Infinity };
  /** @type {unknown} */
  let state = null;
  /** @type {Map<string, {change: Change, type: InPlace['type']}>} */
  const unfinished = new Map();
  let lastId = '';

  /** @type {Tab['receive']} */
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
    const actions = plan(message, readFacts(known));
    const inPlace = actions.filter((action) => action.type !== 'reload');
    if (actions.length === 0) finish(message, id, started);
    else if (message.type !== 'change' || inPlace.length === 0) startReload(message, id, started);
    else carryOut(inPlace, message, id, started);
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

  /** @param {Answerable} message @param {string} id @param {number} started @param {string} [reason] */
  function startReload(message, id, started, reason) {
    latestReload = { cause: id, started: now() };
    state = readState();
    leaveNote(message, id, started, reason);
    reload();
  }

  /**
   * The page that comes says when the person could see it. An event that arrives while it is on its
   * way needs nothing else: the new page has its content, or its id asks for the event again.
   *
   * @param {Answerable} message
   * @param {string} id
   * @param {number} started
   * @param {string} [reason]
   */
  function leaveNote(message, id, started, reason) {
    learn(message);
    owed.push(reason ? { id, started, reason } : { id, started });
    memory.leave({ cause: latestReload.cause, pending: owed, known: [...known], state });
  }

  function shown() {
    if (isReloading(now())) return; // nobody has seen this page: the next one pays
    for (const { id, started, reason } of owed) {
      acknowledge(id, 'reload', now() - started, { reason });
    }
    owed = [];
  }

  /**
   * @param {readonly InPlace[]} actions
   * @param {ChangeMessage} message
   * @param {string} id
   * @param {number} started
   */
  async function carryOut(actions, message, id, started) {
    const results = await Promise.all(actions.map(({ type, urls }) => perform[type](urls, id)));
    if (isReloading(now())) return leaveNote(message, id, started);
    const refusal = results.map(refusalOf).find(Boolean);
    if (refusal) return startReload(message, id, started, refusal);
    learnOthers(message, actions);
    actions.forEach((action, index) => conclude(action, results[index], message.changes));
    await untilPainted();
    const index = results.findIndex(hasShownSomething);
    const nodes = results[index]?.nodes ?? 0;
    acknowledge(id, actions[index]?.type ?? 'none', now() - started, { nodes });
  }

  /** @param {InPlace} action @param {Result} result @param {readonly Change[]} changes */
  function conclude({ type, urls }, { outcomes, digests }, changes) {
    for (const change of changes.filter(({ url }) => urls.includes(url))) {
      const outcome = outcomes.get(change.url);
      if (outcome === 'superseded') continue;
      unfinished.delete(change.url);
      const digest = digests?.get(change.url) ?? change.digest;
      if (outcome !== 'failed') remember({ ...change, digest });
      // What failed still shows its old content, so its new digest must not count as known.
      else if (change.kind !== 'deleted') unfinished.set(change.url, { change, type });
    }
  }

  async function retry() {
    if (isPaused()) return;
    for (const { change, type } of [...unfinished.values()]) {
      conclude({ type, urls: [change.url] }, await perform[type]([change.url], lastId), [change]);
    }
  }

  /** @param {Answerable} message */
  function learn(message) {
    if (message.type === 'change') message.changes.forEach(remember);
  }

  /** @param {ChangeMessage} message @param {readonly InPlace[]} actions */
  function learnOthers({ changes }, actions) {
    const acted = new Set(actions.flatMap(({ urls }) => urls));
    changes.filter(({ url }) => !acted.has(url)).forEach(remember);
  }

  /** Of a change without a digest, or a file that is gone, the tab knows no content any more. */
  function remember(/** @type {Change} */ { url, digest }) {
    if (digest) known.set(url, digest);
    else known.delete(url);
  }

  return { receive, shown, retry };
}

/** @param {Result} result @returns {string | undefined} */
function refusalOf({ outcomes, refusal }) {
  if (refusal) return refusal;
  const unused = [...outcomes].find(([, outcome]) => outcome === 'unused');
  return unused && `only a script uses ${unused[0]}`;
}

/** @param {Result} result */
function hasShownSomething({ outcomes }) {
  return [...outcomes.values()].some((outcome) => outcome !== 'failed');
}
