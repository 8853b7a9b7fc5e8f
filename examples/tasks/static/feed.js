/**
 * The feed of one job: its events, in order, as changes to the page.
 *
 * The same events come whether the page was there from the beginning, or comes late, or comes back:
 * there is no other way for anything to get into the feed.
 */

import { connect } from '/sse-client.js';
import { stop, tick } from './clock.js';
import { followEnd } from './follow.js';
import { makeStep } from './steps.js';

const CONNECTION = {
  connecting: 'connecting', open: 'live', waiting: 'lost, trying again', ended: 'complete',
  failed: 'gone: the server does not know this job any more', closed: 'closed',
};

/** @param {HTMLElement} job */
export function showFeed(job) {
  const find = (/** @type {string} */ what) => /** @type {HTMLElement} */ (job.querySelector(what));
  const [word, time, said, cancel, note] =
    ['.state span', '.state time', '#said', '#cancel', '#note'].map(find);
  const follow = followEnd(find('#follow'));
  const steps = new Map([...job.querySelectorAll('.steps > li')].map((element) => [
    /** @type {HTMLElement} */ (element).dataset.step,
    makeStep(/** @type {HTMLElement} */ (element), () => follow.mayFold),
  ]));
  const address = `/jobs/${job.dataset.job}`;

  function become(/** @type {string} */ state) {
    job.dataset.state = word.textContent = state;
    const isOver = state !== 'running' && state !== 'waiting';
    if (isOver && document.activeElement === cancel) find('#plain').focus();
    cancel.hidden = isOver;
    note.textContent = '';
  }

  function leave(/** @type {string} */ untold) {
    for (const step of steps.values()) step.leave(untold);
    find('.watching').hidden = true;
  }

  become('waiting');

  /** @type {Record<string, (data: any) => void>} */
  const changes = {
    'step-started': (data) => {
      if (job.dataset.state === 'waiting') {
        become('running');
        tick(time, data.at);
        if (!('over' in job.dataset)) follow.begin();
      }
      steps.get(data.step)?.start(data);
    },
    log: (data) => steps.get(data.step)?.log(data),
    problem: (data) => steps.get(data.step)?.problem(data),
    'step-finished': (data) => {
      steps.get(data.step)?.finish(data);
      said.textContent = `${data.step}: ${data.state}`;
    },
    'job-finished': (data) => {
      become(data.state);
      stop(time, data.seconds);
      leave('not run');
      said.textContent = `The job is over: ${data.state}`;
      // What was followed ends in the middle of a log. Above it stands what is wrong.
      follow.end(job.querySelector('.steps > [data-state=failed]'));
    },
  };

  function hear(/** @type {string} */ name, /** @type {any} */ data) {
    changes[name](data);
    follow.grown();
  }

  /** @type {import('/sse-client.js').Connection | undefined} */
  let events;
  let isOver = false;

  function open() {
    if (isOver) return;
    events = connect(`${address}/events`, { after: events?.lastEventId, endEvent: 'job-finished' });
    for (const name of Object.keys(changes)) events.on(name, (data) => hear(name, data));
    events.onState(showState);
  }

  function showState(/** @type {string} */ state) {
    find('#connection').textContent = CONNECTION[state];
    find('#connection').dataset.state = job.dataset.connection = state;
    isOver ||= state === 'ended' || state === 'failed';
    if (state === 'open') note.textContent = '';
    if (state !== 'failed') return;
    become('unknown');
    stop(time, null);
    leave('unknown');
    find('#plain').hidden = true;
    follow.end();
  }

  // As the list does: a tab that nobody sees needs no connection. Shown again, it goes on at its place.
  document.addEventListener('visibilitychange', () => (document.hidden ? events?.close() : open()));
  if (!document.hidden) open();

  cancel.addEventListener('click', async () => {
    const answer = await fetch(`${address}/cancel`, { method: 'POST' }).catch(() => null);
    note.textContent = answer ? '' : 'The server does not answer. The job may go on.';
  });
  // A problem leads to its line. Not every browser opens what the line is folded into.
  job.addEventListener('click', ({ target }) => {
    const item = target instanceof HTMLAnchorElement && target.closest('.problems') && target.closest('[data-step]');
    if (item) steps.get(/** @type {HTMLElement} */ (item).dataset.step)?.show();
  });
}
