/**
 * The page as a whole: what a person has chosen, and when what is drawn anew.
 *
 * Knows the parts and the one picture they make together; refuses to know the server. However much
 * is told at once, it is drawn once for each frame, and a tab that nobody sees only keeps its sign.
 */

import { createCards } from './cards.js';
import { createHead } from './head.js';
import { createHelp } from './help.js';
import { findAction } from './keys.js';
import { createList } from './list.js';
import { createModel } from './model.js';
import { createPane } from './pane.js';
import { drawRow, keyOf, looksOf } from './rows.js';
import { createSign } from './sign.js';
import { countFilters, findRows } from './tree.js';
import { findVerdict } from './verdict.js';
import { createWishes } from './wishes.js';

/** @import {Asking} from './asking.js' */
/** @import {Action} from './keys.js' */
/** @import {State} from './messages.js' */
/** @import {Notify} from './notify.js' */
/** @import {Selected} from './pane.js' */
/** @import {Filter, Row} from './tree.js' */

const TICK = 500; // milliseconds between two looks at how long it may still take
const TYPING_DELAY = 80; // milliseconds of a person who searches

/**
 * @typedef {object} Page
 * @property {() => Promise<string>} read ask for the state; returns the id after which it goes on
 * @property {(name: string, text: string) => void} receive an event
 * @property {() => void} opened the stream is there
 * @property {() => void} away it is not
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Window & typeof globalThis} world.window
 * @param {Asking} world.asking
 * @param {Notify} world.notify
 * @param {() => number} world.now seconds
 * @param {string} world.server that the document is from
 * @param {() => void} world.reload
 * @returns {Page}
 */
