/**
 * The top of the page: how the tests are, how far the run is, what changed, and the last runs.
 *
 * Knows the parts of the document that are there for this; refuses to know how a verdict is found.
 */

import { element } from '../build/look.js';
import { drawChart } from './chart.js';
import { findProgress } from './progress.js';

/** @import {Finished, Outcome} from './messages.js' */
/** @import {Model} from './model.js' */
/** @import {Verdict} from './verdict.js' */

const SEGMENTS = /** @type {const} */ ({
  passed: ['passed', 'xpassed'], failed: ['failed', 'error'], skipped: ['skipped', 'xfailed'],
});

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {(name: string) => HTMLElement} world.part finds a part of the document
 */
export function createHead({ document, part }) {
  let chartOf = '';
  let whyOf = '';

  /** @param {Model} model @param {Verdict} verdict @param {number} now */
  function show(model, verdict, now) {
    document.documentElement.dataset.verdict = verdict.kind;
    say('title', verdict.title);
    say('facts', verdict.facts.join(' · '));
    say('header', model.run.header);
    say('waiting', writeWaiting(model));
    showWhy(model.run.why, model.run.number);
    showStrip(model, now);
    showChart(model.past);
  }

  /** @param {string} name @param {string} text */
  function say(name, text) {
    const box = part(name);
    if (box.textContent !== text) box.textContent = text;
    box.hidden = text === '';
  }

  /** @param {string[]} why @param {number} run */
  function showWhy(why, run) {
    const next = `${run}|${why.length}`;
    if (next === whyOf) return;
    whyOf = next;
    part('why').replaceChildren(...why.map((line) => element(document, 'li', {}, line)));
    part('reasons').hidden = why.length === 0;
  }

  /** @param {Model} model @param {number} now */
  function showStrip(model, now) {
    const { done, total, fraction } = findProgress(model, now);
    const strip = part('strip');
    strip.setAttribute('aria-valuenow', String(Math.round(fraction * 100)));
    const counts = countDone(model);
    for (const [name, outcomes] of Object.entries(SEGMENTS)) {
      const tests = outcomes.reduce((sum, outcome) => sum + (counts.get(outcome) ?? 0), 0);
      // As wide as the work that is done, shared among the outcomes by their number.
      const width = done > 0 ? (tests / done) * (done === total ? 1 : fraction) : 0;
      const segment = /** @type {HTMLElement} */ (strip.querySelector(`.${name}`));
      segment.style.inlineSize = `${(width * 100).toFixed(2)}%`;
    }
  }

  /** @param {Finished[]} past */
  function showChart(past) {
    const next = `${past.length}|${past.at(-1)?.run}`;
    if (next === chartOf) return;
    chartOf = next;
    const bars = past.map(({ duration, good, ending, header }) => ({
      seconds: duration, words: header || 'all tests',
      kind: good ? /** @type {const} */ ('good')
        : ending === 'cancelled' ? /** @type {const} */ ('none') : /** @type {const} */ ('bad'),
    }));
    const label = `How long the last ${bars.length} runs took`;
    part('trend').replaceChildren(...(bars.length > 1 ? [drawChart(document, bars, { label, height: 32 })] : []));
  }

  return { show };
}

/** @param {Model} model @returns {Map<Outcome | '', number>} */
function countDone({ run, tests }) {
  const counts = new Map();
  for (const number of run.done) {
    const outcome = tests.get(number)?.outcome ?? '';
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}

/** @param {Model} model */
function writeWaiting({ waiting, run }) {
  if (run.finished === null || waiting === null) return '';
  return [waiting.line, ...waiting.filters].filter(Boolean).join(' · ');
}
