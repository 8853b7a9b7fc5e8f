/** The panel: hears the stream, keeps the board, and draws it. All that has effects begins here. */

import { connect } from '/sse-client.js';
import { NAMES, figures, follow } from './board.js';
import { makeChart } from './chart.js';
import { describeLink } from './link.js';
import * as lists from './lists.js';
import { bytes, ceiling, duration, timeOf } from './units.js';

const LEAVE_DELAY = 5000; // milliseconds that a hidden tab keeps its stream
const READING = 6; // seconds that something is said of what was pressed
const LEAST_SCALE = 10_000; // bytes per second: below it, a disk at rest would look busy
const AWAY = 'The server does not answer.';
const SHARES = ['cpu', 'memory', 'swap'];
const FLOWS = { disk: ['read', 'written'], network: ['received', 'sent'] };
const { write } = lists;
const byId = (id) => document.getElementById(id);

let board = null;
let stream = null;
let lastId = '';
let heardAt = null;
let leaving;
let cursor = null; // the moment that is looked at; null: now
let pointed = null; // where on a chart the pointer is
let isDue = false;
let quieting;

const charts = new Map(
  [...document.querySelectorAll('[data-chart]')].map((host) => [host.dataset.chart, makeChart(host)]),
);
let cores = [];

// The stream

function listen() {
  clearTimeout(leaving);
  if (stream) return;
  stream = connect('/events', { after: lastId, retry: 0.5, maxRetry: 4 });
  for (const name of NAMES) stream.on(name, (data) => hear(name, data));
  stream.onState(showLink);
}

/** A browser has six connections to a server: a tab that nobody sees gives its own back. */
function leave() {
  if (!stream) return;
  lastId = stream.lastEventId;
  stream.close();
  stream = null;
}

function hear(name, data) {
  heardAt = performance.now();
  board = follow(board, name, data);
  if (!isDue && board) {
    isDue = true;
    queueMicrotask(paint);
  }
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) leaving = setTimeout(leave, LEAVE_DELAY);
  else listen();
});

// What it draws

function paint() {
  isDue = false;
  if (board.samples.length === 0 || board.status.services.length === 0) return;
  showMachine();
  // The charts move on below a pointer that rests; a moment that the keys have found moves with them.
  if (pointed) look(sampleAt(pointed.host, pointed.clientX));
  showFigures();
  showCharts();
  lists.showProcesses(board.processes);
  lists.showServices(board.status.services);
  lists.showAlerts(board.alerts, acknowledge);
  lists.showNotices(board.notifications);
  showLink();
  document.body.dataset.painted = '';
}

function showMachine() {
  const { name, system, cores: count, memory } = board.machine;
  write(byId('machine'), name);
  write(byId('facts'), `${system}, ${count} ${count === 1 ? 'core' : 'cores'}, ${bytes(memory).join(' ')}`);
  write(byId('tabs'), board.status.tabs === 1 ? '1 tab' : `${board.status.tabs} tabs`);
  const worst = board.alerts.find(({ acknowledged }) => !acknowledged);
  document.title = worst ? `▲ ${worst.title} ${worst.level}, ${name}` : name;
  if (cores.length === count) return;
  cores = lists.makeCores(count).map(({ host, figure }) => ({ chart: makeChart(host), figure }));
}

/** Which sample is looked at. One that has left the window is the oldest that is there. */
function place() {
  const at = cursor === null ? -1 : board.samples.findIndex(({ at }) => at >= cursor);
  return at < 0 ? board.samples.length - 1 : at;
}

const shown = () => board.samples[place()];

function showFigures() {
  const sample = shown();
  const now = figures(sample);
  document.body.toggleAttribute('data-past', cursor !== null);
  write(byId('cpu'), now.cpu.toFixed(0));
  [1, 5, 15].forEach((minutes, at) => write(byId(`load-${minutes}`), sample.load[at].toFixed(2)));
  showFigure('memory', bytes(sample.memory.used));
  write(byId('memory-of'), `${now.memory.toFixed(0)} % of ${bytes(sample.memory.total).join(' ')}`);
  showFigure('swap', sample.swap.total ? bytes(sample.swap.used) : ['none', '']);
  document.querySelector('[data-chart=swap]').hidden = sample.swap.total === 0;
  for (const name of Object.values(FLOWS).flat()) showFigure(name, rate(now[name]));
  cores.forEach(({ figure }, at) => write(figure, `${sample.cores[at].toFixed(0)} %`));
}

function showFigure(id, [value, unit]) {
  write(byId(id), value);
  write(byId(id).nextElementSibling, unit);
}

function rate(count) {
  if (count === null) return ['–', 'not counted'];
  const [value, unit] = bytes(count);
  return [value, `${unit}/s`];
}

function frame(top = 100) {
  const to = board.samples.at(-1).at;
  const { interval, window } = board;
  return { from: to - interval * window, to, top, slack: 0.6 * interval };
}

