/** Rules of style sheets, small enough to hold in a test. */

/** @param {Record<string, string>} declarations @returns {any} */
export function createStyle(declarations) {
  const own = new Map(Object.entries(declarations));
  /** @type {string[]} */
  const important = [];
  return {
    own,
    important,
    get cssText() {
      return [...own].map(([name, value]) => `${name}: ${value};`).join(' ');
    },
    *[Symbol.iterator]() {
      for (const [name, value] of own) {
        // As browsers do it: a shorthand that waits for `var()` is listed as empty longhands.
        if (value.includes('var(') && name === 'background')
          yield* ['background-image', 'background-color'];
        else yield name;
      }
    },
    getPropertyValue: (/** @type {string} */ name) => own.get(name) ?? '',
    getPropertyPriority: (/** @type {string} */ name) => (name === 'cursor' ? 'important' : ''),
    setProperty(
      /** @type {string} */ name,
      /** @type {string} */ value,
      /** @type {string} */ priority,
    ) {
      own.set(name, value);
      if (priority === 'important') important.push(name);
    },
  };
}

/** @param {Record<string, string>} declarations @param {any[]} [rules] @returns {any} */
export function createRule(declarations, rules) {
  const style = createStyle(declarations);
  return { style, cssText: `p { ${style.cssText} }`, ...(rules && createParent(...rules)) };
}

/** @param {string} cssText @returns {any} */
export function createFontFace(cssText) {
  return { cssText, style: createStyle({ src: 'not to be written' }) };
}

/** A sheet, or a rule that has rules in it. @param {any[]} rules @returns {any} */
export function createParent(...rules) {
  const cssRules = [...rules];
  return {
    href: null,
    cssText: '@media { … }',
    cssRules,
    insertRule: (/** @type {string} */ text, /** @type {number} */ index) =>
      cssRules.splice(index, 0, createFontFace(text)),
    deleteRule: (/** @type {number} */ index) => cssRules.splice(index, 1),
  };
}
