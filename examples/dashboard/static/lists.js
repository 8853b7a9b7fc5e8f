/** The parts of the page that are lists: alerts, services, processes, notices, cores. */

import { bytes, duration, timeOf } from './units.js';

const byId = (id) => document.getElementById(id);

/** Writes a text only where it is another one: what has not changed is left alone. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Make the children of a list fit its items: `make` builds one, `fill` shows an item in it. */
function fit(list, items, make, fill) {
  while (list.children.length > items.length) list.lastChild.remove();
  while (list.children.length < items.length) list.append(make());
  items.forEach((item, at) => fill(list.children[at], item));
}

function build(html) {
  const template = document.createElement('template');
  template.innerHTML = html.trim();
  return template.content.firstChild;
}

const parts = (element, ...names) => names.map((name) => element.querySelector(`.${name}`));

export function showAlerts(alerts, acknowledge) {
  const list = byId('alerts').querySelector('ul');
  byId('alerts').dataset.count = alerts.length;
  const rows = new Map([...list.children].map((row) => [row.dataset.rule, row]));
  for (const alert of alerts) {
    const row = rows.get(alert.rule) ?? list.appendChild(makeAlert(alert.rule));
    rows.delete(alert.rule);
    fillAlert(row, alert, acknowledge);
  }
  for (const row of rows.values()) {
    if (row.contains(document.activeElement)) byId('alerts').focus();
    row.remove();
  }
}

/** Say at an alert, if it is still there, why it could not be acknowledged. */
export function refuseAlert(rule, words) {
  const refusal = byId('alerts').querySelector(`[data-rule="${rule}"] .refusal`);
  if (refusal) write(refusal, words);
}

const makeAlert = (rule) =>
  build(`<li data-rule="${rule}"><i aria-hidden="true"></i>
    <p><b class="title"></b> <span class="what"></span> <span class="limit"></span>
      <span class="age" aria-live="off"></span> <span class="refusal"></span></p><button type="button"></button></li>`);

function fillAlert(row, alert, acknowledge) {
  const { title, level, value, limit, unit, since, acknowledged } = alert;
  const [heading, what, bound] = parts(row, 'title', 'what', 'limit');
  Object.assign(row.dataset, { level, since, seen: acknowledged });
  write(heading, title);
  write(what, `${level} at ${Math.round(value)} ${unit}`);
  write(bound, `limit ${Math.round(limit)} ${unit}`);
  const button = row.querySelector('button');
  if (acknowledged && document.activeElement === button) {
    row.tabIndex = -1;
    row.focus();
  }
  button.hidden = acknowledged;
  write(button, 'Acknowledge');
  button.onclick = () => acknowledge(alert);
}

/** Say how long each alert has been there; `now` is the machine's clock. */
export function ageAlerts(now) {
  for (const row of byId('alerts').querySelectorAll('li')) {
    const seen = row.dataset.seen === 'true' ? ', acknowledged' : '';
    write(row.querySelector('.age'), `for ${duration(now - Number(row.dataset.since))}${seen}`);
  }
}

const STATES = { ok: 'in order', off: 'off', warning: 'warning', down: 'down' };

export function showServices(services) {
  fit(
    byId('services'),
    services,
    () =>
      build(`<li><i role="img"></i><span class="name"></span><span class="value"></span>
        <span class="note"></span><meter min="0" max="1" aria-hidden="true"></meter></li>`),
    (row, { name, state, value, note, share }) => {
      const mark = row.querySelector('i');
      const meter = row.querySelector('meter');
      row.dataset.state = state;
      mark.setAttribute('aria-label', STATES[state]);
      parts(row, 'name', 'value', 'note').forEach((part, at) => write(part, [name, value, note][at]));
      meter.hidden = share === null;
      meter.value = share ?? 0;
    },
  );
}

export function showProcesses({ busiest, count }) {
  write(byId('process-count'), `${busiest.length} of ${count}`);
  fit(
    byId('processes'),
    busiest,
    () => build('<table><tr><th scope="row"></th><td></td><td></td><td></td></tr></table>').rows[0],
    (row, { name, pid, cpu, memory }) => {
      const texts = [name, String(pid), `${cpu.toFixed(0)} %`, bytes(memory).join(' ')];
      texts.forEach((text, at) => write(row.cells[at], text));
      row.cells[0].title = name;
    },
  );
}

/** Only what is new is added: whoever is read to would else hear the whole list each time. */
export function showNotices(notices) {
  const list = byId('notices');
  const old = new Map([...list.children].map((row) => [row.dataset.key, row]));
  for (const { number, at, text } of notices) {
    const key = `${at} ${number}`;
    if (old.delete(key)) continue;
    const row = build('<li><time></time> <span></span></li>');
    row.dataset.key = key;
    write(row.children[0], timeOf(at));
    write(row.children[1], text);
    list.prepend(row);
  }
  for (const row of old.values()) row.remove();
}

/** Make a cell for each core. Returns what holds their charts. */
export function makeCores(count) {
  fit(
    byId('cores'),
    Array.from({ length: count }),
    () => build('<li><span></span><div class="chart low"></div><b></b></li>'),
    (cell) => cell,
  );
  byId('cores').classList.toggle('many', count > 12);
  return [...byId('cores').children].map((cell, at) => {
    cell.title = `Core ${at + 1}`;
    cell.children[0].textContent = String(at + 1);
    return { host: cell.children[1], figure: cell.children[2] };
  });
}
