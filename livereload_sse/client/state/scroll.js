/**
 * How far the page and each scroller in it was scrolled, kept over a reload.
 *
 * Knows scrollers and when a place is reached; refuses to know what else is restored. A page grows
 * while it loads, and a browser restores the window by itself, but not to the same content when the
 * author changed what is above: so the place is set in each frame in which it is not right, until
 * the page has settled. The moment a person does something it is theirs.
 */

import { addressOf, findElement } from './address.js';
import { findMark, readAnchors, shiftOf } from './anchors.js';
import { queryAll } from './roots.js';

/** @import {Address} from './address.js' */
/** @import {Anchor, Mark} from './anchors.js' */

/**
 * @typedef {object} ScrollEntry
 * @property {Address | null} at null for the window
 * @property {number} top
 * @property {number} left
 * @property {Anchor[]} anchors what was in sight
 *
 * @typedef {object} Scroll
 * @property {() => ScrollEntry[]} read
 * @property {(entries: readonly ScrollEntry[]) => void} restore now, and as the page grows
 *
 * @typedef {object} Place where a scroller was left, and how much there was to scroll
 * @property {number} goal
 * @property {number} top
 * @property {number} height
 *
 * @typedef {object} Way one scroller on its way to its place
 * @property {ScrollEntry} entry
 * @property {Element | null} scroller
 * @property {Mark | null} mark
 * @property {Place | null} left
 * @property {number} contests how often somebody else has moved it
 */

const MOST = 50; // scrollers of one page
const SETTLING = 300; // milliseconds after the load in which a place that is reached is kept
const PATIENCE = 3_000; // … and in which one that is not reached is waited for
const LONGEST = 15_000; // a page that never finishes loading
const LOOKING = 100; // milliseconds between looks for what is not there yet
const CONTESTS = 3; // a browser's own restoration, an autofocus, a script; more must be a person

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Pick<Window, 'requestAnimationFrame'>} world.window
 * @param {() => number} world.now milliseconds
 * @param {() => boolean} world.hasActed whether the person has, since the restoration began
 * @returns {Scroll}
 */
export function createScroll({ document, window, now, hasActed }) {
  /** @type {Way[]} */
  let ways = [];
  let started = 0;
  let looked = 0;
  let loaded = Infinity;

  function read() {
    if (hasActed()) ways = [];
    const underWay = new Set(ways.map(({ scroller }) => scroller));
    const scrolled = queryAll(document, '*').filter(
      (element) => (element.scrollTop !== 0 || element.scrollLeft !== 0) && !underWay.has(element),
    );
    return [...ways.map(({ entry }) => entry), ...scrolled.map(entryOf)].slice(0, MOST);
  }

  /** @param {Element} scroller @returns {ScrollEntry} */
  function entryOf(scroller) {
    const isWindow = scroller === document.scrollingElement;
    const { clientHeight: height } = scroller; // of the root it is the window's
    const top = isWindow ? 0 : scroller.getBoundingClientRect().top + scroller.clientTop;
    return {
      at: isWindow ? null : addressOf(scroller), top: scroller.scrollTop, left: scroller.scrollLeft,
      anchors: scroller.scrollTop === 0 ? [] : readAnchors(scroller, { top, height }),
    };
  }

  /** @type {Scroll['restore']} */
  function restore(entries) {
    ways = entries.map((entry) => (
      { entry, scroller: null, mark: null, left: null, contests: 0 }
    ));
    started = now();
    looked = -Infinity;
    follow();
  }

  function follow() {
    if (hasActed()) ways = [];
    if (document.readyState === 'complete') loaded = Math.min(loaded, now());
    if (now() - looked >= LOOKING) look();
    ways = ways.filter((way) => goOn(way) && !isOver(way));
    if (ways.length > 0) window.requestAnimationFrame(follow);
  }

  function look() {
    looked = now();
    for (const way of ways) {
      const { at, anchors } = way.entry;
      if (!way.scroller?.isConnected) {
        way.scroller = at === null ? document.scrollingElement : findElement(document, at);
      }
      if (way.scroller && !way.mark?.element.isConnected) {
        way.mark = findMark(way.scroller, anchors);
      }
    }
  }

  /** @param {Way} way @returns {boolean} false when somebody else wants it elsewhere */
  function goOn(way) {
    const { scroller, mark, left, entry } = way;
    if (!scroller) return true;
    const goal = entry.top + (mark ? shiftOf(scroller, mark) : 0);
    const { scrollTop: top, scrollHeight: height } = scroller;
    const hasGrown = left?.height !== height; // and with it the browser may have moved it
    if (left && top !== left.top && !hasGrown && Math.abs(top - goal) > 1) way.contests += 1;
    if (way.contests > CONTESTS) return false;
    if (hasGrown || left?.goal !== goal || top !== left.top) way.left = bring(way, goal);
    return true;
  }

  /** @param {Way} way */
  function isOver({ left }) {
    const time = now();
    const isReached = left !== null && Math.abs(left.top - left.goal) <= 1;
    return time - loaded > (isReached ? SETTLING : PATIENCE) || time - started > LONGEST;
  }

  return { read, restore };
}

/** A page's `scroll-behavior: smooth` is for its links. @param {Way} way @param {number} goal */
function bring({ scroller, entry }, goal) {
  const element = /** @type {Element} */ (scroller);
  element.scrollTo({ top: goal, left: entry.left, behavior: 'instant' });
  return { goal, top: element.scrollTop, height: element.scrollHeight };
}
