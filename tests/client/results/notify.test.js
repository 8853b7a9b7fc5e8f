import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createNotify } from '../../../livereload_sse/client/results/notify.js';

/** @import {Kind} from '../../../livereload_sse/client/results/verdict.js' */

function create({ permission = 'default', answer = 'granted', visibility = 'hidden', kept = /** @type {string | null} */ (null), has = true, storage = true } = {}) {
  /** @type {any[]} */
  const shown = [];
  let isFront = false;
  class Notification {
    static permission = permission;

    static async requestPermission() {
      Notification.permission = answer;
    }

    /** @param {string} title @param {any} options */
    constructor(title, options) {
      /** @type {() => void} */
      this.click = () => {};
      shown.push({ title, ...options, made: this });
    }

    /** @param {string} _name @param {() => void} run */
    addEventListener(_name, run) {
      this.click = run;
    }

    close() {
      shown.push('closed');
    }
  }
  const notify = createNotify({
    document: /** @type {any} */ ({ visibilityState: visibility }),
    Notification: has ? /** @type {any} */ (Notification) : undefined,
    findStorage: () => {
      if (!storage) throw new Error('forbidden');
      return /** @type {any} */ ({ getItem: () => kept, setItem: (/** @type {string} */ _name, /** @type {string} */ value) => { kept = value; } });
    },
    focus: () => { isFront = true; },
  });
  /** @param {Kind} kind */
  const tell = (kind) => notify.tell({ kind, title: kind, facts: [], failed: 0 }, 'shop');
  return { notify, tell, shown, isFront: () => isFront, kept: () => kept };
}

test('nobody is asked before they press the button', () => {
  const { notify, tell, shown } = create();
  tell('passed');
  tell('failed');

  assert.deepEqual([notify.state(), shown], ['off', []]);
});

test('who wants it is told of a change of colour, and of nothing else', async () => {
  const { notify, tell, shown, kept } = create();
  await notify.toggle();
  for (const kind of /** @type {Kind[]} */ (['passed', 'passed', 'failed', 'stopped', 'failed', 'passed'])) tell(kind);

  assert.deepEqual(shown.map(({ title, body }) => [title, body]), [['failed', 'shop'], ['passed', 'shop']]);
  assert.deepEqual([notify.state(), kept()], ['on', 'on']);
});

test('who looks at the page needs no telling', () => {
  const { tell, shown } = create({ permission: 'granted', kept: 'on', visibility: 'visible' });
  tell('passed');
  tell('failed');

  assert.deepEqual(shown, []);
});

test('a press on it brings the page to the front', () => {
  const { tell, shown, isFront } = create({ permission: 'granted', kept: 'on' });
  tell('passed');
  tell('failed');
  shown[0].made.click();

  assert.deepEqual([isFront(), shown[1]], [true, 'closed']);
});

test('it can be switched off again', async () => {
  const { notify, tell, shown, kept } = create({ permission: 'granted', kept: 'on' });
  await notify.toggle();
  tell('passed');
  tell('failed');

  assert.deepEqual([notify.state(), kept(), shown], ['off', 'off', []]);
});

test('where there is none to be had there is no button', async () => {
  assert.equal(create({ has: false }).notify.state(), 'none');
  assert.equal(create({ permission: 'denied', kept: 'on' }).notify.state(), 'none');
  const { notify } = create({ answer: 'denied', storage: false });
  await notify.toggle();
  assert.equal(notify.state(), 'none');
});
