/**
 * A page of style sheets, small enough to hold in a test: elements that load when a file is there,
 * rules that import, and a hand on each load.
 */

import { createClock, createTarget } from '../fakes.js';

export const ORIGIN = 'http://localhost:8000';

/**
 * @param {Record<string, string[]>} files path → the rules in it; what is missing cannot be had
 */
export function createPage(files) {
  /** @type {any[]} */
  const row = [];
  /** @type {Set<string>} */
  const held = new Set();
  /** @type {(() => void)[]} */
  const waiting = [];
  /** @type {string[]} */
  const asked = [];
  const clock = createClock();
  /** @type {any} */
  const document = {
    baseURI: `${ORIGIN}/`,
    adoptedStyleSheets: [],
    fonts: new Set(),
    createElement: (/** @type {string} */ name) => createElement(name, {}),
    querySelectorAll: (/** @type {string} */ selector) => (selector === '*' ? [] : [...row]),
    get styleSheets() {
      return row.map(({ sheet }) => sheet).filter(Boolean);
    },
  };

  /** @param {string} path @param {() => void} run */
  function load(path, run) {
    asked.push(path);
    if (held.has(path)) waiting.push(run);
    else queueMicrotask(run);
  }

  /** @param {string} address */
  const rulesOf = (address) => files[new URL(address).pathname];

  /** @param {string[]} texts @param {string | null} href @param {any} ownerNode @returns {any} */
  function createSheet(texts, href, ownerNode) {
    /** @type {any} */
    const sheet = { href, ownerNode, cssRules: [], disabled: false };
    sheet.insertRule = (/** @type {string} */ text, /** @type {number} */ index) =>
      sheet.cssRules.splice(index, 0, createRule(text, href ?? document.baseURI));
    sheet.deleteRule = (/** @type {number} */ index) => sheet.cssRules.splice(index, 1);
    texts.forEach((text, index) => sheet.insertRule(text, index));
    return sheet;
  }

  /** @param {string} text @param {string} base @returns {any} */
  function createRule(text, base) {
    const href = /^@import url\("(.*?)"\)/.exec(text)?.[1];
    if (href === undefined) return { cssText: text };
    /** @type {any} */
    const rule = { cssText: text, href, styleSheet: null };
    const address = new URL(href, base).href;
    const path = address.replace(ORIGIN, '');
    if (text.includes('supports(never)')) return rule;
    load(path, () => {
      rule.styleSheet = createSheet(rulesOf(address) ?? [], address, null);
    });
    return rule;
  }

  /** @param {string} localName @param {Record<string, string>} attributes @returns {any} */
  function createElement(localName, attributes, text = [''].slice(1)) {
    const own = new Map(Object.entries(attributes));
    /** @type {any} */
    const element = Object.assign(createTarget(), {
      localName,
      sheet: null,
      ownerDocument: document,
    });
    element.baseURI = document.baseURI;
    element.getAttribute = (/** @type {string} */ name) => own.get(name) ?? null;
    element.setAttribute = (/** @type {string} */ name, /** @type {string} */ value) =>
      own.set(name, value);
    element.removeAttribute = (/** @type {string} */ name) => own.delete(name);
    element.cloneNode = () => createElement(localName, Object.fromEntries(own), text);
    element.after = (/** @type {any} */ other) => put(other, row.indexOf(element) + 1);
    element.remove = () => row.includes(element) && row.splice(row.indexOf(element), 1);
    element.replaceWith = (/** @type {any} */ other) => row.splice(row.indexOf(element), 1, other);
    element.text = text;
    for (const name of ['media', 'rel']) {
      Object.defineProperty(element, name, {
        get: () => own.get(name) ?? '',
        set: (value) => own.set(name, value),
      });
    }
    Object.defineProperty(element, 'href', {
      get: () => new URL(own.get('href') ?? '', document.baseURI).href,
      set: (value) => own.set('href', value),
    });
    Object.defineProperty(element, 'disabled', { get: () => own.has('disabled') });
    Object.defineProperty(element, 'isConnected', { get: () => row.includes(element) });
    return element;
  }

  /** @param {any} element @param {number} index */
  function put(element, index) {
    row.splice(index, 0, element);
    begin(element);
  }

  /** @param {any} element */
  function begin(element) {
    if (element.disabled) return;
    const { href, localName, text } = element;
    const end = (/** @type {string[] | undefined} */ rules, /** @type {string | null} */ base) => {
      if (rules) element.sheet = createSheet(rules, base, element);
      element.emit(rules ? 'load' : 'error');
    };
    if (localName === 'link') load(href.replace(ORIGIN, ''), () => end(rulesOf(href), href));
    else queueMicrotask(() => end(text, null));
  }

  /** Let what can happen happen, time included. */
  async function settle(seconds = 0.1) {
    for (let turn = 0; turn < 40; turn += 1) {
      for (let step = 0; step < 10; step += 1) await Promise.resolve();
      clock.advance(seconds / 40);
    }
  }

  /** @template T @param {Promise<T>} promise @returns {Promise<T>} ended, in due time */
  async function finish(promise) {
    let hasEnded = false;
    const end = () => (hasEnded = true);
    promise.then(end, end);
    for (let turn = 0; turn < 100 && !hasEnded; turn += 1) await settle();
    return promise;
  }

  return {
    document,
    row,
    files,
    asked,
    clock,
    settle,
    finish,
    /** At the end. @param {string} name @param {Record<string, string>} attributes */
    add(name, attributes, text = [''].slice(1)) {
      const element = createElement(name, attributes, text);
      put(element, row.length);
      return element;
    },
    hold: (/** @type {string} */ path) => void held.add(path),
    release: () => waiting.splice(0).forEach((run) => run()),
    hrefs: () => row.map((element) => element.getAttribute('href')),
  };
}
