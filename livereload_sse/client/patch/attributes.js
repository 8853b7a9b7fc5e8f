/**
 * Carries one changed attribute over to a live element.
 *
 * Knows which attributes scripts and authors share (classes, properties of a style) and which ones
 * belong to the person as well; refuses to know how the element was found. All is decided before
 * anything is written, so that what cannot be merged is refused while the page is still whole.
 */

/** @import {AttributeOf} from './agree.js' */
/** @import {Edit} from './diff.js' */

/**
 * @typedef {Extract<Edit, {type: 'attribute'}>} AttributeEdit
 * @typedef {object} Write
 * @property {() => void} write
 * @property {() => boolean} isWritten afterwards: whether it is as it was to be
 */

/** What a person changes by using the page; the author's word is the last one all the same. */
const OPERATED = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  INPUT: ['value', 'checked'], OPTION: ['selected'], DETAILS: ['open'], DIALOG: ['open'],
});

/**
 * @param {AttributeEdit} edit
 * @param {Element} live
 * @param {AttributeOf} attributeOf
 * @returns {Write | null} null where a script has changed the attribute in a way of its own
 */
export function prepareAttribute(edit, live, attributeOf) {
  const { element, name, attribute } = edit;
  const [before, after] = [element.getAttribute(name), attribute?.value ?? null];
  const now = attributeOf(live, name);
  if (now === before || now === after || OPERATED[live.nodeName]?.includes(name)) {
    return prepareWhole(edit, live);
  }
  if (name === 'class') return prepareClasses(before, after, live);
  return name === 'style' ? prepareStyle(edit, live) : null;
}

/**
 * As a node, because there are names in HTML that `setAttribute` does not take (`@click`).
 *
 * @param {AttributeEdit} edit
 * @param {Element} live
 * @returns {Write}
 */
function prepareWhole({ name, attribute }, live) {
  function write() {
    if (live.nodeName === 'DIALOG' && !attribute && live.matches(':modal')) closeDialog(live);
    if (attribute) live.setAttributeNode(live.ownerDocument.importNode(attribute, true));
    else live.removeAttribute(name);
  }
  return { write, isWritten: () => live.getAttribute(name) === (attribute?.value ?? null) };
}

/** A modal dialog that only loses its attribute would leave the rest of the page inert. */
function closeDialog(/** @type {Element} */ dialog) {
  /** @type {HTMLDialogElement} */ (dialog).close();
}

/**
 * @param {string | null} before
 * @param {string | null} after
 * @param {Element} live
 * @returns {Write}
 */
function prepareClasses(before, after, live) {
  const [old, wanted] = [tokensOf(before), tokensOf(after)];
  const removed = old.filter((name) => !wanted.includes(name));
  const added = wanted.filter((name) => !old.includes(name));
  function write() {
    live.classList.remove(...removed);
    live.classList.add(...added);
  }
  const has = (/** @type {string} */ name) => live.classList.contains(name);
  return { write, isWritten: () => added.every(has) && !removed.some(has) };
}

/** @param {string | null} value */
function tokensOf(value) {
  return (value ?? '').split(/[\t\n\f\r ]+/).filter(Boolean);
}

/**
 * Only what the author has changed, and only where a script has not changed the same.
 *
 * @param {AttributeEdit} edit
 * @param {Element} live
 * @returns {Write | null}
 */
function prepareStyle({ element, attribute }, live) {
  const now = styleOf(live);
  const before = declarationsOf(styleOf(element));
  const after = declarationsOf(attribute?.ownerElement && styleOf(attribute.ownerElement));
  if (!now || !before || !after) return null;
  const changed = [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name));
  const isOurs = changed.every((name) => readDeclaration(now, name) === (before.get(name) ?? ''));
  if (!isOurs) return null;
  return {
    write: () => changed.forEach((name) => writeDeclaration(now, name, after.get(name) ?? '')),
    isWritten: () =>
      changed.every((name) => readDeclaration(now, name) === (after.get(name) ?? '')),
  };
}

/** @param {Element} element @returns {CSSStyleDeclaration | undefined} */
function styleOf(element) {
  return /** @type {HTMLElement} */ (element).style;
}

/**
 * Null where there is a property without a value of its own: it is part of a shorthand with
 * `var()`, and the parts do not show what the whole is.
 *
 * @param {CSSStyleDeclaration | null | undefined} style
 * @returns {Map<string, string> | null}
 */
function declarationsOf(style) {
  const names = Array.from(style ?? []);
  const found = new Map(names.map((name) => [name, style ? readDeclaration(style, name) : '']));
  return [...found.values()].includes('') ? null : found;
}

/** @param {CSSStyleDeclaration} style @param {string} name */
function readDeclaration(style, name) {
  const value = style.getPropertyValue(name);
  return style.getPropertyPriority(name) ? `${value} !important` : value;
}

/** @param {CSSStyleDeclaration} style @param {string} name @param {string} declaration */
function writeDeclaration(style, name, declaration) {
  const value = declaration.replace(/ !important$/, '');
  if (declaration === '') style.removeProperty(name);
  else style.setProperty(name, value, declaration === value ? '' : 'important');
}
