/**
 * Documents without a browser, for the tests of what reads and changes them.
 *
 * Knows jsdom; refuses to know what is tested. Nothing is laid out, painted or loaded here, and no
 * script of a page runs: where any of that matters, the test belongs into a real browser.
 */

import { JSDOM } from 'jsdom';

const { window: PARSING } = new JSDOM();

/**
 * A document that was parsed only, as the client parses what the server sends.
 *
 * @param {string} html
 * @returns {Document}
 */
export function parse(html) {
  return new PARSING.DOMParser().parseFromString(html, 'text/html');
}

/**
 * A page of its own, with a window that has focus, selection and events.
 *
 * @param {string} html
 */
export function render(html) {
  const { window } = new JSDOM(html, { pretendToBeVisual: true, url: 'http://localhost/' });
  return { window, document: window.document };
}
