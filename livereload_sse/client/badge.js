/**
 * A small sign in a corner of the page while the server is away.
 *
 * Knows how to show itself in somebody else's page without touching it, and when a person has seen
 * enough; refuses to know the connection. It stands in a shadow root, beside the body, and is gone
 * without a trace when the server is back.
 */

const TEXT = 'sse-reload: the server is away';
const PATIENCE = 1_000; // milliseconds; a restart that is quicker is nobody's business
const ANNOUNCING = 150; // a screen reader tells what is put into a status that it knows already

/** The page's own rules reach the host, and only the host; `!important` in here is above them. */
const LOOK = `
:host {
  all: initial !important; position: fixed !important; z-index: 2147483647 !important;
  inset: auto max(16px, env(safe-area-inset-right)) max(16px, env(safe-area-inset-bottom)) auto
    !important;
  max-inline-size: calc(100vw - 32px) !important; pointer-events: none !important;
  color-scheme: light dark !important;
}
div {
  --paper: #fcfbf9; --ink: #21201c; --soft: #6a675e;
  --line: #d8d4c9; --wash: #efece4; --away: #b45309;
  display: flex; align-items: center; direction: ltr; pointer-events: auto; box-sizing: border-box;
  border: 1px solid var(--line); border-radius: 10px; padding-inline-start: 12px;
  background: var(--paper); color: var(--ink);
  box-shadow: 0 1px 2px rgb(0 0 0 / .12), 0 6px 24px rgb(0 0 0 / .16);
  font: 500 small/1.35 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  opacity: 0;
}
div.said { opacity: 1; }
p { margin: 0; padding-block: 8px; }
i {
  flex: none; inline-size: 8px; block-size: 8px; margin-inline-end: 10px; border-radius: 50%;
  background: var(--away); forced-color-adjust: none;
}
button {
  all: unset; box-sizing: border-box; flex: none; display: grid; place-items: center;
  inline-size: 28px; block-size: 28px; margin: 4px 4px 4px 8px; border-radius: 7px;
  color: var(--soft); cursor: pointer;
}
button:hover { background: var(--wash); color: var(--ink); }
button:focus-visible { outline: 2px solid var(--away); outline-offset: -2px; }
svg {
  inline-size: 10px; block-size: 10px;
  stroke: currentColor; stroke-width: 1.6; stroke-linecap: round;
}
@media (prefers-color-scheme: dark) {
  div {
    --paper: #21201d; --ink: #ebe9e2; --soft: #a09c91;
    --line: #45433d; --wash: #32302c; --away: #f0a33b;
    box-shadow: 0 1px 2px rgb(0 0 0 / .5), 0 6px 24px rgb(0 0 0 / .5);
  }
}
@media (prefers-reduced-motion: no-preference) {
  div.said { animation: arrive .2s ease-out; }
  i { animation: breathe 2.4s ease-in-out infinite; }
}
@keyframes arrive { from { opacity: 0; transform: translateY(6px); } }
@keyframes breathe { 50% { opacity: .35; } }
@media print { :host { display: none !important; } }
`;

/**
 * @typedef {object} Badge
 * @property {() => void} away the server is gone; said once until it is back
 * @property {() => void} back
 */

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Pick<Window & typeof globalThis, 'CSSStyleSheet' | 'frameElement'
 *   | 'addEventListener' | 'removeEventListener'>} world.window
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @returns {Badge}
 */
export function createBadge({ document, window, setTimeout, clearTimeout }) {
  let isAway = false;
  let isDismissed = false;
  /** @type {HTMLElement | null} */
  let host = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function away() {
    if (isAway) return;
    isAway = true;
    isDismissed = false;
    window.addEventListener('pagehide', hide); // the page is left, and may come back as it was
    window.addEventListener('pageshow', wait);
    wait();
  }

  function back() {
    isAway = false;
    window.removeEventListener('pagehide', hide);
    window.removeEventListener('pageshow', wait);
    hide();
  }

  function dismiss() {
    isDismissed = true;
    hide();
  }

  function wait() {
    clearTimeout(timer);
    if (host === null && !isDismissed) timer = setTimeout(show, PATIENCE);
  }

  /** A page in a frame of ours leaves it to the page around it. */
  function isOff() {
    const { sseReloadBadge } = document.documentElement.dataset;
    return window.frameElement !== null || sseReloadBadge === 'off';
  }

  function show() {
    if (isOff()) return;
    const sheet = new window.CSSStyleSheet();
    sheet.replaceSync(LOOK);
    host = document.createElement('sse-reload-badge');
    const root = host.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    const { box, status } = build(document, dismiss);
    root.append(box);
    document.documentElement.append(host);
    timer = setTimeout(() => say(box, status), ANNOUNCING);
  }

  function hide() {
    clearTimeout(timer);
    host?.remove();
    host = null;
  }

  return { away, back };
}

/** @param {Document} document @param {() => void} dismiss */
function build(document, dismiss) {
  const [box, dot, status] = ['div', 'i', 'p'].map((name) => document.createElement(name));
  status.setAttribute('role', 'status');
  status.lang = 'en';
  box.append(dot, status, createButton(document, dismiss));
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') dismiss();
  });
  // A page closes its menus at a click elsewhere, and has keys of its own; this is not its click.
  for (const name of ['pointerdown', 'mousedown', 'click', 'keydown']) {
    box.addEventListener(name, (event) => event.stopPropagation());
  }
  return { box, status };
}

/** @param {Document} document @param {() => void} press */
function createButton(document, press) {
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-label', 'Dismiss');
  const image = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  image.setAttribute('viewBox', '0 0 10 10');
  const cross = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  cross.setAttribute('d', 'M1 1 9 9M9 1 1 9');
  image.append(cross);
  button.append(image);
  button.addEventListener('click', press);
  return button;
}

/** @param {Element} box @param {Element} status */
function say(box, status) {
  status.textContent = TEXT;
  box.classList.add('said');
}
