/** What is said about the stream. Pure: it is given the state, and how long nothing was heard. */

import { duration } from './units.js';

/**
 * @param {string} state of the stream
 * @param {number | null} silence seconds since the last event; null before the first
 * @param {number} patience seconds of silence that are no reason to worry
 * @returns {{kind: 'connecting' | 'live' | 'lost', text: string, said: string}} `said` is for whoever is
 *   read to: it changes with the kind only, and not with each second
 */
export function describeLink(state, silence, patience) {
  const told = describe(state, silence, patience);
  return { ...told, said: told.kind === 'lost' ? 'The stream is lost' : told.text };
}

function describe(state, silence, patience) {
  if (silence === null) {
    return state === 'failed'
      ? { kind: 'lost', text: 'refused' }
      : { kind: 'connecting', text: state === 'waiting' ? 'no answer, trying again' : 'connecting' };
  }
  if (state === 'open' && silence < patience) return { kind: 'live', text: 'live' };
  const why = { open: 'silent', failed: 'refused', ended: 'ended', closed: 'ended' }[state];
  return { kind: 'lost', text: `last heard ${duration(silence)} ago, ${why ?? 'trying again'}` };
}
