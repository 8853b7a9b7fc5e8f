/**
 * The browser's half of sse-reload, started by the tag that the server puts into each page.
 *
 * The only file with side effects beside the worker: it hands the page's globals to parts that take
 * them as arguments.
 */

import { createAcknowledge, untilPainted, whenShown } from './acknowledge.js';
import { createBadge } from './badge.js';
import { findTag, findTagElement, observeResources, readFacts } from './facts.js';
import { createInbox } from './inbox.js';
import { createMemory, findFramePath, firstId, knownElsewhere } from './memory.js';
import { EVENT_NAMES, isLater } from './messages.js';
import { createPatch } from './patch/patch.js';
import { createSources } from './patch/source.js';
import { canonicalPath } from './paths.js';
import { createState } from './state/state.js';
import { createStream } from './stream/stream.js';
import { createImages } from './swap/images.js';
import { createOriginals } from './swap/originals.js';
import { createStyles } from './swap/styles.js';
import { createTab } from './tab.js';

/** @import {Tag} from './facts.js' */
/** @import {Carry} from './patch/patch.js' */

/** Set on the window: a second copy of the tag, or one put in by a framework, starts nothing. */
const STARTED = Symbol.for('sse-reload');

const { origin } = location;
const now = () => Date.now();
const timers = {
  setTimeout: window.setTimeout.bind(window), clearTimeout: window.clearTimeout.bind(window),
};

/** An address of ours, beside the folder this module came from. */
function internal(/** @type {string} */ name) {
  return new URL(`../../${name}`, import.meta.url).href;
}

/** @param {Tag} tag */
function start(tag) {
  const findAddress = () => location.pathname + location.search;
  const findFrame = () => findFramePath(window);
  const memory = createMemory({ findStorage: () => sessionStorage, findAddress, findFrame, now });
  const acknowledge = createAcknowledge({ fetch, url: internal('ack') });
  const loaded = observeResources({ PerformanceObserver, origin });
  const state = createState({ document, window, ...timers, now });
  const badge = createBadge({ document, window, ...timers });
  const began = canonicalPath(location.pathname);
  const note = memory.take();
  const after = firstId(note, tag.id);
  if (note?.state) state.restore(note.state);
  const { styles, perform } = createPerform(tag);
  const tab = createTab({
    isPaused: () => document.documentElement.dataset.sseReload === 'off',
    dispatch: (name, detail, cancelable) =>
      window.dispatchEvent(new CustomEvent(`sse-reload:${name}`, { detail, cancelable })),
    readFacts: (known) =>
      readFacts({ document, location, tag, began, styles: styles.paths(), loaded, known }),
    perform,
    reload: () => location.reload(),
    readState: state.read,
    memory,
    acknowledge,
    untilPainted: () => untilPainted({ requestAnimationFrame, ...timers }),
    now,
    known: knownElsewhere(note, [tag.page, began]),
    owed: note?.pending.filter(({ id }) => !isLater(id, after)), // of later ones we hear again
  });
  createStream({
    SharedWorker: window.SharedWorker, EventSource, fetch: window.fetch.bind(window), document,
    window, ...timers, after, url: internal('events'), names: EVENT_NAMES,
    receive: createInbox({ document, receive: tab.receive }).receive,
    opened: () => {
      badge.back();
      tab.retry();
    },
    away: badge.away,
  }).start();
  whenShown({ document, window, requestAnimationFrame, ...timers }, () => {
    tab.shown();
    if (tag.update === 'patch') findCarry(); // so that the first save does not wait for it
  });
}

const findCarry = () => import('./patch/carry.js');

/** The three ways to show a change without a reload. @param {Tag} tag */
function createPerform(tag) {
  const originals = createOriginals();
  const fetch = window.fetch.bind(window);
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
  /** @type {Carry} */
  async function carry(base, next) {
    const { createCarry } = await findCarry();
    const { attributeOf, adopt } = originals;
    return createCarry({ document, attributeOf, adopt, isOwn, ...timers })(base, next);
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
  const { highlight } = await import('./patch/highlight.js');
  highlight(elements, { matchMedia: window.matchMedia.bind(window) });
}

const tag = findTag(document);
if (tag !== null && !(STARTED in window)) {
  Object.defineProperty(window, STARTED, { value: true });
  start(tag);
}
