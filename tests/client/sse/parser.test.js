import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { EventStreamParser } from '../../../livereload_sse/sse/sse-client.js';

/**
 * The vectors that the Python parser is held against, too.
 *
 * @typedef {object} Vector
 * @property {string} name
 * @property {string} [stream]
 * @property {string} [hex] where the bytes are no UTF-8
 * @property {string} [after]
 * @property {number[][]} [cuts]
 * @property {[string, string, string][]} events
 * @property {string} [id]
 * @property {number} [retry]
 */

/** @type {Vector[]} */
const VECTORS = JSON.parse(
  readFileSync(new URL('../../contract/event_stream.json', import.meta.url), 'utf8'),
);

/** @param {Vector} vector */
function encode({ stream = '', hex = '' }) {
  const bytes = (hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16));
  return hex ? Uint8Array.from(bytes) : new TextEncoder().encode(stream);
}

/** @param {Uint8Array} bytes @param {number[]} places */
function cut(bytes, places) {
  return [...places, bytes.length].map((end, at) => bytes.slice(places[at - 1] ?? 0, end));
}

/**
 * Whole, byte by byte, in two with nothing between them at each place, and as it is asked.
 *
 * @param {Vector} vector
 */
function* cutEverywhere(vector) {
  const bytes = encode(vector);
  yield [bytes];
  yield cut(bytes, [...bytes.keys()].slice(1));
  for (let place = 0; place <= bytes.length; place += 1) yield cut(bytes, [place, place]);
  for (const places of vector.cuts ?? []) yield cut(bytes, places);
}

for (const vector of VECTORS) {
  test(`however it is cut: ${vector.name}`, () => {
    const wanted = [vector.events, vector.id ?? '', vector.retry];

    for (const chunks of cutEverywhere(vector)) {
      const parser = new EventStreamParser(vector.after);
      const events = chunks.flatMap((chunk) => parser.feed(chunk));
      const told = events.map(({ name, data, id }) => [name, data, id]);
      assert.deepEqual([told, parser.lastEventId, parser.retry], wanted, String(chunks));
    }
  });
}

test('a line that comes in many pieces does not take longer than it is long', () => {
  const parser = new EventStreamParser();
  const piece = new TextEncoder().encode('x'.repeat(100));
  parser.feed(new TextEncoder().encode('data:'));
  for (let count = 0; count < 20_000; count += 1) parser.feed(piece);

  const [event] = parser.feed(new TextEncoder().encode('\n\n'));

  assert.equal(event.data.length, 2_000_000);
});
