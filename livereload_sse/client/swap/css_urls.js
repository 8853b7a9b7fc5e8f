/**
 * The addresses in a piece of CSS, each rewritten where it stands. Pure.
 *
 * Knows comments, strings, escapes, `url()` and the strings of `image-set()`; refuses to know
 * properties. It reads what a browser has serialised, which is well formed, and custom properties,
 * which are the author's own spelling.
 */

const NAME = String.raw`(?:[-\w]|[^\x00-\x7F]|\\[^\n])`;
const TOKENS = new RegExp(
  [
    String.raw`\/\*[^]*?(?:\*\/|$)`,
    String.raw`(?<string>"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*')`,
    String.raw`url\(\s*(?<bare>(?:\\[^\n]|[^"'()\\\s])+)\s*\)`,
    String.raw`(?<opening>${NAME}*)\(`,
    `${NAME}+`, // taken whole, which is quicker: it is no function's
    String.raw`(?<closing>\))`,
  ].join('|'),
  'gi',
);
const ESCAPE = /\\(?:([0-9a-f]{1,6})(?:\r\n|\s)?|(\r\n|[^]))/gi;

/** The functions whose strings are addresses; `type("image/png")` stands inside one of them. */
const TAKE_ADDRESSES = new Set(['url', 'src', 'image-set', '-webkit-image-set']);

/**
 * @param {string} text
 * @param {(address: string) => string} rewrite gives back what it was given where nothing is to do
 * @returns {string}
 */
export function rewriteUrls(text, rewrite) {
  /** @type {string[]} */
  const open = [];
  return text.replace(TOKENS, (token, ...rest) => {
    const { string, bare, opening, closing } = rest.at(-1);
    if (bare !== undefined) return rewriteToken(token, bare, rewrite, (value) => `url(${value})`);
    if (opening !== undefined) open.push(opening.toLowerCase());
    else if (closing !== undefined) open.pop();
    else if (string !== undefined && TAKE_ADDRESSES.has(open.at(-1) ?? ''))
      return rewriteToken(token, string.slice(1, -1), rewrite, (value) => value);
    return token;
  });
}

/** Whether there may be an address in it: a quick look before a slow one. */
export function mayHoldUrls(/** @type {string} */ text) {
  return /url\(|image-set\(/i.test(text);
}

/**
 * @param {string} token
 * @param {string} spelling
 * @param {(address: string) => string} rewrite
 * @param {(quoted: string) => string} wrap
 */
function rewriteToken(token, spelling, rewrite, wrap) {
  const address = unescape(spelling);
  const rewritten = rewrite(address);
  return rewritten === address ? token : wrap(quote(rewritten));
}

/** @param {string} spelling */
function unescape(spelling) {
  return spelling.replace(ESCAPE, (_, hex, other) => {
    if (hex === undefined) return /[\r\n\f]/.test(other) ? '' : other; // a line that goes on
    const code = Number.parseInt(hex, 16);
    return code === 0 || code > 0x10ffff ? '\uFFFD' : String.fromCodePoint(code);
  });
}

/** @param {string} address */
function quote(address) {
  const escaped = address.replace(/["\\]/g, '\\$&');
  return `"${escaped.replace(/[\n\r\f]/g, (end) => `\\${end.charCodeAt(0).toString(16)} `)}"`;
}
