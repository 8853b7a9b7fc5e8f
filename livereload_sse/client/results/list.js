/**
 * A list that may be very long: only the rows that can be seen are elements.
 *
 * Knows heights and positions; refuses to know what is in a row. All rows are equally high, so that
 * where one stands is a matter of its number alone.
 */

import { element } from '../build/look.js';

export const ROW_HEIGHT = 30; // pixels, as in the sheet
const SPARE = 8; // rows above and below, so that scrolling does not show paper

/**
 * @template T
 * @typedef {object} Item
 * @property {string} key of what it is
 * @property {string} looks changes when it has to be drawn anew
 * @property {T} row
 */

/**
 * @template T
 * @typedef {object} List
 * @property {(items: readonly Item<T>[], selected: string) => void} show
 * @property {(key: string) => void} reveal scroll as little as it takes
 */

/**
 * @template T
 * @param {object} world
 * @param {Document} world.document
 * @param {Pick<Window, 'requestAnimationFrame'>} world.window
 * @param {HTMLElement} world.box that scrolls
 * @param {(row: T) => HTMLElement} world.draw
 * @returns {List<T>}
 */
export function createList({ document, window, box, draw }) {
  /** @type {readonly Item<T>[]} */
  let items = [];
  let selected = '';
  let isAsked = false;
  /** @type {Map<string, {looks: string, made: HTMLElement}>} */
  let drawn = new Map();
  const space = element(document, 'div', { class: 'space', role: 'presentation' });
  box.append(space);
  box.addEventListener('scroll', ask, { passive: true });

  function ask() {
    if (isAsked) return;
    isAsked = true;
    window.requestAnimationFrame(() => place(measure()));
  }

  /** @type {List<T>['show']} */
  function show(next, key) {
    const seen = measure(); // before anything is written, or the page would be laid out twice
    items = next;
    selected = key;
    space.style.blockSize = `${items.length * ROW_HEIGHT}px`;
    place(seen);
  }

  function measure() {
    return { top: box.scrollTop, height: box.clientHeight };
  }

  /** @param {ReturnType<typeof measure>} seen */
  function place({ top, height }) {
    isAsked = false;
    const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - SPARE);
    const end = Math.ceil((top + height) / ROW_HEIGHT) + SPARE;
    /** @type {typeof drawn} */
    const next = new Map();
    items.slice(first, end).forEach((item, index) => next.set(item.key, put(item, first + index)));
    for (const [key, { made }] of drawn) if (next.get(key)?.made !== made) made.remove();
    drawn = next;
    const id = next.has(selected) ? rowId(selected) : '';
    if (id) box.setAttribute('aria-activedescendant', id);
    else box.removeAttribute('aria-activedescendant');
  }

  /** @param {Item<T>} item @param {number} index */
  function put({ key, looks, row }, index) {
    const known = drawn.get(key);
    const made = known?.looks === looks ? known.made : draw(row);
    if (made !== known?.made) {
      made.id = rowId(key);
      made.dataset.key = key;
      space.append(made);
    }
    const top = `translateY(${index * ROW_HEIGHT}px)`;
    if (made.style.transform !== top) made.style.transform = top;
    made.setAttribute('aria-selected', String(key === selected));
    return { looks, made };
  }

  /** @type {List<T>['reveal']} */
  function reveal(key) {
    const index = items.findIndex((item) => item.key === key);
    if (index < 0) return;
    const top = index * ROW_HEIGHT;
    const least = top + ROW_HEIGHT - box.clientHeight;
    if (box.scrollTop > top) box.scrollTop = top;
    else if (box.scrollTop < least) box.scrollTop = least;
    place(measure());
  }

  return { show, reveal };
}

/** @param {string} key */
function rowId(key) {
  return `row-${key}`;
}
