import assert from 'node:assert/strict';
import { test } from 'node:test';

import { trust } from '../../livereload_sse/client/trusted.js';

/** @import {TrustedTypes} from '../../livereload_sse/client/trusted.js' */

/** What a browser has; `made` are the policies, `names` those that the page's policy lets pass. */
function createTrustedTypes({ names = ['sse-reload'] } = {}) {
  /** @type {any[]} */
  const made = [];
  /** @type {TrustedTypes} */
  const trustedTypes = {
    createPolicy: (name, rules) => {
      if (!names.includes(name)) throw new TypeError(`Policy "${name}" disallowed.`);
      made.push(rules);
      return {
        createScriptURL: (address) =>
          /** @type {any} */ ({ trusted: rules.createScriptURL(address) }),
      };
    },
  };
  return { trustedTypes, made };
}

test('the worker’s address is vouched for', () => {
  const { trustedTypes } = createTrustedTypes();

  assert.deepEqual(trust(trustedTypes, '/worker.js'), { trusted: '/worker.js' });
});

test('no other address is', () => {
  const { trustedTypes, made } = createTrustedTypes();
  trust(trustedTypes, '/worker.js');

  assert.throws(() => made[0].createScriptURL('https://cdn.example/x.js'));
  assert.deepEqual(Object.keys(made[0]), ['createScriptURL']);
});

test('where there is nothing to be vouched for, or nobody may, the address is what it was', () => {
  const { trustedTypes } = createTrustedTypes({ names: [] });

  assert.equal(trust(undefined, '/worker.js'), '/worker.js');
  assert.equal(trust(trustedTypes, '/worker.js'), '/worker.js');
});
