import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PALETTE } from '../../../livereload_sse/client/build/look.js';
import { LOOK } from '../../../livereload_sse/client/tests_badge/badge_look.js';

test('every colour that is used is one of the palette, or of its own', () => {
  const used = new Set([...LOOK.matchAll(/var\(--(\w+)\)/g)].map(([, name]) => name));
  const known = new Set([...(PALETTE + LOOK).matchAll(/--(\w+):/g)].map(([, name]) => name));

  assert.deepEqual([...used].filter((name) => !known.has(name)), []);
});

test('on the host every rule is above those of the page', () => {
  const [host] = LOOK.match(/:host \{[^}]*\}/) ?? [''];
  const rules = host.slice(host.indexOf('{') + 1, -1).split(';').map((rule) => rule.trim()).filter(Boolean);

  assert.deepEqual([rules.length > 3, rules.filter((rule) => !rule.endsWith('!important'))], [true, []]);
});
