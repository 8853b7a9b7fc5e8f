import assert from 'node:assert/strict';
import { test } from 'node:test';

import { diff } from '../../../livereload_sse/client/patch/diff.js';
import { ASKED, findRefusal } from '../../../livereload_sse/client/patch/refuse.js';
import { parse } from '../dom.js';

/** @param {string} before @param {string} after @param {number} [share] */
function find(before, after, share) {
  const [base, next] = [parse(before), parse(after)];
  const refusal = findRefusal(diff(base, next), { base, next, share });
  const { ownerDocument } = refusal?.node ?? {};
  const where = ownerDocument === next ? 'next' : ownerDocument === base ? 'base' : null;
  return { refusal, where, reason: refusal?.reason ?? null, node: refusal?.node ?? null };
}

/** @param {string} before @param {string} after */
function reason(before, after) {
  return find(before, after).reason;
}

test('changes of text, attributes, order, styles and data are made in place', () => {
  const before = '<html lang=en><title>a</title><link rel=stylesheet href=a><style>a</style>'
    + '<meta name=author content=a><script type=application/json>1</script>'
    + '<body class=a><p>a</p><p>b</p><script>go()</script><template><p></template>';
  const after = '<html lang=de><title>b</title><link rel=stylesheet href=b><style>b</style>'
    + '<meta name=author content=b><script type=application/json>2</script>'
    + '<body class=b><p>b</p><p>a</p><ul><li>c</ul><script>go()</script><template><p></template>';

  assert.equal(reason(before, after), null);
});

test('nothing speaks against no change at all', () => {
  const page = '<script>a</script><template>a</template><noscript>a</noscript><base href=a>';

  assert.equal(reason(page, page), null);
});

test('a script that changes is refused, and shown where it stands now', () => {
  const { reason: said, node, where } = find('<p>a</p><script>b</script>',
    '<p>x</p><p>a</p><script>c</script>');

  assert.deepEqual([said, where, node?.nodeName], ['script changed', 'next', 'SCRIPT']);
});

test('a script that comes or goes is refused, and shown where it stands', () => {
  const added = find('<p>a</p>', '<p>a</p><script>b</script>');
  const removed = find('<p>a</p><script>b</script>', '<p>a</p>');

  assert.deepEqual([added.reason, added.where], ['script added', 'next']);
  assert.deepEqual([removed.reason, removed.where], ['script removed', 'base']);
});

test('a script that has passed an element is refused, as it ran before that one was there', () => {
  assert.equal(reason('<hr><p>a</p><script>b</script>', '<hr><script>b</script><p>a</p>'),
    'script moved');
  assert.equal(reason('<p>a</p><div><script>b</script></div><p>c</p>',
    '<p>c</p><p>a</p><div><script>b</script></div>'), 'script moved');
});

test('another doctype is another way to lay out the page', () => {
  assert.equal(reason('<!doctype html><p>a', '<p>a'), 'doctype changed');
  const strict = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "a"><p>a';

  assert.equal(reason('<!doctype html><p>a', strict), 'doctype changed');
  assert.equal(reason('<!doctype html><p>a', '<!DOCTYPE HTML><p>b'), null);
});

test('a page made of frames is refused', () => {
  const frames = '<frameset><frame src=a></frameset>';
  const said = 'the page has frames and no body';

  assert.equal(reason(frames, frames.replace('=a', '=b')), said);
  assert.equal(reason('<p>a', frames), said);
  assert.equal(reason(frames, '<p>a'), said);
});

test('a field or a picture named like a part of the document does not hide it', () => {
  const page = '<form name=body></form><img name=documentElement>';

  assert.equal(reason(`${page}<p>a`, `${page}<p>b`), null);
});

test('comments outside of the page may change, but neither come nor go', () => {
  const said = 'a comment outside of <html> came or went';

  const between = (/** @type {string[]} */ ...comments) => comments.join('<html><p>a</html>');

  const [before, after] = [['<!-- a -->', '<!-- b -->'], ['<!-- c -->', '<!-- d -->']];

  assert.equal(reason(between(...before), between(...after)), null);
  assert.equal(reason('<html><p>a</html>', '<html><p>a</html><!-- a -->'), said);
  assert.equal(reason('<!-- a --><html><p>a</html>', '<html><p>a</html><!-- a -->'), said);
});

