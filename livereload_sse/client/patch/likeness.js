/**
 * Could one node have become another, and how much of it would be left?
 *
 * Knows two nodes and what is in them; refuses to know where they stand. Whether a node *may* be
 * kept is a matter of right and wrong: some elements do not become what their new attributes say.
 * How alike two nodes are is only a matter of small edits, so it is estimated from the words and
 * addresses in them, and from no more of those than a large section needs to be recognised.
 *
 * Of elements only what no field in a form can hide is read: a field named `attributes`, `children`
 * or `id` takes the place of its form's property of that name.
 */

import { isElement } from './agree.js';

/** @typedef {{markup: Set<string>, content: Set<string>}} Signs */

/**
 * @typedef {object} Likeness
 * @property {(base: Node, next: Node) => number} measure from 0 (nothing in common) to 1
 */

const LONGEST_TEXT = 4_000; // characters
const MOST_ADDRESSES = 20;
const CONTENT_WEIGHT = 0.8; // siblings are alike in their markup; what they say tells them apart
const ADDRESSES = ['src', 'href', 'id', 'name'];
const WITH_ADDRESS = ADDRESSES.map((name) => `[${name}]`).join();

/**
 * Attributes that must be equal for an element to be kept. A field of another name is another
 * field, and what was typed into one does not belong into the other. A frame takes new permissions
 * only when it is made, and a new address in an old frame is one more step for the back button.
 *
 * @type {Record<string, readonly string[]>}
 */
const FIXED = {
  input: ['name', 'type'],
  select: ['name'],
  textarea: ['name'],
  button: ['name', 'type'],
  iframe: [
    'src', 'srcdoc', 'name', 'sandbox', 'allow', 'allowfullscreen', 'referrerpolicy',
    'credentialless', 'csp', 'loading',
  ],
  meta: ['name', 'property', 'itemprop', 'http-equiv'],
  link: ['rel'],
};

/**
 * @param {Node} base
 * @param {Node} next
 */
export function canBecome(base, next) {
  if (!isElement(base) || !isElement(next)) return base.nodeType === next.nodeType;
  if (base.localName !== next.localName || base.namespaceURI !== next.namespaceURI) return false;
  const fixed = ['is', ...(FIXED[base.localName] ?? [])];
  return fixed.every((name) => base.getAttribute(name) === next.getAttribute(name));
}

/** @returns {Likeness} what it has read of a node it keeps, so it is for one pair of documents */
export function createLikeness() {
  /** @type {Map<Node, Signs>} */
  const known = new Map();

  /** @param {Node} node */
  function signsOf(node) {
    const signs = known.get(node) ?? readSigns(node);
    known.set(node, signs);
    return signs;
  }

  /** @type {Likeness['measure']} */
  function measure(base, next) {
    const [one, other] = [signsOf(base), signsOf(next)];
    const markup = share(one.markup, other.markup);
    if (one.content.size === 0 || other.content.size === 0) return markup;
    return CONTENT_WEIGHT * share(one.content, other.content) + (1 - CONTENT_WEIGHT) * markup;
  }

  return { measure };
}

/** @param {Node} node @returns {Signs} */
function readSigns(node) {
  const content = new Set(wordsOf((node.textContent ?? '').slice(0, LONGEST_TEXT)));
  /** @type {Set<string>} */
  const markup = new Set();
  if (!isElement(node)) return { markup, content };
  for (const name of node.getAttributeNames()) {
    for (const word of wordsOf(node.getAttribute(name) ?? '')) markup.add(`${name}=${word}`);
  }
  for (let at = node.firstElementChild; at; at = at.nextElementSibling) markup.add(at.localName);
  for (const address of addressesOf(node)) content.add(address);
  return { markup, content };
}

/** @param {string} text */
function wordsOf(text) {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** @param {Element} element */
function addressesOf(element) {
  const inside = element.firstElementChild ? [...element.querySelectorAll(WITH_ADDRESS)] : [];
  return [element, ...inside.slice(0, MOST_ADDRESSES)].flatMap((one) =>
    ADDRESSES.flatMap((name) => one.getAttribute(name) ?? []));
}

/** @param {ReadonlySet<string>} one @param {ReadonlySet<string>} other */
function share(one, other) {
  const [small, large] = one.size < other.size ? [one, other] : [other, one];
  if (large.size === 0) return 1;
  let shared = 0;
  for (const word of small) if (large.has(word)) shared += 1;
  return (2 * shared) / (one.size + other.size);
}
