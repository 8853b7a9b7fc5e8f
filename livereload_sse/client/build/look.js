/**
 * The colours that the overlay and the sign for builds share, and how their elements are made.
 *
 * Knows the palette in light and dark; refuses to know what is shown. Text goes in as text only.
 */

export const PALETTE = `
:host {
  --paper: #fcfbf9; --ink: #21201c; --soft: #6a675e; --line: #d8d4c9; --wash: #f3f1eb;
  --live: #17735a; --wrong: #b3261e; --warn: #9a5b00; --mark: #fbe9e7;
  --c0: #21201c; --c1: #b3261e; --c2: #18732f; --c3: #8a5a00; --c4: #1f5fbf; --c5: #8e3fa8;
  --c6: #0b7285; --c7: #6a675e; --c8: #6a675e; --c9: #b92f27; --c10: #18732f; --c11: #8a5a00;
  --c12: #2261c2; --c13: #9c4ab8; --c14: #0b7285; --c15: #21201c;
}
@media (prefers-color-scheme: dark) {
  :host {
    --paper: #1c1b19; --ink: #ebe9e2; --soft: #a09c91; --line: #45433d; --wash: #272623;
    --live: #5cc9a7; --wrong: #ff8a7a; --warn: #f0a33b; --mark: #43211d;
    --c0: #938f84; --c1: #ff8a7a; --c2: #7bd88f; --c3: #e8c268; --c4: #86b7ff; --c5: #e2a1f5;
    --c6: #6fd3e3; --c7: #d8d4c9; --c8: #a09c91; --c9: #ffa294; --c10: #93e6a5; --c11: #f2d58b;
    --c12: #a3c8ff; --c13: #ecbcfa; --c14: #94e2ee; --c15: #ffffff;
  }
}
`;

/**
 * @param {Document} document
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {string} [text]
 * @returns {HTMLElement}
 */
export function element(document, name, attributes = {}, text = '') {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}
