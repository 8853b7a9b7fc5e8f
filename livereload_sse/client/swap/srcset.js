/**
 * The addresses in a `srcset`, each rewritten where it stands. Pure.
 *
 * Knows that an address may hold commas and that a comma at its end is none of it, as the HTML
 * standard parses the attribute; refuses to know what the descriptors mean.
 */

const BETWEEN = /[ \t\n\f\r,]*/y;
const WORD = /[^ \t\n\f\r]+/y;
const DESCRIPTORS = /(?:\([^)]*\)?|[^,(])*/y;

/**
 * @param {string} text
 * @param {(address: string) => string} rewrite gives back what it was given where nothing is to do
 * @returns {string}
 */
export function rewriteSrcset(text, rewrite) {
  let written = '';
  let position = 0;
  const take = (/** @type {RegExp} */ pattern) => {
    pattern.lastIndex = position;
    const [found] = pattern.exec(text) ?? [''];
    position += found.length;
    return found;
  };
  for (;;) {
    written += take(BETWEEN);
    if (position === text.length) return written;
    const word = take(WORD);
    const address = word.replace(/,+$/, '');
    written += rewrite(address) + word.slice(address.length);
    if (address === word) written += take(DESCRIPTORS);
  }
}
