/**
 * What went wrong in a build, over the last good page: the message first, then where, then all that
 * was printed.
 *
 * Knows how a report is laid out, in a dialog in a shadow root, where neither the page's rules nor its
 * own dialogs reach. Refuses to know when there is something to show. All text is put in as text.
 */

import { LOOK } from './overlay_look.js';
import { drawExcerpt, drawOutput, drawProblem } from './report.js';
import { element } from './look.js';

/** @import {Failed, Problem} from './messages.js' */

/**
 * @typedef {object} Overlay
 * @property {(failed: Failed, name: string) => void} show the name says which build this is: one that
 *   was closed by hand stays closed
 * @property {(warnings: Problem[]) => void} list show warnings
 * @property {() => void} hide
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Window & typeof globalThis} world.window
 * @param {(key: string) => Promise<string>} world.open opens a place in the editor; says what went wrong
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @returns {Overlay}
 */
export function createOverlay({ document, window, open, setTimeout }) {
  /** @type {HTMLElement | null} */
  let host = null;
  /** @type {Element | null} */
  let focused = null;
  let shown = '';
  let dismissed = '';

  /** @type {Overlay['show']} */
  function show(failed, name) {
    if (name === dismissed || name === shown) return;
    const kept = scrolled();
    shown = name;
    put('alertdialog', failed.report.title.split('\n')[0], drawFailure(failed));
    for (const [selector, top] of kept) find(selector)?.scrollTo({ top });
  }

  /** @type {Overlay['list']} */
  function list(warnings) {
    shown = '';
    const title = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
    put('dialog', title, [drawProblems(warnings)]);
  }

  /** @param {Failed} failed */
  function drawFailure({ command, ending, exitCode, duration, shown: isShown, report }) {
    const facts = [
      ['code', command], ['span', describeEnding(ending, exitCode)],
      ['span', `after ${duration.toFixed(2)} s`],
      ...(isShown ? [['span', 'what was built is shown (--strict)']] : []),
    ].filter(([, text]) => text);
    const meta = element(document, 'p', { class: 'facts' });
    meta.append(...facts.map(([name, text]) => element(document, name, {}, text)));
    // The title has said the first one already, and the excerpt its place.
    const others = report.problems.filter(({ message, place }) =>
      message !== report.title || (place && place.key !== report.excerpt?.place.key));
    const [, ...more] = report.title.split('\n');
    return [
      meta,
      ...(more.length > 0 ? [element(document, 'p', { class: 'more' }, more.join('\n'))] : []),
      ...(others.length > 0 ? [drawProblems(others, report.title)] : []),
      ...(report.excerpt ? [drawExcerpt(document, report.excerpt, openPlace)] : []),
      ...(report.output.length > 0 ? drawOutput(document, report, openPlace, copy) : []),
    ];
  }

  /** @param {Problem[]} problems @param {string} [title] */
  function drawProblems(problems, title) {
    const box = element(document, 'ul', { class: 'problems' });
    box.append(...problems.map((problem) => drawProblem(document, problem, title, openPlace)));
    return box;
  }

  /** @param {string} role @param {string} title @param {Element[]} parts */
  function put(role, title, parts) {
    const root = attach();
    const box = /** @type {HTMLDialogElement} */ (element(document, 'dialog', {
      role, 'aria-labelledby': 'title', lang: 'en', tabindex: '-1',
      class: role === 'dialog' ? 'warnings' : 'failure',
    }));
    box.addEventListener('cancel', (event) => {
      event.preventDefault(); // the Escape key, as the browser hears it
      dismiss();
    });
    const head = element(document, 'header');
    const close = element(document, 'button', { type: 'button', class: 'close', 'aria-label': 'Close' });
    close.append(element(document, 'kbd', {}, 'Esc'));
    close.addEventListener('click', dismiss);
    head.append(element(document, 'h1', { id: 'title' }, title), close);
    const body = element(document, 'div', { class: 'body' });
    body.append(...parts);
    box.append(head, body, element(document, 'p', { class: 'note', role: 'status' }));
    if (focused === null) focused = document.activeElement;
    root.replaceChildren(box);
    // Modal, because a modal dialog of the page would leave nothing else to be clicked.
    box.showModal?.();
    box.focus({ preventScroll: true });
  }

  function attach() {
    if (host?.isConnected && host.shadowRoot) return host.shadowRoot;
    host = document.createElement('sse-reload-overlay');
    const root = host.attachShadow({ mode: 'open' });
    const sheet = new window.CSSStyleSheet();
    sheet.replaceSync(LOOK);
    root.adoptedStyleSheets = [sheet];
    host.addEventListener('keydown', (event) => {
      event.stopPropagation(); // a page has keys of its own; these are not for it
      if (event.key === 'Escape') dismiss();
    });
    window.addEventListener('keydown', onKey, true);
    document.documentElement.append(host);
    return root;
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === 'Escape' && event.target !== host) dismiss();
  }

  function dismiss() {
    dismissed = shown;
    hide();
  }

  function hide() {
    if (host === null) return;
    window.removeEventListener('keydown', onKey, true);
    host.remove();
    host = null;
    shown = '';
    if (focused instanceof window.HTMLElement && focused.isConnected) {
      focused.focus({ preventScroll: true });
    }
    focused = null;
  }

  /** @param {string} selector */
  function find(selector) {
    return host?.shadowRoot?.querySelector(selector) ?? null;
  }

  /** Where the person was in the report before, which is mostly the same one. */
  function scrolled() {
    return /** @type {const} */ (['.body', '.output'])
      .map((selector) => /** @type {const} */ ([selector, find(selector)?.scrollTop ?? 0]))
      .filter(([, top]) => top > 0);
  }

  /** @param {string} key */
  async function openPlace(key) {
    tell(await open(key));
  }

  /** @param {string} text */
  async function copy(text) {
    try {
      await window.navigator.clipboard.writeText(text);
      tell('Copied.');
    } catch { // only https and localhost have a clipboard
      select();
      tell('Selected: copy it with your keyboard.');
    }
  }

  function select() {
    const output = find('.output');
    if (output) window.getSelection()?.selectAllChildren(output);
  }

  /** @param {string} text */
  function tell(text) {
    const note = find('.note');
    if (note === null) return;
    note.textContent = text;
    setTimeout(() => { if (note.textContent === text) note.textContent = ''; }, 6_000);
  }

  return { show, list, hide };
}

/** @param {string} ending @param {number | null} exitCode */
function describeEnding(ending, exitCode) {
  if (ending === 'timed-out') return 'did not end';
  if (ending === 'not-started') return 'could not be started';
  return exitCode === null || exitCode === 0 ? '' : `exit code ${exitCode}`;
}

