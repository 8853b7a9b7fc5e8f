/**
 * One step on the page: its state, its time, its log, and what it complains of.
 *
 * Knows the elements that the page was made with. Refuses to know where events come from.
 */

import { stop, tick } from './clock.js';

/** @param {HTMLElement} element @param {() => boolean} mayFold */
export function makeStep(element, mayFold) {
  const find = (/** @type {string} */ what) => /** @type {HTMLElement} */ (element.querySelector(what));
  const details = /** @type {HTMLDetailsElement} */ (find('details'));
  const [word, time] = [find('.state span'), find('.state time')];
  const [log, problems, summary] = [find('.log'), find('.problems'), find('summary')];
  let isTouched = false;

  // What a person has opened or closed stays so.
  summary.addEventListener('click', () => (isTouched = true));

  function become(/** @type {string} */ state) {
    element.dataset.state = state;
    word.textContent = state;
  }

  return {
    /** Open, whatever happens to it later. */
    show() {
      isTouched = details.open = true;
    },

    /** The job is over, or nobody knows of it any more: what is said of a step that was not begun. */
    leave(/** @type {string} */ untold) {
      if (element.dataset.state === 'waiting') word.textContent = untold;
      if (element.dataset.state === 'running') {
        become('unknown');
        stop(time, null);
      }
    },

    start(/** @type {{ at: number }} */ { at }) {
      become('running');
      element.setAttribute('aria-current', 'step');
      details.open ||= !isTouched;
      tick(time, at);
    },

    log(/** @type {{ line: number, text: string }} */ { line, text }) {
      const item = document.createElement('li');
      item.id = `L${line}`;
      item.textContent = text;
      item.classList.toggle('command', text.startsWith('$ '));
      log.append(item);
      details.hidden = false;
      // The page was opened for this line, which was not there for the browser to find.
      if (location.hash === `#${item.id}`) {
        isTouched = details.open = true;
        location.replace(location.hash);
      }
      summary.textContent = `${log.childElementCount} ${log.childElementCount === 1 ? 'line' : 'lines'}`;
    },

    problem(/** @type {{ path: string, row: number, message: string, line: number }} */ problem) {
      const item = document.createElement('li');
      const place = document.createElement('a');
      place.href = `#L${problem.line}`;
      place.textContent = `${problem.path}:${problem.row}`;
      const message = document.createElement('span');
      message.textContent = problem.message;
      item.append(place, ' ', message);
      problems.append(item);
    },

    finish(/** @type {{ state: string, code: number | null, seconds: number }} */ end) {
      become(end.state);
      element.removeAttribute('aria-current');
      if (end.code) word.textContent = `${end.state}, exit code ${end.code}`;
      stop(time, end.seconds);
      // A log that somebody may be reading is not folded away under them.
      if (end.state === 'done' && !isTouched && mayFold()) details.open = false;
    },
  };
}
