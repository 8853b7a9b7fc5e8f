/**
 * The browser's half of sse-reload, started by the tag that the server puts into each page.
 *
 * The only file with side effects: it hands the page's globals to parts that take them as
 * arguments.
 */

import { createAcknowledge, whenShown } from './acknowledge.js';
import { findTag, observeResources, readFacts } from './facts.js';
import { createMemory, firstId, knownElsewhere } from './memory.js';
import { EVENT_NAMES, isLater } from './messages.js';
import { canonicalPath } from './paths.js';
import { createStream } from './stream.js';
import { createStyles } from './styles.js';
import { createTab } from './tab.js';

/** @import {Tag} from './facts.js' */

/** Set on the window: a second copy of the tag, or one put in by a framework, starts nothing. */
const STARTED = Symbol.for('sse-reload');

const { origin } = location;
const now = () => Date.now();

/** An address of ours, beside the folder this module came from. */
function internal(/** @type {string} */ name) {
  return new URL(`../../${name}`, import.meta.url).href;
}

/** @param {Tag} tag */
function start(tag) {
  const findAddress = () => location.pathname + location.search;
  const memory = createMemory({ findStorage: () => sessionStorage, findAddress, now });
  const acknowledge = createAcknowledge({ fetch, url: internal('ack') });
  const styles = createStyles({ document, origin, setTimeout, clearTimeout });
  const loaded = observeResources({ PerformanceObserver, origin });
  const note = memory.take();
  const after = firstId(note, tag.id);
  const tab = createTab({
    isPaused: () => document.documentElement.dataset.sseReload === 'off',
    dispatch: (name, detail, cancelable) =>
      window.dispatchEvent(new CustomEvent(`sse-reload:${name}`, { detail, cancelable })),
    readFacts: (known) =>
      readFacts({ document, location, tag, links: styles.links(), loaded, known }),
    swapStyles: styles.swap,
    reload: () => location.reload(),
    memory,
    acknowledge,
    now,
    known: knownElsewhere(note, [tag.page, canonicalPath(location.pathname)]),
    owed: note?.pending.filter(({ id }) => !isLater(id, after)), // of later ones we hear again
  });
  createStream({
    EventSource, document, window, setTimeout, clearTimeout, after,
    url: internal('events'), names: EVENT_NAMES, receive: tab.receive, opened: tab.retry,
  }).start();
  whenShown({ document, window, requestAnimationFrame, setTimeout }, tab.shown);
}

const tag = findTag(document);
if (tag !== null && !(STARTED in window)) {
  Object.defineProperty(window, STARTED, { value: true });
  start(tag);
}
