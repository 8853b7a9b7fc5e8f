/** What TypeScript knows of a connection. Compiled only: each line that must fail says so. */

import { connect, EventStreamParser, type Connection, type State } from '../../../livereload_sse/sse/sse-client.js';

interface Metric {
  cpu: number;
}

interface Events {
  metric: Metric;
  alert: { text: string; level: 'low' | 'high' };
  message: string;
}

const events = connect<{ metric: { cpu: number } }>('/events');
export const takeOff: () => void = events.on('metric', ({ cpu }) => cpu.toFixed(1));
events.on('metric', (data, { name, data: text, id }) => {
  const all: ['metric', string, string, number] = [name, text, id, data.cpu];
  return all;
});
// @ts-expect-error: a metric has no memory
events.on('metric', ({ memory }) => memory);
// @ts-expect-error: cpu is a number
events.on('metric', ({ cpu }) => cpu.trim());
// @ts-expect-error: a slip of the pen
events.on('metrik', () => {});

const all: Connection<Events> = connect<Events>(new URL('https://example.org/events'), {
  after: '1767225600000-0', method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}',
  withCredentials: true, signal: AbortSignal.timeout(1000), retry: 1, maxRetry: 30, silence: 45, endEvent: 'end',
});
all.on('alert', ({ level }) => level === 'high');
// @ts-expect-error: there is no such level
all.on('alert', ({ level }) => level === 'medium');
all.on('message', (text) => text.trim());

const untyped = connect('/events', { transport: 'fetch' });
untyped.on('anything', (data) => data.whatever.it.is);
untyped.onState((state, { delay, status }) => {
  const known: [State, number | undefined, number | undefined] = [state, delay, status];
  return known;
});
// @ts-expect-error: there is no such state
untyped.onState((state) => state === 'reopened');
export const last: Promise<'ended' | 'failed' | 'closed'> = untyped.done;
export const place: string = untyped.lastEventId;
// @ts-expect-error: the connection's own affair
untyped.state = 'open';
// @ts-expect-error: a stream cannot be sent twice
connect('/events', { method: 'POST', body: new ReadableStream() });
// @ts-expect-error: no such option
connect('/events', { retries: 1 });
// @ts-expect-error: nothing else to choose
connect('/events', { transport: 'websocket' });

const parser = new EventStreamParser();
export const names: string[] = parser.feed(new Uint8Array()).map(({ name }) => name);
