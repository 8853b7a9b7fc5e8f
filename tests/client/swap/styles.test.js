import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createOriginals } from '../../../livereload_sse/client/swap/originals.js';
import { createStyles } from '../../../livereload_sse/client/swap/styles.js';
import { createPage, ORIGIN } from './page.js';

const IMPORT = '@import url("theme.css") layer(theme) screen;';

/** @param {Record<string, string[]>} [files] */
function create(files = { '/a.css': ['a'], '/b.css': ['b'], '/theme.css': ['theme'] }) {
  const page = createPage(files);
  const originals = createOriginals();
  const styles = createStyles({
    document: page.document,
    origin: ORIGIN,
    ...page.clock,
    originals,
    CSSStyleSheet: /** @type {any} */ (null),
    fetch: /** @type {any} */ (null),
    findOld: async () => null,
  });
  const link = (/** @type {string} */ href, attributes = {}) =>
    page.add('link', { rel: 'stylesheet', href, ...attributes });
  return { ...page, page, styles, originals, link };
}

/** @param {any} sheet @returns {string[]} */
const textsOf = (sheet) => sheet.cssRules.map((/** @type {any} */ rule) => rule.cssText);

test('a replacement stands after the old link, without effect until it is there', async () => {
  const { styles, link, page } = create();
  link('a.css', { media: 'print' });
  link('b.css');
  await page.settle();
  page.hold('/a.css?sse-reload=5-0');

  const swapping = styles.swap(['/a.css'], '5-0');
  await page.settle();
  const during = page.row.map((element) => [element.getAttribute('href'), element.media]);
  page.release();

  assert.deepEqual(during, [
    ['a.css', 'print'],
    ['a.css?sse-reload=5-0', 'not all'],
    ['b.css', ''],
  ]);
  assert.deepEqual(await page.finish(swapping), new Map([['/a.css', 'done']]));
  assert.deepEqual(page.hrefs(), ['a.css?sse-reload=5-0', 'b.css']);
  assert.equal(page.row[0].media, 'print');
});

test("all attributes are kept but integrity, and the author's values are remembered", async () => {
  const { styles, link, row, originals, page } = create();
  link('a.css', { title: 'x', id: 'main', integrity: 'sha256-x', crossorigin: '', nonce: 'n' });
  await page.settle();

  await page.finish(styles.swap(['/a.css'], '5-0'));
  await page.finish(styles.swap(['/a.css'], '6-0'));

  const names = ['title', 'id', 'integrity', 'crossorigin', 'nonce', 'media', 'href'];
  const read = names.map((name) => row[0].getAttribute(name));
  assert.deepEqual(read, ['x', 'main', null, '', 'n', null, 'a.css?sse-reload=6-0']);
  const original = ['href', 'integrity', 'media'].map((name) =>
    originals.attributeOf(row[0], name),
  );
  assert.deepEqual(original, ['a.css', 'sha256-x', null]);
});

test('a sheet that cannot be had leaves the old one, and is tried again', async () => {
  const { styles, link, page } = create();
  link('a.css');
  await page.settle();
  const { '/a.css': rules, ...rest } = page.files;
  delete page.files['/a.css'];

  const failed = await page.finish(styles.swap(['/a.css'], '5-0'));
  const during = page.hrefs();
  Object.assign(page.files, { '/a.css': rules, ...rest });

  assert.deepEqual([...failed.values()], ['failed']);
  assert.deepEqual(during, ['a.css']);
  assert.deepEqual([...(await page.finish(styles.swap(['/a.css'], '6-0'))).values()], ['done']);
});

test('a sheet that does not come within five seconds leaves the old one and no timer', async () => {
  const { styles, link, page } = create();
  link('a.css');
  await page.settle();
  page.hold('/a.css?sse-reload=5-0');

  const swapping = styles.swap(['/a.css'], '5-0');
  await page.settle(4.9);
  const before = page.hrefs().length;
  await page.settle(0.2);

  assert.equal(before, 2);
  assert.deepEqual([...(await page.finish(swapping)).values()], ['failed']);
  assert.deepEqual(page.hrefs(), ['a.css']);
  assert.equal(page.clock.waiting(), 0);
});

