/**
 * Where an element stands, said so that the page after this one can find it again.
 *
 * Knows ids, places among siblings, names of fields and a few words of text; refuses to know what
 * the element is wanted for. The author may have inserted or changed something between the two
 * pages, so a place alone proves nothing: what stands there must be of the same kind, and where its
 * words are not the same the one element that has them is meant.
 *
 * A form answers `form.id` or `form.name` with the field of that name, so attributes are asked for.
 */

/**
 * @typedef {object} Place an element in its tree
 * @property {string} id its own, or that of the nearest ancestor with one; empty for the root
 * @property {[name: string, index: number][]} steps down from there, each among siblings of a name
 * @property {string} kind what it must be
 * @property {string} words what tells it from others of its kind
 *
 * @typedef {Place[]} Address the hosts of the shadow roots it is in, outermost first, then itself
 */

const FIELDS = new Set(['input', 'textarea', 'select', 'button']);
const LABELS = 'label, li, tr, p'; // what surrounds a field with its name
const SHOW_TEXT = 4; // NodeFilter.SHOW_TEXT
const LONGEST = 60;

/**
 * @param {Element} element in a document or an open shadow root
 * @returns {Address}
 */
export function addressOf(element) {
  const root = element.getRootNode();
  const hosts = 'host' in root ? addressOf(/** @type {ShadowRoot} */ (root).host) : [];
  return [...hosts, placeOf(element, /** @type {Document | ShadowRoot} */ (root))];
}

/**
 * @param {Document | ShadowRoot} root
 * @param {Address} address
 * @returns {Element | null}
 */
export function findElement(root, [place, ...inner]) {
  if (inner.length === 0) return findAlike(root, place) ?? findSimilar(root, place);
  const host = findElement(root, [place]);
  return host?.shadowRoot ? findElement(host.shadowRoot, inner) : null;
}

/**
 * The same, but only an element of which there is no doubt.
 *
 * @param {Element} container what it must be in, in the same tree
 * @param {Address} address
 * @returns {Element | null}
 */
export function findWithin(container, address) {
  const root = /** @type {Document | ShadowRoot} */ (container.getRootNode());
  return findAlike(root, /** @type {Place} */ (address.at(-1)), container);
}

/** @param {Element} element @param {Document | ShadowRoot} root @returns {Place} */
function placeOf(element, root) {
  /** @type {Place['steps']} */
  const steps = [];
  let from = /** @type {Element | null} */ (element);
  while (from && !hasOwnId(from, root)) {
    steps.unshift([from.localName, indexOf(from)]);
    from = from.parentElement;
  }
  const id = from?.getAttribute('id') ?? '';
  return { id, steps, kind: kindOf(element), words: wordsOf(element) };
}

/**
 * What stands in this place, if it is the same; or else the only one that has the same words.
 *
 * @param {Document | ShadowRoot} root
 * @param {Place} place
 * @param {Document | ShadowRoot | Element} container
 */
function findAlike(root, place, container = root) {
  const there = follow(root, place);
  const isOwn = place.steps.length === 0;
  if (there && isKind(there, place) && (isOwn || wordsOf(there) === place.words)) return there;
  if (place.words === '') return null;
  const alike = [...container.querySelectorAll('*')].filter(
    (one) => isKind(one, place) && wordsOf(one) === place.words,
  );
  return alike.length === 1 ? alike[0] : null;
}

/**
 * What stands in this place, of the same kind with other words; or the only field of its name.
 *
 * @param {Document | ShadowRoot} root
 * @param {Place} place
 */
function findSimilar(root, place) {
  const there = follow(root, place);
  if (there && isKind(there, place)) return there;
  const named = [...root.querySelectorAll('[name]')].filter((one) => isKind(one, place));
  return named.length === 1 ? named[0] : null;
}

/** @param {Element} element @param {Place} place */
function isKind(element, { kind }) {
  return kindOf(element) === kind;
}

/** @param {Document | ShadowRoot} root @param {Place} place */
function follow(root, { id, steps }) {
  /** @type {Document | ShadowRoot | Element | null} */
  let reached = id === '' ? root : root.getElementById(id);
  for (const [name, index] of steps) {
    if (reached !== null) reached = findChild(reached.firstElementChild, name, index);
  }
  return reached === root ? null : /** @type {Element | null} */ (reached);
}

/** @param {Element | null} first @param {string} name @param {number} index */
function findChild(first, name, index) {
  let left = index;
  for (let child = first; child; child = child.nextElementSibling) {
    if (child.localName === name && left-- === 0) return child;
  }
  return null;
}

/** @param {Element} element @param {Document | ShadowRoot} root */
function hasOwnId(element, root) {
  const id = element.getAttribute('id');
  return Boolean(id) && root.getElementById(/** @type {string} */ (id)) === element;
}

function indexOf(/** @type {Element} */ element) {
  let index = 0;
  for (let other = element.previousElementSibling; other; other = other.previousElementSibling) {
    if (other.localName === element.localName) index += 1;
  }
  return index;
}

/** A box to tick is one of many of the same name, which differ in their value. */
function kindOf(/** @type {Element} */ element) {
  const name = element.localName;
  if (!FIELDS.has(name)) return name;
  const type = element.getAttribute('type')?.toLowerCase() ?? '';
  const value = /^(?:radio|checkbox)$/.test(type) ? element.getAttribute('value') : null;
  const own = element.getAttribute('name') ?? '';
  return [name, type, own, ...(value === null ? [] : [value])].join(' ');
}

function wordsOf(/** @type {Element} */ element) {
  const named = FIELDS.has(element.localName) ? labelOf(element) : element;
  const words = named ? firstWords(named) : '';
  return words || firstAttribute(element, ['aria-label', 'placeholder', 'src', 'class']);
}

function labelOf(/** @type {Element} */ element) {
  const { labels } = /** @type {HTMLInputElement} */ (element);
  return labels?.[0] ?? element.closest(LABELS);
}

/** @param {Element} element @param {string[]} names */
function firstAttribute(element, names) {
  const values = names.map((name) => element.getAttribute(name) ?? '');
  return (values.find((value) => value !== '') ?? '').slice(0, LONGEST);
}

/** Only as far as needed: `textContent` of many nested elements would read a large page often. */
function firstWords(/** @type {Element} */ element) {
  const walker = element.ownerDocument.createTreeWalker(element, SHOW_TEXT);
  let words = '';
  while (words.length < LONGEST && walker.nextNode()) {
    const { data } = /** @type {Text} */ (walker.currentNode);
    words = `${words} ${data.slice(0, 4 * LONGEST).trim().replace(/\s+/g, ' ')}`.trim();
  }
  return words.slice(0, LONGEST);
}
