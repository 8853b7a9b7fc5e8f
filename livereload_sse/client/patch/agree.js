/**
 * Does a live node still say what a node of the base says? Evidence, never position.
 *
 * Knows one pair of nodes at a time and what is below them; refuses to know where they stand. A
 * live node holds a base node when it is of the same kind and the base node's children are found
 * in it, in their order: what scripts have put in between does not count against it. Attributes
 * do only where they say who a node is, because scripts and people change the others.
 */

/** @typedef {(element: Element, name: string) => string | null} AttributeOf the author's value */

/**
 * @typedef {object} Agreement
 * @property {(base: Node, live: Node) => boolean} holds
 * @property {(node: Node) => string} kindOf what two nodes must have in common to be one
 * @property {(base: Node, live: Node) => number} countShared how many of the base node's texts,
 *   ids and addresses the live one has too
 * @property {() => boolean} isExhausted the two documents differ too much to be compared to the end
 */

const IDENTITY = ['id', 'name', 'src', 'href', 'for', 'type'];
const TELLING = '[id], [name], [src], [href], [for]';
const BUDGET = 100_000; // comparisons; some tens of milliseconds, and far more than a page needs

/**
 * @param {object} world
 * @param {AttributeOf} world.attributeOf
 * @param {number} [world.budget]
 * @returns {Agreement}
 */
export function createAgreement({ attributeOf, budget = BUDGET }) {
  /** @type {Map<Node, Map<Node, boolean>>} */
  const judged = new Map();
  /** @type {Map<Node, string>} */
  const kinds = new Map();
  /** @type {Map<Node, Set<string>>} */
  const signs = new Map();
  let left = budget;

  /** @type {Agreement['kindOf']} */
  function kindOf(node) {
    const kind = kinds.get(node) ?? describe(node);
    kinds.set(node, kind);
    return kind;
  }

  /** @param {Node} node */
  function describe(node) {
    if (!isElement(node) || !node.hasAttributes()) return node.nodeName;
    const named = IDENTITY.filter((name) => node.hasAttribute(name));
    const identity = named.flatMap((name) => [name, attributeOf(node, name)]);
    return named.length === 0 ? node.nodeName : JSON.stringify([node.nodeName, ...identity]);
  }

  /** @type {Agreement['holds']} */
  function holds(base, live) {
    if (base.nodeName !== live.nodeName) return false;
    const known = judged.get(base)?.get(live);
    if (known !== undefined) return known;
    left -= 1;
    if (left < 0) return false;
    if (!isElement(base)) return base.isEqualNode(live);
    const verdict = kindOf(base) === kindOf(live) && (isOpaque(base) || hasSameInside(base, live));
    if (!judged.has(base)) judged.set(base, new Map());
    judged.get(base)?.set(live, verdict);
    return verdict;
  }

  /** @param {Node} base @param {Node} live */
  function hasSameInside(base, live) {
    return base.isEqualNode(live) || embeds(base, live);
  }

  /**
   * The earliest place is always the best: it leaves most of the live children to the rest.
   *
   * @param {Node} base
   * @param {Node} live
   */
  function embeds(base, live) {
    let next = live.firstChild;
    for (const child of childrenOf(base)) {
      while (next && !holds(child, next)) next = next.nextSibling;
      if (!next) return false;
      next = next.nextSibling;
    }
    return true;
  }

  /** @type {Agreement['countShared']} */
  function countShared(base, live) {
    const others = signsOf(live);
    return [...signsOf(base)].filter((sign) => others.has(sign)).length;
  }

  /** The whole text is a sign as well: highlighters cut it into pieces. */
  function signsOf(/** @type {Node} */ node) {
    const known = signs.get(node);
    if (known) return known;
    const found = new Set(collectSigns(node));
    signs.set(node, found);
    return found;
  }

  return { holds, kindOf, countShared, isExhausted: () => left < 0 };
}

/** @param {Node} node @returns {node is Element} */
export function isElement(node) {
  return node.nodeType === 1;
}

/** @param {Node} node */
export function isBlankText(node) {
  return node.nodeType === 3 && !/\S/.test(node.nodeValue ?? '');
}

/**
 * Declarative shadow roots are templates in a document that was parsed only, and gone in one that
 * is shown.
 *
 * @param {Node} parent
 */
export function childrenOf(parent) {
  return [...parent.childNodes].filter((child) => !isShadowTemplate(child));
}

/** @param {Node} node */
function isShadowTemplate(node) {
  return isElement(node) && node.matches('template[shadowrootmode]');
}

/**
 * Nothing can be said about the inside of these: `<noscript>` is elements where scripts do not run
 * and text where they do; and the author may have left an element's inside to scripts.
 *
 * @param {Node} node
 */
export function isOpaque(node) {
  if (node.nodeName === 'NOSCRIPT') return true;
  return isElement(node) && node.getAttribute('data-sse-reload') === 'replace';
}

/**
 * Does a node say something by which it can be told from others of its name?
 *
 * @param {Node} node
 */
export function isTelling(node) {
  if (!isElement(node)) return !isBlankText(node);
  if (node.matches(TELLING)) return true;
  if (isOpaque(node)) return false;
  return /\S/.test(node.textContent ?? '') || node.querySelector(TELLING) !== null;
}

/** @param {Node} node @returns {string[]} */
function collectSigns(node) {
  const document = /** @type {Document} */ (node.ownerDocument);
  const walker = document.createTreeWalker(node, 1 + 4); // elements and texts
  const found = [node.textContent ?? ''];
  for (let at = /** @type {Node | null} */ (node); at; at = walker.nextNode()) {
    if (!isElement(at)) found.push(at.nodeValue ?? '');
    else for (const name of ['id', 'href', 'src']) found.push(at.getAttribute(name) ?? '');
  }
  return found.map((sign) => sign.trim()).filter(Boolean);
}