test('quick swaps of one sheet end on the last, and the first ends only then', async () => {
  const { styles, link, page } = create();
  link('a.css');
  await page.settle();
  page.hold('/a.css?sse-reload=6-0');
  let hasEnded = false;

  const first = styles.swap(['/a.css'], '5-0');
  first.then(() => (hasEnded = true));
  const second = styles.swap(['/a.css'], '6-0');
  await page.settle();
  const during = hasEnded;
  page.release();

  assert.deepEqual(
    [...(await page.finish(first)).values(), ...(await second).values()],
    ['superseded', 'done'],
  );
  await page.settle();
  assert.equal(during, false);
  assert.deepEqual(page.hrefs(), ['a.css?sse-reload=6-0']);
  assert.equal(page.clock.waiting(), 0);
});

test('only the exact path of this origin is swapped, and every link to it', async () => {
  const { styles, link, page } = create({
    '/a.css': [],
    '/x/a.css': [],
    '/aa.css': [],
    '/other.css': [],
  });
  for (const href of ['a.css', 'x/a.css', 'aa.css', 'http://other.test/a.css', 'a.css?2'])
    link(href);
  await page.settle();

  await page.finish(styles.swap(['/a.css'], '5-0'));

  assert.deepEqual(page.hrefs(), [
    'a.css?sse-reload=5-0',
    'x/a.css',
    'aa.css',
    'http://other.test/a.css',
    'a.css?2&sse-reload=5-0',
  ]);
});

test('a path that nothing shows is unused', async () => {
  const { styles, link, page } = create();
  link('b.css');
  await page.settle();

  assert.deepEqual(
    await page.finish(styles.swap(['/a.css'], '5-0')),
    new Map([['/a.css', 'unused']]),
  );
});

test('a disabled link loads nothing and is replaced at once', async () => {
  const { styles, link, page } = create();
  link('a.css', { disabled: '' });

  assert.deepEqual([...(await page.finish(styles.swap(['/a.css'], '5-0'))).values()], ['done']);
  assert.deepEqual(page.hrefs(), ['a.css?sse-reload=5-0']);
  assert.deepEqual(page.asked, []);
});

test('a sheet that a script switched off stays off', async () => {
  const { styles, link, row, page } = create();
  link('a.css');
  await page.settle();
  row[0].sheet.disabled = true;

  await page.finish(styles.swap(['/a.css'], '5-0'));

  assert.equal(row[0].sheet.disabled, true);
});

test('a link that the page removed meanwhile does not come back', async () => {
  const { styles, link, row, page } = create();
  link('a.css');
  await page.settle();

  const swapping = styles.swap(['/a.css'], '5-0');
  row[0].remove();
  await page.finish(swapping);

  assert.deepEqual(page.hrefs(), []);
});

test('sheets in use are links and imports, and no replacement under way', async () => {
  const files = {
    '/a.css': [IMPORT],
    '/theme.css': ['@import url("sub/deep.css");'],
    '/sub/deep.css': [],
  };
  const { styles, link, row, page } = create(files);
  link('a.css');
  link('gone.css');
  page.add('style', {}, ['@import url("own.css");']);
  await page.settle();

  styles.swap(['/a.css'], '5-0');

  assert.deepEqual(
    [...styles.paths()],
    ['/a.css', '/theme.css', '/sub/deep.css', '/gone.css', '/own.css'],
  );
  assert.deepEqual(styles.links(), [row[0], row[2]]);
});

test('an imported sheet is swapped in its place, with its layer and its media', async () => {
  const { styles, link, row, page } = create({ '/a.css': [IMPORT, 'a'], '/theme.css': ['old'] });
  link('a.css');
  await page.settle();
  page.files['/theme.css'] = ['new'];

  const outcomes = await page.finish(styles.swap(['/theme.css'], '5-0'));

  assert.deepEqual([...outcomes.values()], ['done']);
  assert.deepEqual(textsOf(row[0].sheet), [
    '@import url("theme.css?sse-reload=5-0") layer(theme) screen;',
    'a',
  ]);
  assert.deepEqual(textsOf(row[0].sheet.cssRules[0].styleSheet), ['new']);
  assert.deepEqual(page.hrefs(), ['a.css']);
});

test('an import within an import is swapped, and swapped once more', async () => {
  const files = {
    '/a.css': [IMPORT],
    '/theme.css': ['@import url("deep.css");'],
    '/deep.css': ['1'],
  };
  const { styles, link, row, page } = create(files);
  link('a.css');
  await page.settle();

  await page.finish(styles.swap(['/deep.css'], '5-0'));
  await page.finish(styles.swap(['/deep.css'], '6-0'));

  const [theme] = row[0].sheet.cssRules;
  assert.deepEqual(textsOf(theme.styleSheet), ['@import url("deep.css?sse-reload=6-0");']);
});

