/**
 * What a page does only while it is loaded, and so must not be changed in place.
 *
 * Knows one touch of one element at a time; refuses to know documents and how much is touched.
 * Scripts, rules for the page and handlers have had their effect when the page was loaded, and no
 * later change takes it back.
 *
 * Handlers: an attribute `on…` that changes, comes or goes is refused. Where another attribute of
 * its element changes, it depends on who calls the handler. What a person causes (`onclick`) reads
 * the page as it is then. What the browser causes (`onload`) has read it as it was. Text and
 * children inside of such an element are like those that any script has seen.
 */

import { isRun } from './scripts.js';

/** @import {Touch} from './touches.js' */

const BY_PERSON = new RegExp(`^on(?:${[
  'auxclick', 'beforeinput', 'blur', 'change', 'click', 'contextmenu', 'copy', 'cut', 'dblclick',
  'drag\\w*', 'drop', 'focus\\w*', 'input', 'key\\w+', 'mouse\\w+', 'paste', 'pointer\\w+', 'reset',
  'select', 'submit', 'touch\\w+', 'wheel',
].join('|')})$`);

/** @typedef {{reason: string, element: Element}} Objection */

/** @param {Touch} touch @returns {Objection | null} */
export function findForbidden(touch) {
  const elements = touch.how === 'changed'
    ? [touch.element]
    : [touch.element, ...touch.element.querySelectorAll('*')];
  for (const element of elements) {
    const subject = findSubject(element, touch);
    if (subject) return { reason: `${subject} ${touch.how}`, element };
  }
  return null;
}

/** What must not be touched like this, in words. @param {Element} element @param {Touch} touch */
function findSubject(element, touch) {
  const rule = RULES[element.localName];
  const isMoved = touch.how === 'moved';
  if (isMoved) return rule ? rule(element, touch) : '';
  return rule?.(element, touch) || findHtmx(element, touch) || findHandler(element, touch);
}

/** @type {Record<string, (element: Element, touch: Touch) => string>} */
const RULES = {
  base: () => '<base>',
  // What has been drawn on a canvas is in no source, and is lost when the size changes.
  canvas: (_, { how, name = '' }) =>
    how === 'added' || ['width', 'height'].includes(name) ? '<canvas>' : '',
  meta: findMeta,
  // A page with scripts has text there, and a document that is only parsed has elements.
  noscript: (_, { how }) => (how === 'moved' ? '' : '<noscript>'),
  script: (script, { attribute }) => {
    const owner = attribute?.ownerElement;
    return isRun(script) || (owner && isRun(owner)) ? 'script' : '';
  },
  template: (_, { how }) => (how === 'moved' ? '' : '<template>'),
};

/** @param {Element} meta @param {Touch} touch */
function findMeta(meta, { how, name }) {
  if (meta.hasAttribute('http-equiv') || name === 'http-equiv') return '<meta http-equiv>';
  if (how === 'moved') return '';
  const isCharset = how === 'changed' ? name === 'charset' : meta.hasAttribute('charset');
  return isCharset ? '<meta charset>' : '';
}

/** @param {Element} element @param {Touch} touch */
function findHandler(element, { how, name }) {
  if (how === 'changed' && name === undefined) return '';
  const names = element.getAttributeNames().filter((one) => isHandler(element, one));
  if (how !== 'changed') return names.length > 0 ? 'inline handler' : '';
  if (isHandler(element, name ?? '')) return 'inline handler';
  return names.every((one) => BY_PERSON.test(one)) ? '' : 'element with an inline handler';
}

/** htmx looks at a page's elements when it is loaded, and at none that come later by other ways. */
function findHtmx(/** @type {Element} */ element, /** @type {Touch} */ { how, name = '' }) {
  const names = how === 'changed' ? [name] : element.getAttributeNames();
  return how !== 'removed' && names.some((one) => /^(?:data-)?hx-/.test(one)) ? 'htmx element' : '';
}

/** Other names may begin like this, too. @param {Element} element @param {string} name */
function isHandler(element, name) {
  return name.startsWith('on') && name in element;
}
