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
  const [word, time, said, cancel] = ['.state span', '.state time', '#said', '#cancel'].map(find);
  const follow = followEnd(find('#follow'));
  const steps = new Map([...job.querySelectorAll('.steps > li')].map((element) => [
    /** @type {HTMLElement} */ (element).dataset.step,
    makeStep(/** @type {HTMLElement} */ (element), () => follow.mayFold),
  ]));
  const address = `/jobs/${job.dataset.job}`;

  function become(/** @type {string} */ state) {
    job.dataset.state = word.textContent = state;
    cancel.hidden = state !== 'running' && state !== 'waiting';
  }

  function leave() {
    for (const step of steps.values()) step.leave();
    find('.watching').hidden = true;
  }

  become('waiting');
  const events = connect(`${address}/events`, { endEvent: 'job-finished' });

  events.on('step-started', (data) => {
    if (job.dataset.state === 'waiting') {
      become('running');
      tick(time, data.at);
      if (!('over' in job.dataset)) follow.begin();
    }
    steps.get(data.step)?.start(data);
    follow.grown();
  });
  events.on('log', (data) => {
    steps.get(data.step)?.log(data);
    follow.grown();
  });
  events.on('problem', (data) => {
    steps.get(data.step)?.problem(data);
    follow.grown();
  });
  events.on('step-finished', (data) => {
    steps.get(data.step)?.finish(data);
    said.textContent = `${data.step}: ${data.state}`;
    follow.grown();
  });
  events.on('job-finished', (data) => {
    become(data.state);
    stop(time, data.seconds);
    leave();
    said.textContent = `The job is over: ${data.state}`;
    follow.end();
  });
  events.onState((state) => {
    find('#connection').textContent = CONNECTION[state];
    find('#connection').dataset.state = job.dataset.connection = state;
    if (state !== 'failed') return;
    become('unknown');
    stop(time, null);
    leave();
    follow.end();
  });

  cancel.addEventListener('click', () => {
    fetch(`${address}/cancel`, { method: 'POST' }).catch(() => (said.textContent = 'The server does not answer'));
  });
  // A problem leads to its line. Not every browser opens what the line is folded into.
  job.addEventListener('click', ({ target }) => {
    const item = target instanceof HTMLAnchorElement && target.closest('.problems') && target.closest('[data-step]');
    if (item) steps.get(/** @type {HTMLElement} */ (item).dataset.step)?.show();
  });
}
