/**
 * Joins the parts that hear of changes and show them, and starts them.
 *
 * With `main.js` and the worker one of the files with side effects: it hands the page's globals to
 * parts that take them as arguments. It is loaded after the page, which must not wait for it.
 */

import { createAcknowledge, untilPainted, whenShown } from './acknowledge.js';
import { createBadge } from './badge.js';
import { createCode } from './code.js';
import { findTagElement, readFacts } from './facts.js';
import { createInbox } from './inbox.js';
import { firstId, knownElsewhere } from './memory.js';
import { BUILD_EVENTS, EVENT_NAMES, TESTS_EVENTS, isLater } from './messages.js';
import { createPatch } from './patch/patch.js';
import { createSources } from './patch/source.js';
import { reload } from './reload.js';
import { createStream } from './stream/stream.js';
import { createImages } from './swap/images.js';
import { createOriginals } from './swap/originals.js';
import { createStyles } from './swap/styles.js';
import { createTab } from './tab.js';

/** @import {Tag} from './facts.js' */
/** @import {Memory, Note} from './memory.js' */
/** @import {Carry} from './patch/patch.js' */
/** @import {TrustedTypes} from './trusted.js' */

const JUST = 10_000; // milliseconds
const BACK = JSON.stringify({ reason: 'the server is back' });
const NEW_CODE = JSON.stringify({ reason: 'the app runs new code' });

const { origin } = location;
const fetch = window.fetch.bind(window);
const timers = {
  setTimeout: window.setTimeout.bind(window), clearTimeout: window.clearTimeout.bind(window),
};

/** TypeScript does not know them. */
const { trustedTypes } = /** @type {{trustedTypes?: TrustedTypes}} */ (window);

/** An address of ours, beside the folder this module came from. */
function internal(/** @type {string} */ name) {
  return new URL(`../../${name}`, import.meta.url).href;
}

/**
 * @param {object} beginning what was to be seen only before the page's own scripts ran
 * @param {Tag} beginning.tag
 * @param {Note | null} beginning.note
 * @param {Memory} beginning.memory
 * @param {() => unknown} beginning.readState
 * @param {ReadonlySet<string>} beginning.loaded
 * @param {string} beginning.began the path at which the document began
 */
export function connect({ tag, note, memory, readState, loaded, began }) {
  const now = () => Date.now();
  const acknowledge = createAcknowledge({ fetch, url: internal('ack') });
  const badge = createBadge({ document, window, ...timers });
  const after = firstId(note, tag.id);
  const { styles, perform } = createPerform(tag);
  const tab = createTab({
    isPaused: () => document.documentElement.dataset.sseReload === 'off',
    dispatch: (name, detail, cancelable) =>
      window.dispatchEvent(new CustomEvent(`sse-reload:${name}`, { detail, cancelable })),
    readFacts: (known) =>
      readFacts({ document, location, tag, began, styles: styles.paths(), loaded, known }),
    perform,
    reload: () => {
      code?.leaving();
      reload(window);
    },
    untilPainted: () => untilPainted({ requestAnimationFrame, ...timers }),
    readState, memory, acknowledge, now,
    known: knownElsewhere(note, [tag.page, began]),
    owed: note?.pending.filter(({ id }) => !isLater(id, after)), // of later ones we hear again
  });
  const inbox = createInbox({ document, receive: tab.receive });
  const builds = tag.builds ? followBuilds(tag) : null;
  const tests = followTests(tag);
  const code = tag.code === null ? null : createCode({
    fetch, url: internal('code'), findStorage: () => sessionStorage, code: tag.code, hasJustComeAgain,
    outdated: () => inbox.receive('reload', NEW_CODE, tag.id),
  });
  let wasAway = false;
  createStream({
    SharedWorker: window.SharedWorker, trustedTypes, EventSource, fetch, document, window,
    ...timers, after, url: internal('events'), names: EVENT_NAMES,
    receive: (name, text, id) => {
      // A hidden tab shows them as well: that changes nothing of the page, and waits for nobody.
      if (BUILD_EVENTS.includes(name)) builds?.receive(name, text);
      else if (TESTS_EVENTS.includes(name)) tests.receive(name, text);
      else inbox.receive(name, text, id);
    },
    opened: () => {
      badge.back();
      tab.retry();
      builds?.opened();
      tests.opened();
      code?.opened();
      // Another run of the server knows nothing of what this page has been waiting for.
      if (wasAway && tag.kind === 'waiting' && !tag.builds) inbox.receive('reload', BACK, tag.id);
      wasAway = false;
    },
    away: () => {
      wasAway = true;
      badge.away();
      builds?.away();
      tests.away();
    },
  }).start();
  whenShown({ document, window, requestAnimationFrame, ...timers }, () => {
    tab.shown();
    if (tag.update === 'patch') findCarry(); // so that the first save does not wait for them
    if (tag.highlight) findHighlight();
  });
}

