import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createCarry } from '../../../livereload_sse/client/patch/carry.js';
import { parse, render } from '../dom.js';

const page = (/** @type {string} */ body) => `<!doctype html><title>t</title><body>${body}`;

/** A page as it is shown, made from this source, and what carries a new one over to it. */
function open(/** @type {string} */ source) {
  const { document } = render(source);
  const carry = createCarry({
    document, setTimeout, clearTimeout, adopt: () => {},
    attributeOf: (element, name) => element.getAttribute(name),
  });
  return { document, carry: (/** @type {string} */ next) => carry(parse(source), parse(next)) };
}

test('what the author changed is changed, and what a script made stays', async () => {
  const { document, carry } = open(page('<p>one</p><p>two</p>'));
  document.body.append(document.createElement('dialog'));

  const carried = await carry(page('<p>one</p><p>three</p>'));

  assert.equal('nodes' in carried && carried.nodes, 1);
  assert.equal(document.body.innerHTML, '<p>one</p><p>three</p><dialog></dialog>');
});

test('what must not be carried over is not even begun', async () => {
  const { document, carry } = open(page('<p>one</p><script>1</script>'));

  const refused = await carry(page('<p>two</p><script>2</script>'));

  assert.equal('reason' in refused && refused.reason, 'script changed');
  assert.equal(document.querySelector('p')?.textContent, 'one');
});

test('a page that has become another one is not patched', async () => {
  const paragraphs = (/** @type {string} */ word) =>
    Array.from({ length: 60 }, (_, index) => `<p>${word} ${index}</p>`).join('');
  const { carry } = open(page(paragraphs('one')));

  const refused = await carry(page(`<h1>Two</h1><ul>${paragraphs('two')}</ul>`));

  assert.equal('reason' in refused && refused.reason, 'most of the page changed');
});

test('where live and source disagree the reason is told', async () => {
  const { document, carry } = open(page('<p>one</p>'));
  document.body.innerHTML = '<p>something else</p>';

  const refused = await carry(page('<p>two</p>'));

  assert.equal('reason' in refused && refused.reason, 'a script has changed this part of the page');
});

test('what a script has worked on is not replaced by what it has not', async () => {
  const { document, carry } = open(page('<p>one</p><ul><li>item</li></ul>'));
  document.querySelector('ul')?.setAttribute('aria-expanded', 'true');

  const refused = await carry(page('<p>one</p><ol><li>item</li></ol>'));

  assert.equal('reason' in refused && refused.reason, 'a script has worked on what is replaced here');
});

test('what a script has worked on may go, but when it comes back the page is loaded', async () => {
  const [whole, less] = [page('<p>one</p><ul><li>item</li></ul>'), page('<p>one</p>')];
  const { document } = render(whole);
  const carry = createCarry({
    document, setTimeout, clearTimeout, adopt: () => {},
    attributeOf: (element, name) => element.getAttribute(name),
  });
  document.querySelector('ul')?.setAttribute('aria-expanded', 'true');

  const gone = await carry(parse(whole), parse(less));
  const back = await carry(parse(less), parse(whole));

  assert.equal('nodes' in gone && document.querySelector('ul'), null);
  assert.equal('reason' in back && back.reason, 'a script had worked on what comes back here');
});

test('what was only taken away and is put back is put back', async () => {
  const [whole, less] = [page('<p>one</p><ul><li>item</li></ul>'), page('<p>one</p>')];
  const { document } = render(whole);
  const carry = createCarry({
    document, setTimeout, clearTimeout, adopt: () => {},
    attributeOf: (element, name) => element.getAttribute(name),
  });

  await carry(parse(whole), parse(less));
  await carry(parse(less), parse(whole));

  assert.equal(document.body.innerHTML, '<p>one</p><ul><li>item</li></ul>');
});
