/**
 * The results page, started: it hands the page's globals to parts that take them as arguments.
 */

import { createStream } from '../stream/stream.js';
import { createAsking } from './asking.js';
import { follow, workerAt } from './following.js';
import { EVENT_NAMES } from './messages.js';
import { createNotify } from './notify.js';
import { createPage } from './page.js';

const internal = (/** @type {string} */ name) => new URL(`../../../${name}`, import.meta.url).href;
const fetch = window.fetch.bind(window);
const timers = {
  setTimeout: window.setTimeout.bind(window), clearTimeout: window.clearTimeout.bind(window),
};
const { token = '', server = '' } = document.documentElement.dataset;

const page = createPage({
  document, window,
  asking: createAsking({ fetch, url: internal('tests'), token }),
  notify: createNotify({
    document, Notification: window.Notification, findStorage: () => localStorage,
    focus: () => window.focus(),
  }),
  now: () => performance.now() / 1000,
  server,
  reload: () => location.reload(),
});

follow({
  page, ...timers,
  listen: (after) => createStream({
    SharedWorker: workerAt(window.SharedWorker, new URL('./worker.js', import.meta.url).href),
    EventSource, fetch, document, window, ...timers, after, url: internal('events'),
    names: EVENT_NAMES, receive: page.receive, opened: page.opened, away: page.away,
  }).start(),
});
