/**
 * Keys of the page, and what each is for.
 *
 * Knows one table; refuses to know what an action does. A key that is meant for a field, or comes
 * with Ctrl, Alt or the command key, is not ours.
 */

/**
 * @typedef {'all' | 'failed' | 'last' | 'stop' | 'down' | 'up' | 'fold' | 'unfold' | 'run' | 'editor'
 *   | 'search' | 'help' | 'back'} Action
 */

/** @type {readonly {action: Action, keys: readonly string[], words: string}[]} */
export const KEYS = Object.freeze([
  { action: 'all', keys: ['a'], words: 'run all tests' },
  { action: 'failed', keys: ['f'], words: 'run those that failed' },
  { action: 'last', keys: ['r'], words: 'run the last ones again' },
  { action: 'stop', keys: ['x'], words: 'stop the run' },
  { action: 'down', keys: ['j', 'ArrowDown'], words: 'next' },
  { action: 'up', keys: ['k', 'ArrowUp'], words: 'previous' },
  { action: 'unfold', keys: ['l', 'ArrowRight'], words: 'open a file' },
  { action: 'fold', keys: ['h', 'ArrowLeft'], words: 'close it' },
  { action: 'run', keys: ['Enter'], words: 'run what is selected' },
  { action: 'editor', keys: ['e'], words: 'open it in the editor' },
  { action: 'search', keys: ['/'], words: 'search' },
  { action: 'back', keys: ['Escape'], words: 'back to the overview' },
  { action: 'help', keys: ['?'], words: 'these keys' },
]);

const FIELDS = 'input, textarea, select, [contenteditable]';
const PRESSED = 'button, a, summary';

/** @param {KeyboardEvent} event @returns {Action | null} */
export function findAction(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const target = /** @type {Element | null} */ (event.target);
  const found = KEYS.find(({ keys }) => keys.includes(event.key))?.action ?? null;
  if (target?.matches?.(FIELDS)) return found === 'back' ? found : null;
  // Enter presses the button that has the focus.
  if (found === 'run' && target?.closest?.(PRESSED)) return null;
  // What is scrolled by its own keys goes on to be.
  if (event.key.startsWith('Arrow') && target?.closest?.('pre')) return null;
  return found;
}

/** @param {string} key as a person reads it */
export function nameKey(key) {
  const names = /** @type {Record<string, string>} */ ({
    ArrowDown: '↓', ArrowUp: '↑', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc',
  });
  return names[key] ?? key;
}
