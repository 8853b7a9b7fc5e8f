/**
 * What went wrong in a build, over the last good page: the message first, then where, then all that
 * was printed.
 *
 * Knows in which order a report is told, and what is told already. Refuses to know when there is
 * something to show, and how a sheet lies over a page. All text is put in as text.
 */

import { copy } from './clipboard.js';
import { element } from './look.js';
import { drawExcerpt, drawOutput, drawProblem } from './report.js';
import { createSheet } from './sheet.js';

/** @import {Failed, Problem} from './messages.js' */

const NOTE_DURATION = 6_000; // milliseconds
const MOST = 1e6; // pixels; more than there can be

/**
 * @typedef {object} Overlay
 * @property {(failed: Failed) => void} show
 * @property {(warnings: Problem[]) => void} list show warnings
 * @property {(warnings: Problem[]) => void} settle a build has ended well: what is shown of a failure
 *   goes, and a list of warnings becomes this one
 * @property {() => void} hide
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Window & typeof globalThis} world.window
 * @param {(key: string) => Promise<string>} world.open opens a place in the editor; says what went wrong
 * @param {() => void} world.dismissed a person has closed what was shown of a failure
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @returns {Overlay}
 */
export function createOverlay({ document, window, open, dismissed, setTimeout }) {
  /** @type {Failed | null} */
  let shown = null;
  const sheet = createSheet({ document, window, dismissed: () => { if (shown) dismissed(); } });

  /** A report that says the same stays as it is, with what a person has selected in it. @type {Overlay['show']} */
  function show(failed) {
    const before = sheet.isOpen() ? shown : null;
    shown = failed;
    if (before && isSame(before.report, failed.report)) {
      sheet.find('.facts')?.replaceWith(drawFacts(failed));
      return;
    }
    const kept = before?.report.title === failed.report.title ? scrolled() : [];
    sheet.put('alertdialog', firstLine(failed.report.title), drawFailure(failed));
    scroll('.output', MOST); // what ended a build is what it said last
    for (const [selector, top] of kept) scroll(selector, top);
  }

  /** @type {Overlay['list']} */
  function list(warnings) {
    shown = null;
    const title = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
    sheet.put('dialog', title, [drawProblems(warnings)]);
  }

  /** @type {Overlay['settle']} */
  function settle(warnings) {
    if (sheet.isOpen() && shown === null && warnings.length > 0) list(warnings);
    else hide();
  }

  function hide() {
    shown = null;
    sheet.close();
  }

  /** @param {Failed} failed */
  function drawFailure(failed) {
    const { report } = failed;
    // The title has said the first one already, and the excerpt its place.
    const others = report.problems.filter(({ message, place }) =>
      message !== report.title || (place && place.key !== report.excerpt?.place.key));
    const [, ...more] = report.title.split('\n');
    return [
      drawFacts(failed),
      ...(more.length > 0 ? [element(document, 'p', { class: 'more', dir: 'auto' }, more.join('\n'))] : []),
      ...(others.length > 0 ? [drawProblems(others, report.title)] : []),
      ...(report.excerpt ? [drawExcerpt(document, report.excerpt, openPlace)] : []),
      ...(report.output.length > 0 ? drawOutput(document, report, openPlace, copyText) : []),
    ];
  }

  /** @param {Failed} failed */
  function drawFacts({ command, ending, exitCode, duration, shown: isShown }) {
    const facts = [
      ['code', command], ['span', describeEnding(ending, exitCode)],
      ['span', `after ${duration.toFixed(2)} s`],
      ['span', isShown ? 'what was built is shown (--strict)' : ''],
    ].filter(([, text]) => text);
    const box = element(document, 'p', { class: 'facts' });
    box.append(...facts.map(([name, text]) => element(document, name, {}, text)));
    return box;
  }

  /** @param {Problem[]} problems @param {string} [title] */
  function drawProblems(problems, title) {
    const box = element(document, 'ul', { class: 'problems' });
    box.append(...problems.map((problem) => drawProblem(document, problem, title, openPlace)));
    return box;
  }

  /** Where the person was in the report before. */
  function scrolled() {
    return /** @type {const} */ (['.body', '.output'])
      .map((selector) => /** @type {const} */ ([selector, sheet.find(selector)?.scrollTop ?? 0]))
      .filter(([, top]) => top > 0);
  }

  /** @param {string} selector @param {number} top pixels */
  function scroll(selector, top) {
    const box = sheet.find(selector);
    if (box) box.scrollTop = top;
  }

  /** What went wrong stays until something else is done: it may take a while to be read. */
  async function openPlace(/** @type {string} */ key) {
    sheet.say(await open(key));
  }

  /** @param {string} text */
  async function copyText(text) {
    const box = sheet.find('.paper');
    if (box && await copy(text, { document, window, box })) tell('Copied.');
    else select();
  }

  function select() {
    const output = sheet.find('.output');
    if (output) window.getSelection()?.selectAllChildren(output);
    tell('Selected: copy it with your keyboard.');
  }

  /** @param {string} text */
  function tell(text) {
    sheet.say(text);
    setTimeout(() => { if (sheet.find('.note')?.textContent === text) sheet.say(''); }, NOTE_DURATION);
  }

  return { show, list, settle, hide };
}

/** @param {Failed['report']} one @param {Failed['report']} other */
function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** @param {string} text */
function firstLine(text) {
  return text.split('\n')[0];
}

/** @param {string} ending @param {number | null} exitCode */
function describeEnding(ending, exitCode) {
  if (ending === 'timed-out') return 'did not end';
  if (ending === 'not-started') return 'could not be started';
  return exitCode === null || exitCode === 0 ? '' : `exit code ${exitCode}`;
}
