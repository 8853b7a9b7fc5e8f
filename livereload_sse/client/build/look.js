/**
 * The colours that the overlay and the sign for builds share, and what both are made of.
 *
 * Knows the palette in light and dark, and how something of ours stands in somebody else's page;
 * refuses to know what is shown. Text goes in as text only.
 */

/** What text stands on at worst: every colour of a terminal is readable there (4.5:1, WCAG 1.4.3). */
export const GROUND = Object.freeze({ light: '#f3f1eb', dark: '#272623' });

/** @param {'light' | 'dark'} scheme @returns {readonly string[]} a terminal's colours, 0 to 15 */
export function terminalColours(scheme) {
  return scheme === 'light' ? LIGHT : DARK;
}

// White is for a dark terminal what ink is for paper, so the two change places; and so do the greys.
const LIGHT = Object.freeze([
  '#21201c', '#ab231b', '#17692f', '#7d5200', '#1f5fbf', '#863a9f', '#0a6678', '#5b584f',
  '#646156', '#b92c23', '#196f33', '#845700', '#2463c4', '#9040ab', '#0b6b7e', '#21201c',
]);
const DARK = Object.freeze([
  '#9c978b', '#ff8a7a', '#7bd88f', '#e8c268', '#86b7ff', '#e2a1f5', '#6fd3e3', '#d8d4c9',
  '#a09c91', '#ffa294', '#93e6a5', '#f2d58b', '#a3c8ff', '#ecbcfa', '#94e2ee', '#ffffff',
]);

const numbered = (/** @type {readonly string[]} */ colours) =>
  colours.map((colour, index) => `--c${index}: ${colour};`).join(' ');

/**
 * The names stand on an element of our own: a page may give the host a `--line` of its own.
 *
 * The page's own rules reach the host, and only the host; `!important` in here is above them.
 */
export const PALETTE = `
.paper {
  --paper: #fcfbf9; --ink: #21201c; --soft: #625f56; --line: #d8d4c9; --wash: ${GROUND.light};
  --live: #17735a; --wrong: #b3261e; --warn: #8f5300; --mark: #fae5e2;
  --shadow: rgb(0 0 0 / .12); --shade: rgb(0 0 0 / .16); ${numbered(LIGHT)}
  --text: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  --code: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
  background: var(--paper); color: var(--ink);
}
@media (prefers-color-scheme: dark) {
  .paper {
    --paper: #1c1b19; --ink: #ebe9e2; --soft: #a8a499; --line: #45433d; --wash: ${GROUND.dark};
    --live: #5cc9a7; --wrong: #ff8a7a; --warn: #f0a33b; --mark: #4a241f;
    --shadow: rgb(0 0 0 / .5); --shade: rgb(0 0 0 / .5); ${numbered(DARK)}
  }
}
button { all: unset; box-sizing: border-box; cursor: pointer; border-radius: 4px; }
button:focus-visible { outline: 2px solid var(--live); outline-offset: 2px; }
.close {
  flex: none; display: grid; place-items: center; inline-size: 28px; block-size: 28px;
  border-radius: 7px; color: var(--soft);
}
.close:hover { background: var(--wash); color: var(--ink); }
.close:focus-visible { outline-offset: -2px; }
svg {
  inline-size: 10px; block-size: 10px;
  stroke: currentColor; stroke-width: 1.6; stroke-linecap: round;
}
`;

/** It comes last: among rules of equal weight that one counts. */
export const PRINT = '@media print { :host { display: none !important; } }';

/** A page closes its menus at a click elsewhere, keeps the focus in them, and has keys of its own. */
const OURS = [
  'pointerdown', 'mousedown', 'click', 'keydown', 'keyup', 'keypress', 'focusin', 'focusout',
];

/**
 * Put something of ours beside the body, in a shadow root with a sheet that no policy forbids.
 *
 * @param {object} world
 * @param {Document} world.document
 * @param {Pick<typeof globalThis, 'CSSStyleSheet'>} world.window
 * @param {string} name
 * @param {string} look
 * @param {Element} content
 * @returns {HTMLElement} to remove, and nothing is left
 */
export function attach({ document, window }, name, look, content) {
  const host = document.createElement(name);
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new window.CSSStyleSheet();
  sheet.replaceSync(PALETTE + look + PRINT);
  root.adoptedStyleSheets = [sheet];
  root.append(content);
  for (const type of OURS) host.addEventListener(type, (event) => event.stopPropagation());
  document.documentElement.append(host);
  return host;
}

/**
 * @param {Document} document
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {string} [text]
 * @returns {HTMLElement}
 */
export function element(document, name, attributes = {}, text = '') {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

/** @param {Document} document @param {string} label @param {() => void} press */
export function closeButton(document, label, press) {
  const button = element(document, 'button', { type: 'button', class: 'close', 'aria-label': label });
  const image = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  image.setAttribute('viewBox', '0 0 10 10');
  const cross = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  cross.setAttribute('d', 'M1 1 9 9M9 1 1 9');
  image.append(cross);
  button.append(image);
  button.addEventListener('click', press);
  return button;
}
