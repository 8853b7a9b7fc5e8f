import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSign } from '../../../livereload_sse/client/results/sign.js';
import { render } from '../dom.js';

/** @import {Kind} from '../../../livereload_sse/client/results/verdict.js' */

function create() {
  const { document } = render('<head><link rel="icon" href="data:,"></head>');
  const sign = createSign(document);
  const icon = () => decodeURIComponent(document.querySelector('link[rel=icon]')?.getAttribute('href') ?? '');
  /** @param {Kind} kind */
  const show = (kind, failed = 0) => {
    sign({ kind, title: `title of ${kind}`, facts: [], failed }, 'shop');
    return icon();
  };
  return { document, show };
}

test('each state has an icon of its own, by colour and by shape', () => {
  const { show } = create();
  const icons = /** @type {Kind[]} */ (['passed', 'failed', 'running', 'stopped']).map((kind) => show(kind));

  assert.equal(new Set(icons.map((icon) => /fill="(#\w+)"/.exec(icon)?.[1])).size, 4);
  assert.equal(new Set(icons.map((icon) => / d="([^"]+)"/.exec(icon)?.[1])).size, 4);
});

test('a run that has failed already is red', () => {
  const { show } = create();
  const red = /fill="(#\w+)"/.exec(show('failed'))?.[1];

  assert.equal(/fill="(#\w+)"/.exec(show('running', 1))?.[1], red);
});

test('there is one icon, and it is only replaced by another', () => {
  const { document, show } = create();
  show('passed');
  const link = document.querySelector('link[rel=icon]');
  show('passed');

  assert.equal(document.querySelector('link[rel=icon]'), link);
  assert.equal(document.querySelectorAll('link[rel=icon]').length, 1);
});

test('the title begins with what matters in a narrow tab', () => {
  const { document, show } = create();
  show('failed', 2);

  assert.equal(document.title, '✗ title of failed · shop');
});
