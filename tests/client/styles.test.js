import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createStyles, versionedAddress } from '../../livereload_sse/client/styles.js';
import { createClock, createLinks, settle } from './fakes.js';

const ORIGIN = 'http://localhost:8000';
const A = `${ORIGIN}/a.css`;
const B = `${ORIGIN}/b.css`;

/** @param {Record<string, any>[]} rows */
function create(...rows) {
  const clock = createClock();
  const { row, document } = createLinks(...rows);
  const styles = createStyles({ document, origin: ORIGIN, ...clock });
  return { clock, row, styles, hrefs: () => row.map(({ href }) => href.replace(ORIGIN, '')) };
}

test('the replacement stands right after the old link, which stays until it loads', async () => {
  const { row, styles, hrefs } = create({ href: A }, { href: B });

  const swapping = styles.swap(['/a.css'], '5-0');
  const during = hrefs();
  row[1].finish('load');

  assert.deepEqual(during, ['/a.css', '/a.css?sse-reload=5-0', '/b.css']);
  assert.deepEqual(await swapping, new Map([['/a.css', 'swapped']]));
  assert.deepEqual(hrefs(), ['/a.css?sse-reload=5-0', '/b.css']);
});

test('all attributes are kept but integrity', () => {
  const attributes = { media: 'print', title: 'x', id: 'main', integrity: 'sha256-x' };
  const { row, styles } = create({ href: A, ...attributes });

  styles.swap(['/a.css'], '5-0');

  const { media, title, id, integrity } = row[1];
  assert.deepEqual([media, title, id, integrity], ['print', 'x', 'main', undefined]);
});

test('a sheet that cannot be had leaves the old one', async () => {
  const { row, styles, hrefs } = create({ href: A });

  const swapping = styles.swap(['/a.css'], '5-0');
  row[1].finish('error');

  assert.deepEqual(await swapping, new Map([['/a.css', 'failed']]));
  assert.deepEqual(hrefs(), ['/a.css']);
});

test('a sheet that does not come within five seconds leaves the old one', async () => {
  const { clock, styles, hrefs } = create({ href: A });

  const swapping = styles.swap(['/a.css'], '5-0');
  clock.advance(4.9);
  const before = hrefs().length;
  clock.advance(0.1);

  assert.equal(before, 2);
  assert.deepEqual([...(await swapping).values()], ['failed']);
  assert.deepEqual(hrefs(), ['/a.css']);
});

test('a sheet that came without its load event counts as loaded after five seconds', async () => {
  const { clock, row, styles, hrefs } = create({ href: A });

  const swapping = styles.swap(['/a.css'], '5-0');
  row[1].sheet = { disabled: false };
  clock.advance(5);

  assert.deepEqual([...(await swapping).values()], ['swapped']);
  assert.deepEqual(hrefs(), ['/a.css?sse-reload=5-0']);
});

test('quick swaps of one sheet end on the last, with one link and no timer left', async () => {
  const { clock, row, styles, hrefs } = create({ href: A });

  const first = styles.swap(['/a.css'], '5-0');
  const abandoned = row[1];
  const second = styles.swap(['/a.css'], '6-0');
  const during = hrefs();
  abandoned.finish('load');
  row[1].finish('load');

  assert.deepEqual(during, ['/a.css', '/a.css?sse-reload=6-0']);
  assert.deepEqual([...(await first).values()], ['superseded']);
  assert.deepEqual([...(await second).values()], ['swapped']);
  assert.deepEqual(hrefs(), ['/a.css?sse-reload=6-0']);
  assert.equal(clock.waiting(), 0);
});

test('a superseded swap ends only when the later one does', async () => {
  const { row, styles } = create({ href: A });
  let hasEnded = false;

  styles.swap(['/a.css'], '5-0').then(() => (hasEnded = true));
  styles.swap(['/a.css'], '6-0');
  await settle();
  const before = hasEnded;
  row[1].finish('load');
  await settle();

  assert.deepEqual([before, hasEnded], [false, true]);
});

test('swaps one after the other do not pile up parameters', async () => {
  const { row, styles, hrefs } = create({ href: `${A}?theme=dark` });

  styles.swap(['/a.css'], '5-0');
  row[1].finish('load');
  await settle();
  styles.swap(['/a.css'], '6-0');
  row[1].finish('load');

  assert.deepEqual(hrefs(), ['/a.css?theme=dark&sse-reload=6-0']);
});

test('only the exact path of this origin is swapped, and every link to it', () => {
  const others = [`${ORIGIN}/x/a.css`, `${ORIGIN}/aa.css`, 'http://other.test/a.css'];
  const { styles, hrefs } = create(...[A, ...others, `${A}?2`].map((href) => ({ href })));

  styles.swap(['/a.css'], '5-0');

  assert.equal(hrefs().filter((href) => href.includes('sse-reload')).length, 2);
  assert.equal(hrefs().length, 7);
});

test('a path that no link has is swapped already', async () => {
  const { styles } = create({ href: B });

  assert.deepEqual(await styles.swap(['/a.css'], '5-0'), new Map([['/a.css', 'swapped']]));
});

test('a disabled link loads nothing and is replaced at once', async () => {
  const { clock, styles, hrefs } = create({ href: A, disabled: true });

  assert.deepEqual([...(await styles.swap(['/a.css'], '5-0')).values()], ['swapped']);
  assert.deepEqual(hrefs(), ['/a.css?sse-reload=5-0']);
  assert.equal(clock.waiting(), 0);
});

test('a sheet that a script switched off stays off', () => {
  const { row, styles } = create({ href: A });
  row[0].sheet.disabled = true;

  styles.swap(['/a.css'], '5-0');
  row[1].finish('load');

  assert.equal(row[0].sheet.disabled, true);
});

test('a link that the page removed meanwhile does not come back', () => {
  const { row, styles, hrefs } = create({ href: A });

  styles.swap(['/a.css'], '5-0');
  row[0].remove();
  row[0].finish('load');

  assert.deepEqual(hrefs(), []);
});

test('a replacement under way is not a link in use', () => {
  const { row, styles } = create({ href: A });

  styles.swap(['/a.css'], '5-0');

  assert.deepEqual(styles.links(), [row[0]]);
});

test('the rest of the query keeps its spelling', () => {
  const address = versionedAddress(`${A}?a&b=%20+&sse-reload=1-0#x`, '2-0');

  assert.equal(address, `${A}?a&b=%20+&sse-reload=2-0#x`);
});
