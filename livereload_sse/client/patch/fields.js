/**
 * What a person has typed, ticked and chosen, beside what the author has changed.
 *
 * Knows that a form control, once used, no longer follows its attributes and texts; refuses to know
 * how those are carried over. What the author changed shows; what a person did to anything else
 * stays, and a control nobody has used becomes what a fresh load would show.
 */

/**
 * @typedef {object} Touched live nodes that are about to be changed
 * @property {readonly {element: Element, name: string}[]} attributes
 * @property {readonly Element[]} parents of lists of children, and of changed texts
 */

/**
 * To be called before the page is changed.
 *
 * @param {Touched} touched
 * @returns {() => void} to be called right after
 */
export function prepareFields({ attributes, parents }) {
  const fields = [
    ...findAround(parents, 'textarea').map(prepareText),
    ...findAround(parents, 'select').map(prepareChoice),
    ...attributes.map(({ element, name }) => prepareValue(element, name)), // the author's word wins
    ...findMedia(attributes, parents).map(prepareMedia),
  ];
  return () => fields.forEach((settle) => settle());
}

/** @param {Element} element @param {string} name */
function prepareValue(element, name) {
  const field = /** @type {any} */ (element);
  return () => {
    if (element.nodeName === 'INPUT' && name === 'checked') field.checked = field.defaultChecked;
    if (element.nodeName === 'OPTION' && name === 'selected') select(field, field.defaultSelected);
    if (element.nodeName === 'INPUT' && name === 'value' && field.type !== 'file') {
      if (field.value !== field.defaultValue) field.value = field.defaultValue;
    }
  };
}

/** @param {HTMLOptionElement} option @param {boolean} isSelected */
function select(option, isSelected) {
  if (option.selected !== isSelected) option.selected = isSelected;
}

/** The text inside is what the field shows only until somebody types. */
function prepareText(/** @type {Element} */ element) {
  const field = /** @type {HTMLTextAreaElement} */ (element);
  const before = field.defaultValue;
  return () => {
    if (field.defaultValue === before || field.value === field.defaultValue) return;
    const { selectionStart, selectionEnd } = field;
    field.value = field.defaultValue;
    field.setSelectionRange(selectionStart, selectionEnd);
  };
}

/** Options may come and go around the one that was chosen. */
function prepareChoice(/** @type {Element} */ element) {
  const field = /** @type {HTMLSelectElement} */ (element);
  const chosen = isAsWritten(field) ? null : new Set(field.selectedOptions);
  return () => {
    const options = [...field.options];
    if (!chosen || !options.some((option) => chosen.has(option))) return reset(field);
    for (const option of options) select(option, chosen.has(option));
  };
}

/** @param {HTMLSelectElement} field */
function isAsWritten(field) {
  const defaults = defaultsOf(field);
  return [...field.options].every((option) => option.selected === defaults.includes(option));
}

/** @param {HTMLSelectElement} field */
function reset(field) {
  const defaults = defaultsOf(field);
  for (const option of field.options) select(option, defaults.includes(option));
}

/**
 * As the standard chooses: the last one that says so, else the first that can be chosen.
 *
 * @param {HTMLSelectElement} field
 */
function defaultsOf(field) {
  const options = [...field.options];
  const written = options.filter((option) => option.defaultSelected);
  if (field.multiple) return written;
  if (written.length > 0) return written.slice(-1);
  const isOpen = (/** @type {HTMLOptionElement} */ option) => !option.matches(':disabled');
  return field.size > 1 ? [] : options.filter(isOpen).slice(0, 1);
}

/** A player looks at its sources once. */
function prepareMedia(/** @type {Element} */ element) {
  const player = /** @type {HTMLMediaElement} */ (element);
  const describe = () =>
    JSON.stringify([...player.querySelectorAll('source')].map(choiceOf));
  const before = describe();
  return () => {
    if (describe() !== before && !player.hasAttribute('src')) player.load();
  };
}

/**
 * @param {Touched['attributes']} attributes
 * @param {Touched['parents']} parents
 */
function findMedia(attributes, parents) {
  const elements = attributes.map(({ element }) => element);
  const sources = elements.filter(({ nodeName }) => nodeName === 'SOURCE');
  return findAround([...sources, ...parents], 'video, audio');
}

/** @param {readonly Element[]} elements @param {string} selector */
function findAround(elements, selector) {
  const found = elements.map((element) => element.closest(selector));
  return [...new Set(found.filter((element) => element !== null))];
}

/** What a player chooses a source by. @param {Element} source */
function choiceOf(source) {
  return ['src', 'type', 'media'].map((name) => source.getAttribute(name));
}
