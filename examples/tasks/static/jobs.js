/**
 * The list of jobs.
 *
 * Knows rows. Its stream is let go while nobody sees the page, and goes on at its place when
 * somebody does: a browser has six connections to a server, and hidden tabs had better leave them to
 * feeds.
 */

import { connect } from '/sse-client.js';
import { stop, tick } from './clock.js';

/** @param {HTMLElement} list @param {{ none: HTMLElement, current: string, watching: HTMLElement | null }} page */
export function showJobs(list, { none, current, watching }) {
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector('template#row'));
  /** @type {Map<string, HTMLElement>} */
  const items = new Map();
  /** @type {import('/sse-client.js').Connection | undefined} */
  let events;

  function make(/** @type {any} */ row) {
    const item = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const link = /** @type {HTMLAnchorElement} */ (item.querySelector('a'));
    link.href = `/jobs/${row.id}`;
    if (row.id === current) link.setAttribute('aria-current', 'page');
    items.set(row.id, item);
    list.prepend(item);
    return item;
  }

  function show(/** @type {any} */ row) {
    const item = items.get(row.id) ?? make(row);
    const [title, branch, state, note] = ['b', 'code', '.state', 'small']
      .map((one) => /** @type {HTMLElement} */ (item.querySelector(one)));
    item.dataset.state = row.state;
    title.textContent = row.title;
    branch.textContent = row.branch;
    state.textContent = row.state;
    note.textContent = [count(row.problems, 'problem'), row.watching ? `${row.watching} watching` : '']
      .filter(Boolean).join(', ');
    const time = /** @type {HTMLElement} */ (item.querySelector('time'));
    if (row.state === 'running') tick(time, row.started);
    else stop(time, row.seconds);
    if (row.id === current && watching) watching.textContent = String(row.watching);
    none.hidden = true;
  }

  function showAll(/** @type {any[]} */ rows) {
    items.clear();
    list.replaceChildren();
    for (const row of [...rows].reverse()) show(row);
    none.hidden = rows.length > 0;
  }

  function open() {
    events = connect('/events', { after: events?.lastEventId });
    events.on('rows', ({ rows }) => showAll(rows));
    events.on('row', show);
  }

  document.addEventListener('visibilitychange', () => (document.hidden ? events?.close() : open()));
  if (!document.hidden) open();
}

const count = (/** @type {number} */ many, /** @type {string} */ one) =>
  many ? `${many} ${one}${many === 1 ? '' : 's'}` : '';
