/**
 * A stream that is held only while its tab is shown.
 *
 * A browser opens six connections to a host, for all of its tabs together. A hidden tab needs none:
 * shown again, it is told what came after the last event that it has seen.
 */

import { connect } from '/sse-client.js';

const trouble = document.getElementById('trouble');
const TROUBLES = {
  waiting: 'The server does not answer. This page asks again by itself.',
  failed: 'The server knows nothing of this any more.',
};

/**
 * @param {string} url
 * @param {Record<string, (data: any) => void>} handlers by event name
 * @param {{ opened?: () => void, gone?: () => void }} told that the server answers, or knows nothing of it
 */
export function follow(url, handlers, { opened, gone } = {}) {
  let events = null;
  let after = '';
  let isOver = false;

  function begin() {
    if (isOver || events || document.hidden) return;
    events = connect(url, { after });
    for (const [name, handle] of Object.entries(handlers)) events.on(name, handle);
    events.onState((state) => {
      isOver ||= state === 'ended' || state === 'failed';
      trouble.textContent = TROUBLES[state] ?? '';
      if (state === 'open') opened?.();
      if (state === 'failed') gone?.();
    });
  }

  function rest() {
    after = events?.lastEventId ?? after;
    events?.close();
    events = null;
  }

  document.addEventListener('visibilitychange', () => (document.hidden ? rest() : begin()));
  begin();
  return { get isOpen() { return events?.state === 'open'; } };
}