test('a later swap of the owner keeps the newest import', async () => {
  const { styles, link, row, page } = create({ '/a.css': [IMPORT, 'a'], '/theme.css': ['1'] });
  link('a.css');
  await page.settle();

  await page.finish(styles.swap(['/theme.css'], '5-0'));
  await page.finish(styles.swap(['/a.css'], '6-0'));

  assert.deepEqual(page.hrefs(), ['a.css?sse-reload=6-0']);
  assert.equal(row[0].sheet.cssRules[0].href, 'theme.css?sse-reload=5-0');
});

test('an import that cannot be had leaves the owner as it is', async () => {
  const { styles, link, row, page } = create({ '/a.css': [IMPORT], '/theme.css': ['1'] });
  const old = link('a.css');
  await page.settle();
  delete page.files['/theme.css'];

  const outcomes = await page.finish(styles.swap(['/theme.css'], '5-0'));

  assert.deepEqual([...outcomes.values()], ['failed']);
  assert.deepEqual(row, [old]);
});

test('an owner whose import is gone is swapped all the same when both have changed', async () => {
  const { styles, link, row, page } = create({ '/a.css': [IMPORT, '1'], '/theme.css': ['1'] });
  link('a.css');
  await page.settle();
  delete page.files['/theme.css'];
  page.files['/a.css'] = [IMPORT, '2'];

  const outcomes = await page.finish(styles.swap(['/a.css', '/theme.css'], '5-0'));

  assert.deepEqual(
    [...outcomes],
    [
      ['/a.css', 'done'],
      ['/theme.css', 'failed'],
    ],
  );
  assert.deepEqual(textsOf(row[0].sheet), [IMPORT, '2']);
});

test('sheets that import each other come to an end', async () => {
  const { styles, link, row, page } = create({ '/a.css': [IMPORT], '/theme.css': ['1'] });
  page.files['/theme.css'] = ['@import url("a.css?sse-reload=5-0");'];
  page.hold('/a.css?sse-reload=5-0'); // a browser does not load it within itself
  link('a.css');
  await page.settle();
  page.release();

  const swapping = styles.swap(['/a.css'], '5-0');
  await page.settle();
  page.release();

  assert.deepEqual([...(await page.finish(swapping)).values()], ['done']);
  assert.equal(row.length, 1);
});

test('a style element is built anew unless a script has changed its rules', async () => {
  const { styles, row, page } = create({ '/theme.css': ['1'] });
  page.add('style', {}, [IMPORT, 'own']);
  const altered = page.add('style', {}, [IMPORT, 'own']);
  await page.settle();
  altered.sheet.insertRule('by script', 2);

  const outcomes = await page.finish(styles.swap(['/theme.css'], '5-0'));

  assert.deepEqual([...outcomes.values()], ['done']);
  assert.equal(row[0].sheet.cssRules[0].href, 'theme.css?sse-reload=5-0');
  assert.deepEqual([row[1], row.length], [altered, 2]);
});

test('what is put in later is brought to the versions that were swapped in', async () => {
  const { styles, link, page } = create();
  link('a.css');
  await page.settle();
  await page.finish(styles.swap(['/a.css'], '5-0'));
  link('a.css');
  link('b.css');
  await page.settle();

  await page.finish(styles.renew());

  assert.deepEqual(page.hrefs(), ['a.css?sse-reload=5-0', 'a.css?sse-reload=5-0', 'b.css']);
});

test('renewing leaves alone what is new already', async () => {
  const { styles, link, row, page } = create({ '/a.css': [IMPORT], '/theme.css': [] });
  link('a.css');
  await page.settle();
  await page.finish(styles.swap(['/a.css', '/theme.css'], '5-0'));
  const [before] = row;

  await page.finish(styles.renew());

  assert.deepEqual(row, [before]);
});

test('renewing does not try again what could not be had', async () => {
  const { styles, link, page } = create();
  link('a.css');
  await page.settle();
  delete page.files['/a.css'];
  await page.finish(styles.swap(['/a.css'], '5-0'));
  page.asked.splice(0);

  await page.finish(styles.renew());

  assert.deepEqual(page.asked, []);
});
