/** Reads streams with the browser's EventSource and with our client, and writes down what happens. */

import { connect } from './sse-client.js';

const AT_ONCE = 5; // a browser has six connections to a host
const CONNECTING = 0;

/** How a page of the web platform tests reads a stream. */
function readNatively(url, names, write) {
  const source = new EventSource(url);
  source.onopen = () => write('open');
  source.onerror = (event) => {
    if (!('data' in event)) write(source.readyState === CONNECTING ? 'lost' : 'refused');
  };
  for (const name of names) {
    source.addEventListener(name, ({ type, data, lastEventId }) => write([type, data, lastEventId]));
  }
  return () => source.close();
}

/** How a page that uses our client does. */
function readWith(options) {
  return (url, names, write) => {
    const events = connect(url, { ...options, endEvent: '', retry: 0.06 });
    for (const one of names) {
      events.on(one, (_, { name, data, id }) => write([name, data, id]));
    }
    events.onState((state, { status = '' }) => {
      const word = state === 'waiting' ? 'lost' : state;
      if (!['connecting', 'closed'].includes(state)) write(`${word} ${status}`.trim());
    });
    return () => events.close();
  };
}

const MODES = { native: readNatively, eventsource: readWith({}), fetch: readWith({ transport: 'fetch' }) };

/** Read one case until something is written down as often as the case says, or for good. */
function read(mode, { name, names, until, times }) {
  return new Promise((resolve) => {
    const written = [];
    const write = (what) => {
      written.push(what);
      const isLast = written.filter((one) => one === until).length === times;
      if (isLast || /^(refused|failed|ended|lost \d)/.test(what)) setTimeout(finish);
    };
    const close = MODES[mode](`stream/${mode}/${encodeURIComponent(name)}`, names, write);
    function finish() {
      close();
      resolve(written);
    }
  });
}

/** Read all cases in all modes, a few at once; gives {mode: {case: what was written down}}. */
window.readAll = async (cases) => {
  const results = Object.fromEntries(Object.keys(MODES).map((mode) => [mode, {}]));
  const waiting = cases.flatMap((one) => Object.keys(MODES).map((mode) => [mode, one]));
  async function work() {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [mode, one] = next;
      results[mode][one.name] = await read(mode, one);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
};
