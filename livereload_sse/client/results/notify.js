/**
 * A notification of the system when the tests turn red or green behind a person's back.
 *
 * Knows the permission, which only a click may ask for, and when there is news; refuses to know the
 * tests. It is off until somebody wants it.
 */

/** @import {Verdict} from './verdict.js' */

const NAME = 'sse-reload-notify';

/**
 * @typedef {object} Notify
 * @property {() => 'on' | 'off' | 'none'} state `none`: this browser or person does not want any
 * @property {() => Promise<void>} toggle
 * @property {(verdict: Verdict, project: string) => void} tell after each run
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {typeof globalThis.Notification | undefined} world.Notification
 * @param {() => Storage} world.findStorage may throw where a person forbids it
 * @param {() => void} world.focus bring the tab to the front
 * @returns {Notify}
 */
export function createNotify({ document, Notification, findStorage, focus }) {
  let isWanted = recall() === 'on';
  /** @type {'passed' | 'failed' | null} */
  let last = null;

  function recall() {
    try {
      return findStorage().getItem(NAME);
    } catch {
      return null;
    }
  }

  function keep() {
    try {
      findStorage().setItem(NAME, isWanted ? 'on' : 'off');
    } catch {
      // It is wanted for as long as this page lives, then.
    }
  }

  /** @type {Notify['state']} */
  function state() {
    if (!Notification || Notification.permission === 'denied') return 'none';
    return isWanted && Notification.permission === 'granted' ? 'on' : 'off';
  }

  /** @type {Notify['toggle']} */
  async function toggle() {
    if (!Notification) return;
    const isOn = state() === 'on';
    isWanted = !isOn;
    if (isWanted && Notification.permission !== 'granted') await Notification.requestPermission();
    keep();
  }

  /** @type {Notify['tell']} */
  function tell({ kind, title }, project) {
    if (kind !== 'passed' && kind !== 'failed') return;
    const isNews = last !== null && last !== kind;
    last = kind;
    if (!isNews || !Notification || state() !== 'on' || document.visibilityState === 'visible') return;
    // The tag: a later one takes the place of an earlier one.
    const shown = new Notification(title, { body: project, tag: NAME });
    shown.addEventListener('click', () => {
      focus();
      shown.close();
    });
  }

  return { state, toggle, tell };
}