test('what is in a template is not compared elsewhere, so it is here, at any depth', () => {
  const { reason: said, node, where } = find('<p>a<template><p>a</template>',
    '<p>a<template><p>b</template>');

  assert.deepEqual([said, where, node?.nodeName], ['<template> changed', 'next', 'TEMPLATE']);
  assert.equal(reason('<template><template>a</template></template>',
    '<template><template>b</template></template>'), '<template> changed');
});

test('templates that come or go are refused', () => {
  const one = '<template>a</template>';

  assert.equal(find('<p>a', `<p>a${one}`).where, 'next');
  assert.equal(find(`<p>a${one}`, '<p>a').where, 'base');
  assert.equal(reason(`${one}<p>a`, `<div>${one}</div><p>a`), '<template> removed');
});

test('a shadow root in the source is a template, and refused like one', () => {
  const host = (/** @type {string} */ text) =>
    `<a-b><template shadowrootmode=open><p>${text}</template></a-b>`;

  assert.equal(reason(host('a'), host('b')), '<template> changed');
  assert.equal(reason(`<p>a</p>${host('a')}`, `<p>b</p>${host('a')}`), null);
});

test('what is there for pages without scripts is refused, however deep', () => {
  const changes = [['a', 'b'], ['<p>a <b>b</b></p>', '<p>a <b>c</b></p>'],
    ['<p>a</p>', '<p class=x>a</p>'], ['<p>a</p>', '<p>a</p><p>b</p>']];

  for (const change of changes) {
    const [before, after] = change.map((html) => `<p>x</p><noscript>${html}</noscript>`);
    assert.equal(reason(before, after), '<noscript> changed');
  }
});

test('a part that asks for a reload gets one when anything in it changes', () => {
  const part = (/** @type {string} */ html) => `<p>x</p><div data-sse-reload=reload>${html}</div>`;
  const changes = [['<p>a</p>', '<p>b</p>'], ['<p>a</p>', '<p id=x>a</p>'],
    ['<p>a</p>', '<p>a</p><p>b</p>'], ['<p>a</p><p>b</p>', '<p>b</p>'],
    ['<b>a</b><i>b</i>', '<i>b</i><b>a</b>']];

  for (const [before, after] of changes) assert.equal(reason(part(before), part(after)), ASKED);
  assert.equal(reason(part('a'), part('a').replace('x', 'y')), null);
});

test('a part that asks for it only now, or no longer, gets one too', () => {
  const asking = '<div data-sse-reload=reload><p>a</p></div>';

  assert.equal(reason('<div><p>a</p></div>', asking), ASKED);
  assert.equal(reason('<div><p>a</p></div>', asking.replace('a<', 'b<')), ASKED);
  assert.equal(reason(asking, '<div><p>a</p></div>'), ASKED);
});

test('a part that asks for anything else is changed in place', () => {
  const part = '<div data-sse-reload=replace>a</div>';

  assert.equal(reason(part, part.replace('>a', '>b')), null);
  assert.equal(reason('<div>a</div>', part), null);
});

test('a part that asks for it may not come, go or move either', () => {
  const part = '<div><p data-sse-reload=reload>a</p></div>';

  assert.equal(reason('<hr>', `<hr>${part}`), ASKED);
  assert.equal(reason(`<hr>${part}`, '<hr>'), ASKED);
  assert.equal(reason(`<hr>${part}`, `${part}<hr>`), ASKED);
  assert.equal(reason(`<hr>${part}`, `<hr class=a>${part}`), null);
  assert.equal(reason(`<div>${part}</div>`, `<div class=a>${part}</div>`), null);
});

/** @param {number} count @param {string} word */
function write(count, word) {
  return Array.from({ length: count }, (_, number) => `<p>${word} ${number}</p>`).join('');
}

test('where most of the page has changed it is loaded', () => {
  const [before, after] = [write(60, 'one'), write(60, 'two')];

  assert.equal(reason(before, `<ul><li>${after}</ul>`), 'most of the page changed');
  assert.equal(find(before, after).reason, null); // 60 of 124
  assert.equal(find(before, after, 0.4).reason, 'most of the page changed');
});

test('a small page may change as a whole', () => {
  assert.equal(find(write(12, 'one'), `<ul><li>${write(9, 'two')}</ul>`, 0.1).reason, null);
});

test('the share is that of the larger of the two pages', () => {
  const page = write(60, 'one');

  assert.equal(reason(page, page + write(55, 'two')), null);
  assert.equal(reason(page + write(55, 'two'), page), null);
});

test('what is there for pages without scripts may move as a whole', () => {
  assert.equal(reason('<p>b</p><hr><noscript>a</noscript>', '<p>b</p><noscript>a</noscript><hr>'),
    null);
});
