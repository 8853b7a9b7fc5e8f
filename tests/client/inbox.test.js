import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createInbox } from '../../livereload_sse/client/inbox.js';
import { createPage } from './stream/fakes.js';

/** @param {string} [visibilityState] */
function start(visibilityState = 'hidden') {
  const { document, show } = createPage(visibilityState);
  /** @type {{name: string, id: string, data: any}[]} */
  const heard = [];
  const inbox = createInbox({
    document, receive: (name, text, id) => heard.push({ name, id, data: JSON.parse(text) }),
  });

  /** @param {string} name @param {object} data @param {string} id */
  function receive(name, data, id) {
    inbox.receive(name, JSON.stringify(data), id);
  }

  /** @param {string} id @param {...object} changes */
  function change(id, ...changes) {
    receive('change', { changes }, id);
  }

  return { document, show, heard, inbox, receive, change };
}

/** @param {string} url @param {string} [kind] @param {string} [digest] */
function file(url, kind = 'modified', digest = 'd') {
  return { kind, url, digest };
}

/** @param {string[]} kinds @returns {unknown} */
function mergedKind(...kinds) {
  const { show, heard, change } = start();
  kinds.forEach((kind, index) => change(`${index}-0`, file('/a', kind, `d${index}`)));
  show('visible');
  return heard[0].data.changes.map((/** @type {any} */ one) => `${one.kind} ${one.digest}`);
}

test('a tab that is seen hears everything at once, even what cannot be read', () => {
  const { heard, change, inbox } = start('visible');

  change('2-0', file('/a'));
  inbox.receive('change', '[]', '3-0');

  assert.deepEqual(heard.map(({ id }) => id), ['2-0', '3-0']);
});

test('a hidden tab hears nothing until it is shown', () => {
  const { show, heard, change } = start();
  change('2-0', file('/a'));
  show('hidden');
  const before = heard.length;
  show('visible');

  assert.equal(before, 0);
  assert.deepEqual(heard, [{ name: 'change', id: '2-0', data: { changes: [file('/a')] } }]);
});

test('it is told once', () => {
  const { show, heard, change } = start();
  change('2-0', file('/a'));

  show('visible');
  show('hidden');
  show('visible');

  assert.equal(heard.length, 1);
});

test('many changes are one, with the last state of each file, under the latest id', () => {
  const { show, heard, change } = start();
  change('2-0', file('/a', 'modified', '1'), file('/b', 'modified', '1'));
  change('3-0', file('/a', 'modified', '2'));

  show('visible');

  assert.deepEqual(heard, [{
    name: 'change',
    id: '3-0',
    data: { changes: [file('/a', 'modified', '2'), file('/b', 'modified', '1')] },
  }]);
});

test('a file’s states become the one that a tab has to know', () => {
  assert.deepEqual(mergedKind('modified', 'modified'), ['modified d1']);
  assert.deepEqual(mergedKind('added', 'modified'), ['added d1']);
  assert.deepEqual(mergedKind('deleted', 'added'), ['added d1']);
  assert.deepEqual(mergedKind('deleted', 'modified'), ['modified d1']);
  assert.deepEqual(mergedKind('added', 'deleted'), ['deleted d1']);
  assert.deepEqual(mergedKind('modified', 'deleted'), ['deleted d1']);
});

test('a reload makes every change pointless, before and after it', () => {
  const { show, heard, change, receive } = start();
  change('2-0', file('/a'));
  receive('reload', { reason: 'conf.py modified' }, '3-0');
  change('4-0', file('/b'));

  show('visible');

  assert.deepEqual(heard, [{ name: 'reload', id: '4-0', data: { reason: 'conf.py modified' } }]);
});

test('a page’s own events are kept, each under its id, and come before the change', () => {
  const { show, heard, change, receive } = start();
  receive('custom', { name: 'a', data: 1 }, '2-0');
  change('3-0', file('/a'));
  receive('custom', { name: 'b', data: 2 }, '4-0');

  show('visible');

  assert.deepEqual(heard.map(({ name, id }) => `${name} ${id}`), [
    'custom 2-0', 'custom 4-0', 'change 4-0',
  ]);
});

test('an event before the tab knows that it is shown comes after those before it', () => {
  const { document, heard, change } = start();
  change('2-0', file('/a'));

  document.visibilityState = 'visible';
  change('3-0', file('/b'));

  assert.deepEqual(heard.map(({ id }) => id), ['2-0', '3-0']);
});

test('what cannot be read is not kept', () => {
  const { show, heard, inbox } = start();
  for (const name of ['change', 'reload', 'custom', 'news']) inbox.receive(name, 'garbled', '2-0');

  show('visible');

  assert.deepEqual(heard, []);
});

test('too many files are one reload', () => {
  const { show, heard, change } = start();
  for (let number = 0; number < 501; number += 1) change(`${number}-0`, file(`/${number}`));

  show('visible');

  assert.deepEqual(heard.map(({ name, id }) => [name, id]), [['reload', '500-0']]);
});

test('five hundred files are not too many', () => {
  const { show, heard, change } = start();
  for (let number = 0; number < 500; number += 1) change(`${number}-0`, file(`/${number}`));

  show('visible');

  assert.equal(heard[0].data.changes.length, 500);
});

test('of events without end the newest are kept', () => {
  const { show, heard, receive } = start();
  for (let data = 0; data < 1100; data += 1) receive('custom', { name: 'tick', data }, `${data}-0`);

  show('visible');

  assert.deepEqual([heard.length, heard[0].data.data, heard.at(-1)?.data.data], [1000, 100, 1099]);
});
