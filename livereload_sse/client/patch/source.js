/**
 * Gets HTML from the server as it was written: of this page as it was, and as it is now.
 *
 * Knows two addresses and the page's encoding; refuses to know what the HTML is for. Bytes are
 * decoded as the browser has decoded the page, because `response.text()` takes all for UTF-8. Where
 * the server is away the promises are rejected, as those of `fetch` are.
 */

/**
 * @typedef {object} Source
 * @property {string} text
 * @property {string} digest of the bytes, as the server names this version
 *
 * @typedef {object} Sources
 * @property {(page: string, digest: string) => Promise<Source | null>} fetchServed
 *   the page as it was served with this digest; null when that is no longer held
 * @property {(page: string) => Promise<Source | null>} fetchCurrent
 *   the page as it is now, once it is whole; null when it cannot be read as this page was
 * @property {(path: string, digest: string) => Promise<string | null>} fetchBefore
 *   the text file that was served last before the version with this digest
 */

/**
 * @param {object} world
 * @param {typeof globalThis.fetch} world.fetch
 * @param {typeof globalThis.TextDecoder} world.TextDecoder
 * @param {string} world.url the endpoint for what was served
 * @param {() => string} world.findEncoding of the document, `document.characterSet`
 * @returns {Sources}
 */
export function createSources({ fetch, TextDecoder, url, findEncoding }) {
  /** @param {string} address @param {RequestInit} [options] */
  async function load(address, options = {}) {
    const response = await fetch(address, { cache: 'no-store', ...options });
    return response.ok ? { response, bytes: new Uint8Array(await response.arrayBuffer()) } : null;
  }

  /** @param {Record<string, string>} query */
  function loadServed(query) {
    return load(`${url}?${new URLSearchParams(query)}`);
  }

  /** @type {Sources['fetchServed']} */
  async function fetchServed(page, digest) {
    const loaded = await loadServed({ page, digest });
    return loaded && { text: new TextDecoder(findEncoding()).decode(loaded.bytes), digest };
  }

  /** @type {Sources['fetchCurrent']} */
  async function fetchCurrent(page) {
    const loaded = await load(page, { headers: { 'Sse-Reload': 'source' } });
    const digest = /^"([0-9a-f]+)"$/.exec(loaded?.response.headers.get('ETag') ?? '')?.[1];
    if (!loaded || !digest) return null; // without a digest no later change could be told from it
    const encoding = findEncoding();
    if (!isReadAs(encoding, loaded)) return null;
    return { text: new TextDecoder(encoding).decode(loaded.bytes), digest };
  }

  /** @type {Sources['fetchBefore']} */
  async function fetchBefore(path, digest) {
    const loaded = await loadServed({ page: path, before: digest });
    return loaded && new TextDecoder().decode(loaded.bytes);
  }

  return { fetchServed, fetchCurrent, fetchBefore };
}

/**
 * Whether a fresh load would decode these bytes as the document was decoded: the server names UTF-8
 * where it is that, and leaves anything else to what the page says of itself.
 *
 * @param {string} encoding
 * @param {{response: Response, bytes: Uint8Array}} loaded
 */
function isReadAs(encoding, { response, bytes }) {
  const saysUtf8 = /;\s*charset=utf-8/i.test(response.headers.get('Content-Type') ?? '');
  return saysUtf8 === (encoding === 'UTF-8') || bytes.every((byte) => byte < 0x80);
}