function hasJustComeAgain() {
  const [entry] = /** @type {PerformanceNavigationTiming[]} */ (
    performance.getEntriesByType('navigation'));
  return entry?.type === 'reload' && performance.now() < JUST;
}

const findCarry = () => import('./patch/carry.js');
const findBuild = () => import('./build/build.js');
const findHighlight = () => import('./patch/highlight.js');

/**
 * Shows builds, once the part that does is there. A page that waits for the first build is loaded
 * anew when it has ended well.
 *
 * @param {Tag} tag
 */
function followBuilds(tag) {
  const succeeded = () => { if (tag.kind === 'waiting') reload(window); };
  const made = findBuild().then(({ createBuild }) => createBuild({
    document, window, fetch, internal, succeeded, ...timers,
  }));
  return {
    /** @param {string} name @param {string} text */
    receive: (name, text) => made.then((build) => build.receive(name, text)),
    opened: () => made.then((build) => build.opened()),
    away: () => made.then((build) => build.away()),
  };
}

/**
 * Shows how tests are, once there is something to show: most pages are of projects whose tests nobody
 * watches, and load nothing for it.
 *
 * @param {Tag} tag
 */
function followTests(tag) {
  const find = () => import('./tests_badge/tests.js').then(({ createTests }) => createTests({
    document, window, fetch, internal, ...timers,
  }));
  let made = tag.tests ? find() : null;
  return {
    receive(/** @type {string} */ name, /** @type {string} */ text) {
      made ??= find();
      made.then((tests) => tests.receive(name, text));
    },
    opened: () => made?.then((tests) => tests.opened()),
    away: () => made?.then((tests) => tests.away()),
  };
}

/** The three ways to show a change without a reload. @param {Tag} tag */
function createPerform(tag) {
  const originals = createOriginals();
  const sources = createSources({
    fetch, TextDecoder, url: internal('source'), findEncoding: () => document.characterSet,
  });
  const images = createImages({ document, location, originals, Image, fetch, ...timers });
  const styles = createStyles({
    document, origin, CSSStyleSheet, fetch, originals, renewImages: images.renewSheet, ...timers,
    // A server that is away gives nothing: the sheet stays as it is until the next stream.
    findOld: (path, digest) => sources.fetchBefore(path, digest).catch(() => null),
  });
  const isOwn = (/** @type {Node} */ node) => styles.isOwn(node) || node === findTagElement(document);
  const { attributeOf, adopt } = originals;
  /** @type {Carry | null} */
  let carryOver = null;
  /** @type {Carry} */
  async function carry(base, next) {
    const { createCarry } = await findCarry();
    carryOver ??= createCarry({ document, attributeOf, adopt, isOwn, ...timers });
    return carryOver(base, next);
  }
  const { patch } = createPatch({
    page: tag.page, digest: tag.digest, sources, carry,
    parse: (text) => new DOMParser().parseFromString(text, 'text/html'),
    patched: (changed) => tellPatched(changed, tag),
    settled: () => Promise.all([styles.renew(), images.renew()]),
  });
  /** @type {Parameters<typeof createTab>[0]['perform']} */
  const perform = {
    'patch-page': patch,
    'swap-styles': async (urls, id) => ({ outcomes: await styles.swap(urls, id) }),
    'swap-images': async (urls, id) => ({ outcomes: await images.swap(urls, id) }),
  };
  return { styles, perform };
}

/** @param {Element[]} elements @param {Tag} tag */
async function tellPatched(elements, tag) {
  document.dispatchEvent(new CustomEvent('sse-reload:patched', { detail: { elements } }));
  if (!tag.highlight) return;
  const { highlight } = await findHighlight();
  highlight(elements, { matchMedia: window.matchMedia.bind(window) });
}
