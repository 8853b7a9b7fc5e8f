/**
 * The browser's half of sse-reload, started by the tag that the server puts into each page.
 *
 * It does at once what can only be done before the page's own scripts run: it begins to see what
 * is loaded and what a person does, and gives back what they did before a reload. All else comes
 * in a second step, which neither parsing nor the page's load event waits for.
 */

import { findTag, observeResources } from './facts.js';
import { createMemory, findFramePath } from './memory.js';
import { canonicalPath } from './paths.js';
import { createRecover } from './recover.js';
import { reload } from './reload.js';
import { createState } from './state/state.js';

/** @import {Tag} from './facts.js' */

/** Set on the window: a second copy of the tag, or one put in by a framework, starts nothing. */
const STARTED = Symbol.for('sse-reload');

const now = () => Date.now();

/** @param {Tag} tag */
async function start(tag) {
  const began = canonicalPath(location.pathname);
  const loaded = observeResources({ PerformanceObserver, origin: location.origin });
  const state = createState({ document, window, setTimeout: window.setTimeout.bind(window), now });
  const memory = createMemory({
    findStorage: () => sessionStorage,
    findAddress: () => location.pathname + location.search,
    findFrame: () => findFramePath(window),
    now,
  });
  const note = memory.take();
  if (note?.state) state.restore(note.state);
  const recover = createRecover({
    fetch: window.fetch.bind(window), url: new URL('../../status', import.meta.url).href,
    findStorage: () => sessionStorage, reload: () => reload(window),
    setTimeout: window.setTimeout.bind(window), now,
  });
  const connecting = await import('./connect.js').catch(recover);
  connecting?.connect({ tag, note, memory, readState: state.read, loaded, began });
}

const tag = findTag(document);
if (tag !== null && !(STARTED in window)) {
  Object.defineProperty(window, STARTED, { value: true });
  start(tag);
}
