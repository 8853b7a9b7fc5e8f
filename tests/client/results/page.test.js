import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createPage } from '../../../livereload_sse/client/results/page.js';
import { finished, renderPage, row, state } from './samples.js';

/** @param {import('../../../livereload_sse/client/results/messages.js').State | null} first */
async function create(first = state([row(1, 'failed'), row(2), row(3, 'passed', { file: 1 })])) {
  const page = renderPage();
  Object.defineProperty(page.part('list'), 'clientHeight', { value: 600 });
  /** @type {any[]} */
  const asked = [];
  const answers = { state: first, said: '' };
  const asking = {
    state: async () => answers.state, details: async () => null,
    run: async (/** @type {any} */ what) => { asked.push(what); return answers.said; },
    open: async (/** @type {any} */ place) => { asked.push(place); return answers.said; },
  };
  /** @type {string[]} */
  const told = [];
  const notify = /** @type {any} */ ({
    state: () => 'off', toggle: async () => {}, tell: (/** @type {any} */ { kind }) => told.push(kind),
  });
  const made = createPage({
    ...page, asking, notify, now: () => 100, server: 's1', reload: () => asked.push('reload'),
  });
  const id = await made.read();
  page.paint();
  const press = (/** @type {string} */ key) => {
    page.document.body.dispatchEvent(new page.window.KeyboardEvent('keydown', { key, bubbles: true }));
    page.paint();
  };
  const keys = () => [...page.part('list').querySelectorAll('.row')]
    .map((one) => /** @type {HTMLElement} */ (one))
    .sort((one, other) => parseInt(one.style.transform.slice(11)) - parseInt(other.style.transform.slice(11)))
    .map(({ dataset }) => dataset.key);
  const selected = () => /** @type {HTMLElement | null} */ (
    page.part('list').querySelector('[aria-selected=true]'))?.dataset.key ?? null;
  const end = async () => {
    await page.settle();
    page.window.close();
  };
  return { ...page, made, id, asked, told, answers, press, keys, selected, end };
}

test('the state is drawn, and its id is where the stream goes on', async () => {
  const { id, keys, part, document, end } = await create();

  assert.equal(id, '5-0');
  assert.deepEqual(keys(), ['f0', 't1', 't2', 'f1']);
  assert.equal(part('pane').querySelectorAll('.card').length, 1);
  assert.equal(document.title.endsWith('· shop'), true);
  await end();
});

test('many events are drawn once', async () => {
  const { made, part, paint, end } = await create();
  made.receive('tests-started', JSON.stringify({ run: 2, header: '', why: [] }));
  made.receive('tests-collected', JSON.stringify({ run: 2, files: [], tests: [], order: [1], gone: [], deselected: 0 }));
  const before = part('title').textContent;
  assert.equal(paint(), 1);

  assert.deepEqual([before === part('title').textContent, part('title').textContent], [false, '0 of 1 test']);
  assert.equal(part('stop').hidden, false);
  await end();
});

test('a tab that nobody sees keeps its sign', async () => {
  const { made, document, told, end } = await create();

  made.receive('tests-finished', JSON.stringify(finished({ counts: { passed: 3 } })));

  assert.equal(document.title, '✓ 3 passed · shop');
  assert.deepEqual(told, ['passed']);
  await end();
});

test('each wish has its key', async () => {
  const { press, asked, end } = await create();
  for (const key of ['a', 'f', 'r', 'x', 'Enter']) press(key);

  assert.deepEqual(asked, ['all', 'failed', 'last', 'stop', 'last']);
  await end();
});

test('a person walks through the list, and runs what is selected', async () => {
  const { press, asked, selected, keys, end } = await create();
  press('j');
  press('j');
  const first = selected();
  press('Enter');
  press('h');
  const folded = [selected(), ...keys()];
  press('Enter');
  press('l');
  press('k');

  assert.deepEqual([first, folded], ['t1', ['f0', 'f0', 'f1']]);
  assert.deepEqual(asked, [[1], [1, 2]]);
  assert.deepEqual([selected(), keys().length], ['f0', 4]);
  await end();
});

test('what is selected opens in the editor, where it failed', async () => {
  const place = { name: 'cart.py', line: 7, key: 'kc' };
  const { press, asked, end } = await create(state([row(1, 'failed'), row(2)], { notes: [{ number: 1, message: '', place }] }));
  for (const key of ['e', 'j', 'e', 'j', 'e', 'j', 'e']) press(key);

  assert.deepEqual(asked.map(({ key, line }) => [key, line]), [['ka', 0], ['kc', 7], ['ka', 20]]);
  await end();
});

test('Escape leads back to all', async () => {
  const { press, part, selected, end } = await create();
  press('j');
  press('j');
  const alone = part('pane').querySelector('.back') !== null;
  press('Escape');

  assert.deepEqual([alone, part('pane').querySelector('.back'), selected()], [true, null, null]);
  await end();
});

test('a press on a file opens and closes it; one on a test shows it', async () => {
  const { part, keys, selected, document, paint, end } = await create();
  const click = (/** @type {string} */ css) => {
    /** @type {HTMLElement} */ (document.querySelector(css)).click();
    paint();
  };
  click('[data-key=f1]');
  const open = keys();
  click('[data-key=f1]');
  const closed = keys();
  click('[data-key=f0] .fold');
  click('[data-key=f0] .fold');
  click('[data-key=t2]');

  assert.deepEqual([open.includes('t3'), closed.includes('t3'), selected()], [true, false, 't2']);
  assert.equal(part('pane').querySelector('h3')?.textContent, 'test_2');
  await end();
});

test('filters narrow the list and say how many', async () => {
  const { document, keys, paint, end } = await create();
  const button = /** @type {HTMLElement} */ (document.querySelector('[data-filter=failed]'));
  button.click();
  paint();

  assert.deepEqual([keys(), button.textContent, button.getAttribute('aria-pressed')], [['f0', 't1'], 'Failed 1', 'true']);
  await end();
});

test('what the server refuses is said', async () => {
  const { press, answers, part, settle, end } = await create();
  answers.said = 'This page belongs to an earlier run of pytest.';
  press('a');
  await settle();

  assert.equal(part('note').textContent, 'This page belongs to an earlier run of pytest.');
  await end();
});

test('after a gap the state is read anew', async () => {
  const { made, answers, keys, settle, end } = await create();
  answers.state = state([row(9)]);
  made.receive('reload', '{}');
  await settle();
  const read = keys();
  made.receive('tests-state', JSON.stringify(state([row(7, 'failed')])));
  await settle();

  assert.deepEqual([read, keys()], [['f0'], ['f0', 't7']]);
  await end();
});

test('the page of an earlier server is loaded anew', async () => {
  const { made, asked, part, end } = await create();
  const title = part('title').textContent;

  made.receive('tests-state', JSON.stringify({ ...state([row(7, 'failed')]), server: 's2' }));

  assert.deepEqual([asked, part('title').textContent], [['reload'], title]);
  await end();
});

test('a server that is away is told, until it is back', async () => {
  const { made, document, id, end } = await create(null);
  made.away();
  const away = 'away' in document.documentElement.dataset;
  made.opened();

  assert.deepEqual([id, away, 'away' in document.documentElement.dataset], ['', true, false]);
  await end();
});

test('the button for what failed is off where nothing has', async () => {
  const { part, end } = await create(state([row(1)]));

  assert.equal(/** @type {HTMLButtonElement} */ (part('failed')).disabled, true);
  await end();
});
