/**
 * What a person entered in the fields of the page, kept over a reload.
 *
 * Knows inputs, text areas and selects; refuses to know when. Only fields that said they were
 * changed are kept, with an event: a value that the page's script wrote at the start is the
 * script's, and the next page may have another. Where the author has changed the field's own
 * default, the author's word wins.
 *
 * Passwords, one-time codes, cards and files are never read, nor a field that was a password once:
 * what it holds is shown at the moment, and still a secret.
 */

import { addressOf, findElement } from './address.js';
import { queryAll } from './roots.js';

/** @import {Address} from './address.js' */

/**
 * @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field
 * @typedef {string | boolean | string[]} Value as typed; ticked or not; the options chosen
 * @typedef {object} FieldEntry
 * @property {Address} at
 * @property {Value} value
 * @property {Value} was the default that the author gave it
 *
 * @typedef {object} Fields
 * @property {() => FieldEntry[]} read
 * @property {(entry: FieldEntry) => boolean} restore false when there is no such field yet
 */

/**
 * One way of holding a value.
 *
 * @template {Field} F
 * @typedef {object} Control
 * @property {(field: F) => Value} read
 * @property {(field: F) => Value} readDefault
 * @property {(field: F) => boolean} isChanged
 * @property {(field: F, value: any) => void} write
 */

const FIELDS = 'input, textarea, select';
const NEVER = new Set([
  'password', 'file', 'hidden', 'submit', 'reset', 'button', 'image',
]);
const SECRETS = /(?:^|\s)(?:cc-\S+|current-password|new-password|one-time-code)(?:\s|$)/i;

/** @type {Control<HTMLInputElement | HTMLTextAreaElement>} */
const TYPED = {
  read: ({ value }) => value,
  readDefault: ({ defaultValue }) => defaultValue,
  isChanged: ({ value, defaultValue }) => value !== defaultValue,
  write: (field, value) => writeAs('value', field, value),
};

/** @type {Control<HTMLInputElement>} */
const TICKED = {
  read: ({ checked }) => checked,
  readDefault: (field) => (field.type === 'radio' ? defaultOfGroup(field) : field.defaultChecked),
  isChanged: ({ checked, defaultChecked }) => checked !== defaultChecked,
  write: (field, value) => writeAs('checked', field, value),
};

/** @type {Control<HTMLSelectElement>} */
const CHOSEN = {
  read: ({ selectedOptions }) => valuesOf(selectedOptions),
  readDefault: ({ options }) => valuesOf([...options].filter((option) => option.defaultSelected)),
  isChanged: ({ options }) => [...options].some((one) => one.selected !== one.defaultSelected),
  write: choose,
};

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {Pick<typeof globalThis, 'Event'>} world.window
 * @returns {Fields}
 */
export function createFields({ document, window }) {
  /** @type {WeakSet<EventTarget>} */
  const changed = new WeakSet();
  /** @type {WeakSet<EventTarget>} */
  const typedIn = new WeakSet();
  /** @type {WeakSet<EventTarget>} */
  const secret = new WeakSet(queryAll(document, 'input[type=password i]'));

  /** @param {Event} event */
  function note(event) {
    const [target] = event.composedPath();
    if (/** @type {HTMLInputElement} */ (target).type === 'password') secret.add(target);
    changed.add(target);
    if (event.isTrusted) typedIn.add(target);
  }

  function read() {
    const fields = /** @type {Field[]} */ (queryAll(document, FIELDS));
    return fields.filter(isKept).map(entryOf);
  }

  function isKept(/** @type {Field} */ field) {
    return changed.has(field) && !secret.has(field) && isPublic(field)
      && controlOf(field).isChanged(field);
  }

  /** @type {Fields['restore']} */
  function restore(entry) {
    const field = /** @type {Field | null} */ (findElement(document, entry.at));
    if (field && isPublic(field) && !typedIn.has(field)) fill(field, entry);
    return field !== null;
  }

  /** @param {Field} field @param {FieldEntry} entry */
  function fill(field, { value, was }) {
    const control = controlOf(field);
    if (isSame(control.readDefault(field), was)) {
      control.write(field, value);
      // Not `change` as well: there are forms that send themselves off when they hear it.
      field.dispatchEvent(new window.Event('input', { bubbles: true, composed: true }));
    } else if (isSame(control.read(field), value)) {
      control.write(field, control.readDefault(field)); // a browser has restored it by itself
    }
  }

  document.addEventListener('input', note, { capture: true, passive: true });
  document.addEventListener('change', note, { capture: true, passive: true });
  return { read, restore };
}

/** @param {Field} field @returns {FieldEntry} */
function entryOf(field) {
  const control = controlOf(field);
  return { at: addressOf(field), value: control.read(field), was: control.readDefault(field) };
}

/** @param {Field} field */
function isPublic(field) {
  return !NEVER.has(field.type) && !SECRETS.test(field.getAttribute('autocomplete') ?? '');
}

/** @param {Field} field @returns {Control<any>} */
function controlOf(field) {
  if (field.localName === 'select') return CHOSEN;
  return /^(?:checkbox|radio)$/.test(field.type) ? TICKED : TYPED;
}

/** The default of a radio button is the choice that the author made for its whole group. */
function defaultOfGroup(/** @type {HTMLInputElement} */ radio) {
  const root = /** @type {Document | ShadowRoot} */ (radio.getRootNode());
  const radios = /** @type {NodeListOf<HTMLInputElement>} */ (
    root.querySelectorAll('input[type=radio i]')
  );
  const group = [...radios].filter(({ name, form }) => name === radio.name && form === radio.form);
  return group.filter(({ defaultChecked }) => defaultChecked).map(({ value }) => value);
}

/** @param {Iterable<HTMLOptionElement>} options */
function valuesOf(options) {
  return [...options].map(({ value }) => value);
}

/** @param {HTMLSelectElement} select @param {string[]} values */
function choose(select, values) {
  const options = [...select.options];
  if (select.multiple) for (const one of options) one.selected = values.includes(one.value);
  const option = options.find(({ value }) => value === values[0]);
  if (option && !select.multiple) option.selected = true; // it may be gone by now
}

/**
 * Past a setter on the element itself, which some frameworks put there to know their own writes:
 * they would take what the person wrote for theirs.
 *
 * @param {'value' | 'checked'} name
 * @param {Field} field
 * @param {unknown} value
 */
function writeAs(name, field, value) {
  Reflect.set(Object.getPrototypeOf(field), name, value, field);
}

/** @param {Value} one @param {Value} other */
function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
