/**
 * A page as lines of text, for comparison: what is in it, whatever way it came there.
 *
 * Knows elements, attributes, texts, comments, open shadow roots, the state of fields, and the
 * style sheets in effect. Leaves out our own tag, what this page's scripts make (`made`, each
 * with a selector), and what a person has typed or opened (`mark.touched`).
 * Adjacent texts are one text: nobody can see where one ends.
 *
 * @typedef {{selector: string, inside: boolean, resolved: boolean, state: boolean,
 *   attributes: string[], classes: string[], reason: string}} Made  only a selector: the element
 *   itself is made; `resolved`: of addresses counts where they lead, however they are written;
 *   `state`: what a field says
 *
 * @param {Made[]} made
 * @returns {string[]}
 */
(made) => {
  const OUR_TAG = 'script[data-page][data-id][src*="/__sse-reload/client/"]';
  const FIELDS = 'input, textarea, option';
  /** @type {string[]} */
  const lines = [];
  const touched = /** @type {any} */ (window).mark?.touched ?? new Set();

  const isMade = (/** @type {Element} */ element) =>
    element.matches(OUR_TAG) || rulesOf(element).some((rule) => !isOfPart(rule));

  /** @param {Made} rule */
  function isOfPart({ inside, resolved, state, attributes, classes }) {
    return inside || resolved || state || attributes.length > 0 || classes.length > 0;
  }

  /** @param {Element} element */
  function rulesOf(element) {
    return made.filter(({ selector }) => element.matches(selector));
  }

  /** @param {Attr} attribute @param {Made[]} rules */
  function attributeText({ name, value }, rules) {
    if (rules.some(({ attributes }) => attributes.includes(name))) return '';
    if (/^(href|src)$/.test(name) && rules.some(({ resolved }) => resolved)) {
      return ` ${name}=${new URL(value, document.baseURI)}`;
    }
    const out = new Set(rules.flatMap(({ classes }) => classes));
    if (name !== 'class' || out.size === 0) return ` ${name}=${JSON.stringify(value)}`;
    const rest = value.split(/\s+/).filter((one) => one && !out.has(one)).join(' ');
    return rest ? ` class=${JSON.stringify(rest)}` : '';
  }

  /** @param {Element} element @param {boolean} isTouched then it counts what it said before */
  function stateOf(element, isTouched) {
    if (!element.matches(FIELDS)) return '';
    const { type, value, defaultValue, checked, selected } = /** @type {any} */ (element);
    if (element.localName === 'option') return selected ? ' (selected)' : '';
    const said = JSON.stringify(isTouched ? defaultValue : value);
    return ` (${type} ${said}${checked ? ' checked' : ''})`;
  }

  /** @param {Element} element @param {string} indent */
  function writeElement(element, indent) {
    const rules = rulesOf(element);
    const isTouched = touched.has(element) || rules.some(({ state }) => state);
    const attributes = [...element.attributes]
      .filter(({ name }) => !(isTouched && name === 'open'))
      .map((attribute) => attributeText(attribute, rules)).sort().join('');
    lines.push(`${indent}<${element.nodeName}${attributes}>${stateOf(element, isTouched)}`);
    if (rules.some(({ inside }) => inside)) return;
    const { shadowRoot } = element;
    if (shadowRoot) {
      lines.push(`${indent}  #shadow`);
      writeChildren(shadowRoot, `${indent}    `);
      for (const sheet of shadowRoot.adoptedStyleSheets) writeSheet(sheet, `${indent}    `);
    }
    if (element instanceof HTMLTemplateElement) writeChildren(element.content, `${indent}  `);
    writeChildren(element, `${indent}  `);
  }

  /** @param {Node} parent @param {string} indent */
  function writeChildren(parent, indent) {
    let text = '';
    const writeText = () => {
      if (text) lines.push(indent + JSON.stringify(text));
      text = '';
    };
    for (const child of parent.childNodes) {
      if (child instanceof Text) {
        text += child.data;
      } else if (!(child instanceof Element && isMade(child))) {
        writeText();
        if (child instanceof Element) writeElement(child, indent);
        else lines.push(`${indent}${child.nodeName} ${JSON.stringify(child.nodeValue)}`);
      }
    }
    writeText();
  }

  /** @param {CSSStyleSheet} sheet @param {string} indent */
  function writeSheet(sheet, indent) {
    const { href, media, disabled, ownerNode, cssRules } = sheet;
    if (ownerNode instanceof Element && isMade(ownerNode)) return;
    const rules = [...cssRules].map(({ cssText }) => cssText).join('\n');
    const state = `${media.mediaText} ${disabled ? 'off' : 'on'}`;
    lines.push(`${indent}sheet ${href} ${state} ${hash(rules)}`);
  }

  /** @param {string} text */
  function hash(text) {
    let sum = 0;
    for (const one of text) sum = (sum * 31 + (one.codePointAt(0) ?? 0)) % 2 ** 40;
    return `${text.length} ${sum.toString(36)}`;
  }

  lines.push(`${document.compatMode} ${document.characterSet} ${JSON.stringify(document.title)}`);
  writeChildren(document, '');
  for (const sheet of [...document.styleSheets, ...document.adoptedStyleSheets]) {
    writeSheet(sheet, '');
  }
  return lines;
}