export function createPage({ document, window, asking, notify, now, server, reload }) {
  const model = createModel(now);
  /** @type {{filter: Filter, search: string, open: Map<number, boolean>}} */
  const view = { filter: 'all', search: '', open: new Map() };
  /** @type {Row[]} */
  let rows = [];
  let selected = '';
  let isAsked = false;
  /** @type {number | undefined} */
  let typingTimer;

  const sign = createSign(document);
  const head = createHead({ document, part });
  const help = createHelp({ document, dialog: /** @type {HTMLDialogElement} */ (part('help')) });
  const wishes = createWishes({ window, asking, model, findSelected, note: part('note') });
  const cards = createCards({
    document, IntersectionObserver: window.IntersectionObserver, ask: asking.details,
    open: wishes.open, again: (test) => wishes.run([test.number]),
  });
  const pane = createPane({
    document, box: part('pane'), cards, open: wishes.open, select: choose,
    again: (tests) => wishes.run(tests.map(({ number }) => number)),
  });
  const list = createList({
    document, window, box: part('list'), draw: (/** @type {Row} */ row) => drawRow(document, row),
  });

  /** @param {string} name @returns {HTMLElement} */
  function part(name) {
    return /** @type {HTMLElement} */ (document.querySelector(`[data-part=${name}]`));
  }

  /** @type {Page['read']} */
  async function read() {
    const state = await asking.state();
    if (state === null) return '';
    take(state);
    return state.id;
  }

  /** Another server has another token, and perhaps another page. @param {State} state */
  function take(state) {
    if (state.server !== server) return reload();
    cards.reset();
    model.read(state);
    changed();
  }

  /** @type {Page['receive']} */
  function receive(name, text) {
    if (name === 'reload') return void read();
    const data = JSON.parse(text);
    if (name === 'tests-state') return take(data);
    model.learn(name, data);
    if (name === 'tests-finished') announce();
    changed();
  }

  function announce() {
    const verdict = findVerdict(model, now());
    notify.tell(verdict, model.project);
    part('said').textContent = `${verdict.title} ${verdict.facts.join(' ')}`;
  }

  function changed() {
    sign(findVerdict(model, now()), model.project);
    ask();
  }

  function ask() {
    if (isAsked) return;
    isAsked = true;
    window.requestAnimationFrame(draw);
  }

  function draw() {
    isAsked = false;
    drawList(); // first, because it measures
    head.show(model, findVerdict(model, now()), now());
    pane.show(model, findSelected());
    part('stop').hidden = model.run.finished !== null;
    /** @type {HTMLButtonElement} */ (part('failed')).disabled = model.failing().length === 0;
  }

  function drawList() {
    rows = findRows(model, view);
    const items = rows.map((row) => ({ key: keyOf(row), looks: looksOf(row), row }));
    list.show(items, selected);
    part('nothing').hidden = rows.length > 0 || model.tests.size === 0;
    const counts = countFilters(model);
    for (const button of document.querySelectorAll('[data-filter]')) {
      const { dataset } = /** @type {HTMLElement} */ (button);
      const filter = /** @type {Filter} */ (dataset.filter);
      button.setAttribute('aria-pressed', String(filter === view.filter));
      const number = /** @type {Element} */ (button.querySelector('span'));
      number.textContent = String(counts[filter]);
    }
  }

  /** @returns {Selected} */
  function findSelected() {
    const number = Number(selected.slice(1));
    if (selected.startsWith('f')) return { file: number };
    return model.tests.has(number) ? { test: number } : null;
  }

  /** @param {Selected} next */
  function choose(next) {
    selected = next === null ? '' : 'test' in next ? `t${next.test}` : `f${next.file}`;
    const test = next && 'test' in next ? model.tests.get(next.test) : undefined;
    if (test && !rows.some((row) => keyOf(row) === selected)) view.open.set(test.file, true);
    document.documentElement.dataset.view = 'pane';
    draw();
    list.reveal(selected);
  }

  /** @param {number} step */
  function move(step) {
    const at = rows.findIndex((row) => keyOf(row) === selected);
    const row = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    if (!row) return;
    selected = keyOf(row);
    draw();
    list.reveal(selected);
  }

  /** @param {boolean} isOpen */
  function fold(isOpen) {
    const row = rows.find((one) => keyOf(one) === selected);
    if (!row) return;
    const file = row.kind === 'file' ? row.file : row.test.file;
    view.open.set(file, isOpen);
    if (!isOpen) selected = `f${file}`;
    draw();
    list.reveal(selected);
  }

  function leave() {
    if (document.activeElement === part('search')) {
      part('search').blur();
      return;
    }
    document.documentElement.dataset.view = 'list';
    selected = '';
    draw();
  }

  /** @type {Record<Action, () => unknown>} */
  const actions = {
    all: () => wishes.run('all'), failed: () => wishes.run('failed'),
    last: () => wishes.run('last'), stop: () => wishes.run('stop'),
    down: () => move(1), up: () => move(-1), fold: () => fold(false), unfold: () => fold(true),
    run: wishes.runSelected, editor: wishes.openSelected, search: () => part('search').focus(), help: help.toggle,
    back: leave,
  };

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (help.isOpen()) return;
    const action = findAction(event);
    if (action === null) return;
    event.preventDefault();
    actions[action]();
  }

  /** @param {MouseEvent} event */
  function click(event) {
    const target = /** @type {Element} */ (event.target);
    const button = /** @type {HTMLElement | null} */ (target.closest('[data-action], [data-filter], [data-show]'));
    if (button?.dataset.action) actions[/** @type {Action} */ (button.dataset.action)]();
    if (button?.dataset.filter) {
      view.filter = /** @type {Filter} */ (button.dataset.filter);
      view.open.clear();
      draw();
    }
    if (button?.dataset.show) document.documentElement.dataset.view = button.dataset.show;
    const row = /** @type {HTMLElement | null} */ (target.closest('.row'));
    if (row?.dataset.key) chooseRow(row.dataset.key, target.closest('.fold') !== null);
  }

  /** @param {string} key @param {boolean} isFold */
  function chooseRow(key, isFold) {
    const wasSelected = selected === key;
    if (!key.startsWith('f')) return choose({ test: Number(key.slice(1)) });
    const row = rows.find((one) => keyOf(one) === key);
    const isOpen = row?.kind === 'file' && row.isOpen;
    selected = isFold ? selected : key;
    if (isFold || wasSelected || !isOpen) view.open.set(Number(key.slice(1)), !isOpen);
    draw();
  }

  function type() {
    window.clearTimeout(typingTimer);
    typingTimer = window.setTimeout(() => {
      view.search = /** @type {HTMLInputElement} */ (part('search')).value.trim();
      view.open.clear();
      draw();
    }, TYPING_DELAY);
  }

  async function toggleNotify() {
    await notify.toggle();
    showNotify();
  }

  function showNotify() {
    const state = notify.state();
    part('notify').hidden = state === 'none';
    part('notify').setAttribute('aria-pressed', String(state === 'on'));
  }

  function tick() {
    if (model.run.finished === null && document.visibilityState === 'visible') ask();
  }

  document.addEventListener('keydown', press);
  document.addEventListener('click', click);
  part('search').addEventListener('input', type);
  part('notify').addEventListener('click', toggleNotify);
  window.addEventListener('resize', ask);
  window.setInterval(tick, TICK);
  showNotify();

  return {
    read, receive,
    opened: () => { delete document.documentElement.dataset.away; },
    away: () => { document.documentElement.dataset.away = ''; },
  };
}
