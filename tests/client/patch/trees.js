/**
 * Pages and what authors do to them, at random and by a seed, and the plainest way to apply edits.
 *
 * Knows the words of edits; refuses to know how they are found. The applier takes the base itself
 * for the live document, so that nothing but the edits decides what comes out.
 */

/** @import {Child, Edit} from '../../../livereload_sse/client/patch/diff.js' */

/** @param {Document} document @param {readonly Edit[]} edits */
export function applyTo(document, edits) {
  for (const edit of edits) {
    if (edit.type === 'text') edit.node.data = edit.data;
    else if (edit.type === 'children') edit.parent.replaceChildren(...edit.children.map(bring));
    else applyAttribute(edit);
  }

  /** @param {Child} child */
  function bring(child) {
    return 'kept' in child ? child.kept : document.importNode(child.added, true);
  }
}

/** @param {Extract<Edit, {type: 'attribute'}>} edit */
function applyAttribute({ element, name, attribute }) {
  if (!attribute) return element.removeAttribute(name);
  element.setAttributeNode(/** @type {Attr} */ (attribute.cloneNode()));
}

const NAMES = [
  'div', 'p', 'ul', 'li', 'section', 'span', 'b', 'table', 'img', 'svg', 'input', 'form',
];
const ATTRIBUTES = ['class', 'id', '@click', ':class', 'title', 'href', 'name', 'data-x'];
const WORDS = ['light', 'house', 'sea', 'fog', 'horn', '&amp;', 'é', ' ', '\n', '<!-- keeper -->'];

/** @typedef {() => number} Random */

/** @template T @param {Random} random @param {readonly T[]} list @returns {T} */
export function pick(random, list) {
  return list[Math.floor(random() * list.length)];
}

/** @param {Random} random */
export function writePage(random) {
  const parts = [writeTree(random, 4), writeTree(random, 4)];
  return `<!doctype html><title>${writeWords(random)}</title><body>${parts.join('\n')}`;
}

/** @param {Random} random @param {number} depth @returns {string} */
function writeTree(random, depth) {
  if (depth === 0 || random() < 0.3) return writeWords(random);
  const name = pick(random, NAMES);
  const attributes = random() < 0.5 ? ` ${pick(random, ATTRIBUTES)}="${pick(random, WORDS)}"` : '';
  const size = Math.floor(random() * 5);
  const children = Array.from({ length: size }, () => writeTree(random, depth - 1));
  return `<${name}${attributes}>${children.join(pick(random, ['', ' ', '\n']))}</${name}>`;
}

/** @param {Random} random */
function writeWords(random) {
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, WORDS)).join(' ');
}

/**
 * One edit as an author makes it, to a tree of its own.
 *
 * @param {Random} random
 * @param {Document} document
 */
export function mutate(random, document) {
  const elements = [...document.body.querySelectorAll('*')];
  const element = elements.length > 0 ? pick(random, elements) : document.body;
  pick(random, [replaceText, setAttribute, remove, insert, move, wrap, shuffle])(random, element);
}

/** @param {Random} random @param {Element} element */
function replaceText(random, element) {
  const texts = [...element.childNodes].filter(({ nodeType }) => nodeType === 3);
  if (texts.length > 0) pick(random, texts).nodeValue = writeWords(random);
}

/** @param {Random} random @param {Element} element */
function setAttribute(random, element) {
  const names = element.getAttributeNames();
  if (names.length > 0 && random() < 0.5) element.removeAttribute(pick(random, names));
  else element.setAttribute(pick(random, ['class', 'id', 'title', 'name']), pick(random, WORDS));
}

/** @param {Random} _ @param {Element} element */
function remove(_, element) {
  if (element.localName !== 'body') element.remove();
}

/** @param {Random} random @param {Element} element */
function insert(random, element) {
  const places = /** @type {const} */ (['beforebegin', 'afterbegin', 'beforeend', 'afterend']);
  const place = element.localName === 'body' ? 'beforeend' : pick(random, places);
  element.insertAdjacentHTML(place, writeTree(random, 2));
}

/** @param {Random} random @param {Element} element */
function move(random, element) {
  const siblings = [...(element.parentElement?.childNodes ?? [])];
  if (element.localName !== 'body') pick(random, siblings).after(element);
}

/** @param {Random} _ @param {Element} element */
function wrap(_, element) {
  if (element.localName === 'body') return;
  const around = element.ownerDocument.createElement('div');
  element.replaceWith(around);
  around.append(element);
}

/** @param {Random} random @param {Element} element */
function shuffle(random, element) {
  const nodes = [...element.childNodes].map((node) => ({ node, place: random() }));
  nodes.sort((one, other) => one.place - other.place);
  element.replaceChildren(...nodes.map(({ node }) => node));
}
