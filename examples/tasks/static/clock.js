/**
 * Times as the server counts them, and how they are written.
 *
 * A page may be open on a machine whose clock is wrong, so the server's "now" comes with the page.
 */

const offset = Number(document.body.dataset.now) - performance.now() / 1000;

export const now = () => offset + performance.now() / 1000;

/** @param {number} seconds */
export function write(seconds) {
  if (seconds < 0.1) return `${Math.max(0, seconds * 1000).toFixed(0)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${seconds.toFixed(0)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** Count up in this element from now on, until `stop`. */
export function tick(/** @type {HTMLElement} */ element, /** @type {number} */ since) {
  element.dataset.since = String(since);
  show(element);
}

export function stop(/** @type {HTMLElement} */ element, /** @type {number | null} */ seconds) {
  delete element.dataset.since;
  element.textContent = seconds === null ? '' : write(seconds);
}

const show = (/** @type {HTMLElement} */ element) => {
  element.textContent = write(Math.max(0.1, now() - Number(element.dataset.since)));
};

setInterval(() => /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-since]')).forEach(show), 100);
