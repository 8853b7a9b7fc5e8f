import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findForbidden } from '../../../livereload_sse/client/patch/forbidden.js';
import { element } from './elements.js';

/** @import {Touch} from '../../../livereload_sse/client/patch/touches.js' */

/** @param {Touch['how']} how @param {string} html @param {string} [name] of an attribute */
function find(how, html, name) {
  return findForbidden({ how, element: element(html), name })?.reason ?? null;
}

const HOWS = /** @type {const} */ (['changed', 'added', 'removed', 'moved']);

test('a script must not change, come, go or move', () => {
  for (const how of HOWS) assert.equal(find(how, '<script>a</script>'), `script ${how}`);
  assert.equal(find('changed', '<script src=a></script>', 'src'), 'script changed');
});

test('neither must one within what comes, goes or moves, nor one in a drawing', () => {
  for (const how of HOWS.slice(1)) {
    assert.equal(find(how, '<div><p><script></script></div>'), `script ${how}`);
  }
  assert.equal(find('added', '<svg><script></script></svg>'), 'script added');
});

test('a change around a script is none of it', () => {
  assert.equal(find('changed', '<div><script></script></div>', 'class'), null);
});

test('a block of data may do all that, but not become a script', () => {
  const data = '<script type=application/json>{}</script>';
  const owner = element('<script type=module></script>');
  const attribute = owner.getAttributeNode('type');

  for (const how of HOWS) assert.equal(find(how, data), null);
  assert.equal(
    findForbidden({ how: 'changed', element: element(data), name: 'type', attribute })?.reason,
    'script changed',
  );
});

test('the base of all addresses must stay as it is', () => {
  for (const how of HOWS) assert.equal(find(how, '<base href=a>'), `<base> ${how}`);
});

test('what <meta> says for the protocol must stay, and what it says of the page may change', () => {
  const rule = '<meta http-equiv=refresh content=5>';

  for (const how of HOWS) assert.equal(find(how, rule), `<meta http-equiv> ${how}`);
  assert.equal(find('changed', '<meta content=5>', 'http-equiv'), '<meta http-equiv> changed');
  for (const how of HOWS) assert.equal(find(how, '<meta name=author content=a>', 'content'), null);
});

test('the encoding must stay', () => {
  assert.equal(find('changed', '<meta charset=utf-8>', 'charset'), '<meta charset> changed');
  assert.equal(find('added', '<meta charset=utf-8>'), '<meta charset> added');
  assert.equal(find('removed', '<meta charset=utf-8>'), '<meta charset> removed');
  assert.equal(find('moved', '<meta charset=utf-8>'), null);
  assert.equal(find('changed', '<meta charset=utf-8 id=a>', 'id'), null);
});

test('what is there for pages without scripts, and templates, may only move', () => {
  for (const name of ['noscript', 'template']) {
    for (const how of HOWS.slice(0, 3)) {
      assert.equal(find(how, `<${name}></${name}>`), `<${name}> ${how}`);
    }
    assert.equal(find('moved', `<${name}></${name}>`), null);
  }
});

test('a canvas that comes, or changes its size, would be empty', () => {
  assert.equal(find('added', '<p><canvas></canvas></p>'), '<canvas> added');
  assert.equal(find('changed', '<canvas></canvas>', 'width'), '<canvas> changed');
  assert.equal(find('changed', '<canvas></canvas>', 'height'), '<canvas> changed');
  assert.equal(find('changed', '<canvas></canvas>', 'class'), null);
  assert.equal(find('removed', '<canvas></canvas>'), null);
});

test('inline handlers must not change, come or go', () => {
  const button = '<button onclick="go()">a</button>';

  assert.equal(find('changed', button, 'onclick'), 'inline handler changed');
  assert.equal(find('added', `<p>${button}</p>`), 'inline handler added');
  assert.equal(find('removed', `<p>${button}</p>`), 'inline handler removed');
});

test('an element with a handler may move, and what is in it may change', () => {
  assert.equal(find('moved', '<button onclick="go()">a</button>'), null);
  assert.equal(find('changed', '<details ontoggle="go()">a</details>'), null);
});

test('its other attributes may change only if a person calls the handler', () => {
  assert.equal(find('changed', '<a href=b onclick=go() onmouseover=go()>a</a>', 'href'), null);
  assert.equal(find('changed', '<img src=b onerror=go()>', 'src'),
    'element with an inline handler changed');
});

test('what htmx has to see must not come or change, but may go and be written in', () => {
  const link = '<a hx-get=/news class=a>news</a>';

  assert.equal(find('added', `<p>${link}</p>`), 'htmx element added');
  assert.equal(find('changed', link, 'hx-get'), 'htmx element changed');
  assert.equal(find('changed', link, 'class'), null);
  assert.equal(find('changed', link), null);
  assert.equal(find('removed', link), null);
  assert.equal(find('moved', link), null);
});

test('a name that only begins like that of a handler is none', () => {
  assert.equal(find('added', '<p once=a only=b on-click=c onfoo=d>a</p>'), null);
  assert.equal(find('changed', '<p>a</p>', 'once'), null);
});

test('style sheets, styles, titles and all other elements may change', () => {
  for (const html of ['<link rel=stylesheet href=a>', '<style>a</style>', '<title>a</title>']) {
    for (const how of HOWS) assert.equal(find(how, html), null);
  }
});