const points = (value) => board.samples.map((sample) => ({ ...sample, value: value(sample) }));

function showCharts() {
  for (const name of SHARES) {
    const level = name === 'cpu' ? board.cpu_limit : null;
    charts.get(name).draw(points((sample) => figures(sample)[name]), frame(), level);
  }
  cores.forEach(({ chart }, at) => chart.draw(points((sample) => sample.cores[at]), frame()));
  for (const [group, names] of Object.entries(FLOWS)) showFlows(group, names);
  showCursor();
}

/** Two directions, one scale: they are there to be compared. */
function showFlows(group, names) {
  const most = Math.max(...board.samples.flatMap((one) => names.map((name) => figures(one)[name] ?? 0)));
  const top = ceiling(most, LEAST_SCALE);
  for (const name of names) charts.get(name).draw(points((one) => figures(one)[name]), frame(top));
  write(byId(`${group}-scale`), `both to ${bytes(top).join(' ').replace(/\.0+ /, ' ')}/s`);
}

// The moment that is looked at, the same in all charts

function showCursor() {
  const { from, to } = frame();
  const at = cursor === null ? null : shown().at;
  for (const chart of [...charts.values(), ...cores.map(({ chart }) => chart)])
    chart.mark(at === null ? null : at - from);
  write(byId('moment'), at === null ? '' : `${duration(to - at)} ago`);
  write(byId('begin'), `${duration(to - from)} ago`);
  const scrub = document.querySelector('[role=slider]');
  scrub.setAttribute('aria-valuemax', board.samples.length - 1);
  scrub.setAttribute('aria-valuenow', place());
  const when = at === null ? 'now' : `${duration(to - at)} ago`;
  scrub.setAttribute('aria-valuetext', `${when}: ${byId('cpu').textContent} %`);
}

function look(at) {
  const last = board.samples.length - 1;
  cursor = at === null || at >= last ? null : board.samples[Math.max(0, at)].at;
  showFigures();
  showCursor();
}

/** The sample whose step covers that place of a chart. */
function sampleAt(host, clientX) {
  const { left, width } = host.getBoundingClientRect();
  const { from, to } = frame();
  const moment = from + ((clientX - left) / width) * (to - from);
  return board.samples.findIndex(({ at }) => at >= moment);
}

document.addEventListener('pointermove', ({ target, clientX }) => {
  const host = board?.samples.length && target.closest?.('.chart');
  pointed = host ? { host, clientX } : null;
  if (host) look(sampleAt(host, clientX));
  else if (cursor !== null && !document.activeElement.matches('[role=slider]')) look(null);
});
document.addEventListener('pointerleave', () => {
  pointed = null;
  if (board?.samples.length) look(null);
});

const KEYS = { ArrowLeft: -1, ArrowRight: 1, PageUp: 10, PageDown: -10, Home: -1e9, End: 1e9 };
document.querySelector('[role=slider]').addEventListener('keydown', (event) => {
  if (!(event.key in KEYS) || !board?.samples.length) return;
  event.preventDefault();
  look(place() + KEYS[event.key]);
});
document.querySelector('[role=slider]').addEventListener('blur', () => board && look(null));

// What is said about the stream, and what one can do

function showLink() {
  const silence = heardAt === null ? null : (performance.now() - heardAt) / 1000;
  const patience = Math.max(4, 4 * (board?.interval ?? 1));
  const { kind, text, said } = describeLink(stream?.state ?? 'connecting', silence, patience);
  document.body.dataset.link = kind;
  write(byId('link').querySelector('b'), text);
  write(byId('said'), said);
  if (!board?.samples.length) return;
  // What has become of an alert since the stream was lost, nobody here knows: it does not age.
  const { at } = board.samples.at(-1);
  lists.ageAlerts(kind === 'live' ? at + silence : at);
  write(byId('end'), kind === 'live' ? 'now' : timeOf(at));
}

async function acknowledge({ id, rule }) {
  const answer = await post(`/alerts/${encodeURIComponent(id)}/acknowledge`);
  if (answer) return;
  lists.refuseAlert(rule, AWAY);
  setTimeout(lists.refuseAlert, READING * 1000, rule, '');
}

byId('burn').addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await post('/load');
  if (!answer) return sayOfLoad(AWAY);
  if (!answer.ok) return sayOfLoad(answer.status === 409 ? await answer.text() : 'Refused.');
  const { processes, seconds } = await answer.json();
  sayOfLoad(`${processes} ${processes === 1 ? 'process' : 'processes'}, ${seconds} s`, seconds);
});

/** @returns the answer; null where there is none */
const post = (address) => fetch(address, { method: 'POST' }).catch(() => null);

function sayOfLoad(words, seconds = READING) {
  clearTimeout(quieting);
  write(byId('burn').querySelector('output'), words);
  quieting = setTimeout(sayOfLoad, seconds * 1000, '');
}

setInterval(showLink, 500);
listen();
