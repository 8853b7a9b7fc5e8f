import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createAdopted } from '../../../livereload_sse/client/swap/adopted.js';

/** A constructed sheet whose rules are the lines of its text. */
class Sheet {
  /** @type {{cssText: string}[]} */
  cssRules = [];

  replaceSync(/** @type {string} */ text) {
    const lines = text.split('\n').filter(Boolean);
    this.cssRules = lines.map((cssText) => ({ cssText }));
  }

  get text() {
    return this.cssRules.map(({ cssText }) => cssText).join('\n');
  }
}

/** @param {Record<string, string | null>} old @param {string[]} texts */
function create(old, ...texts) {
  const sheets = texts.map((text) => {
    const sheet = new Sheet();
    sheet.replaceSync(text);
    return sheet;
  });
  /** @type {Record<string, string>} */
  const files = {};
  /** @type {any[]} */
  const renewed = [];
  /** @type {[string, string][]} */
  const asked = [];
  const swap = createAdopted({
    document: /** @type {any} */ ({ adoptedStyleSheets: sheets, querySelectorAll: () => [] }),
    CSSStyleSheet: /** @type {any} */ (Sheet),
    fetch: /** @type {any} */ (
      async (/** @type {string} */ path) => {
        if (path === '/away.css') throw new TypeError('away');
        const headers = new Headers({ ETag: `"digest of ${files[path]}"` });
        return { ok: path in files, headers, text: async () => files[path] };
      }
    ),
    findOld: async (path, digest) => (asked.push([path, digest]), old[path] ?? null),
    renewImages: (sheet) => renewed.push(sheet),
  });
  return { swap, sheets, files, old, renewed, asked, texts: () => sheets.map(({ text }) => text) };
}

const latest = () => true;

test('a sheet with the rules that were served before gets the new ones', async () => {
  const { swap, files, texts, renewed, asked, sheets } = create(
    { '/a.css': 'old' },
    'other',
    'old',
    'old',
  );
  files['/a.css'] = 'new';

  assert.equal(await swap('/a.css', latest), 'done');
  assert.deepEqual(texts(), ['other', 'new', 'new']);
  assert.deepEqual(renewed, sheets.slice(1));
  assert.deepEqual(asked, [['/a.css', 'digest of new']]);
});

test('what was swapped in is found again without the server', async () => {
  const { swap, files, old, texts } = create({ '/a.css': 'old' }, 'old');
  files['/a.css'] = 'new';
  await swap('/a.css', latest);
  old['/a.css'] = null;
  files['/a.css'] = 'newer';

  assert.equal(await swap('/a.css', latest), 'done');
  assert.deepEqual(texts(), ['newer']);
});

test('images that were swapped in it do not make it another sheet', async () => {
  const { swap, files } = create({ '/a.css': 'url("x.png")' }, 'url("x.png?sse-reload=1-0")');
  files['/a.css'] = 'new';

  assert.equal(await swap('/a.css', latest), 'done');
});

test("a sheet that a script has changed, and one of another file, is nobody's", async () => {
  const { swap, files, texts } = create({ '/a.css': 'old', '/b.css': 'new' }, 'old\nmore', 'old');
  files['/a.css'] = 'new';
  files['/b.css'] = 'wrong';
  await swap('/a.css', latest);

  assert.equal(await swap('/b.css', latest), 'unused');
  assert.deepEqual(texts(), ['old\nmore', 'new']);
});

test('empty sheets are all the same, so none of them is meant', async () => {
  const { swap, files } = create({ '/a.css': '' }, '');
  files['/a.css'] = 'new';

  assert.equal(await swap('/a.css', latest), 'unused');
});

test('without adopted sheets nobody is asked', async () => {
  const { swap } = create({});

  assert.equal(await swap('/a.css', latest), 'unused');
});

test('a file that cannot be had leaves the old rules', async () => {
  const { swap, texts } = create({ '/a.css': 'old', '/away.css': 'old' }, 'old');

  assert.equal(await swap('/a.css', latest), 'failed');
  assert.equal(await swap('/away.css', latest), 'failed');
  assert.deepEqual(texts(), ['old']);
});

test('one that was overtaken writes nothing', async () => {
  const { swap, files, texts } = create({ '/a.css': 'old' }, 'old');
  files['/a.css'] = 'new';

  await swap('/a.css', () => false);

  assert.deepEqual(texts(), ['old']);
});
