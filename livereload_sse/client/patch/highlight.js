/**
 * Shows for a moment where the page has changed.
 *
 * Knows how that looks and where it would be of no use; refuses to know what has changed. It is an
 * animation and nothing else: no attribute, rule, node or listener is there because of it, and
 * nothing on the page moves.
 */

const DURATION = 800; // milliseconds
const MOST = 20; // elements; more rings than that point at nothing
const STILL = '(prefers-reduced-motion: reduce)';

/**
 * An outline takes no room. This violet is as far from white as it is from black (more than 4:1).
 *
 * @type {Keyframe[]}
 */
const FRAMES = [
  { outline: '2px solid rgb(99 102 241)', outlineOffset: '3px' },
  { outline: '2px solid rgb(99 102 241)', outlineOffset: '3px', offset: 0.5 },
  { outline: '2px solid rgb(99 102 241 / 0%)', outlineOffset: '3px' },
];

/** What is drawn by another element, or cannot be drawn around. */
const SHOWN_BY = /** @type {const} */ ([
  ['option, optgroup', 'select'], ['source, track', 'video, audio, picture'], ['area', 'map'],
]);
const NEVER = 'html, body, head, head *, script, style, template, noscript';

/**
 * @param {readonly Element[]} elements
 * @param {object} world
 * @param {(query: string) => {matches: boolean}} world.matchMedia
 */
export function highlight(elements, { matchMedia }) {
  if (matchMedia(STILL).matches) return;
  for (const element of choose(elements)) {
    element.animate(FRAMES, { duration: DURATION, easing: 'ease-out' });
  }
}

/**
 * The innermost ones, because a ring around a whole section would hide where in it to look; and not
 * the one with the focus, which has a ring of its own.
 *
 * @param {readonly Element[]} elements
 */
function choose(elements) {
  const shown = [...new Set(elements.map(findShown))];
  const visible = shown.filter((element) =>
    !element.matches(NEVER) && element !== element.ownerDocument.activeElement);
  const innermost = visible.filter((element) =>
    !visible.some((other) => other !== element && element.contains(other)));
  return innermost.slice(0, MOST);
}

/** @param {Element} element @returns {Element} */
function findShown(element) {
  const { ownerSVGElement } = /** @type {SVGElement} */ (element);
  if (ownerSVGElement) return ownerSVGElement;
  const shownBy = SHOWN_BY.find(([selector]) => element.matches(selector))?.[1];
  return (shownBy && element.closest(shownBy)) || element;
}
