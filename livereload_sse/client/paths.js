/**
 * Addresses as the server names files: one canonical path for one file.
 *
 * Knows the rules of clean URLs and of percent-encoding; refuses to know what is on disk. It is the
 * twin of the server's `canonical_url`, and both are held to the same table of cases.
 */

/** What `encodeURIComponent` escapes although a path may hold it bare (RFC 3986, `pchar`). */
const NEEDLESSLY_ESCAPED = /%(?:24|26|2B|2C|3A|3B|3D|40)/g;

/**
 * `/blog/index.html` is `/blog/`, `/about.html` is `/about`; percent-encoding is made uniform.
 *
 * @param {string} pathname as in `location.pathname`
 */
export function canonicalPath(pathname) {
  const path = pathname.split('/').map(canonicalSegment).join('/');
  if (path.endsWith('/index.html')) return path.slice(0, -'index.html'.length);
  return path.replace(/([^/])\.html$/, '$1');
}

/**
 * The canonical path of an address of this origin; `null` for another origin, `data:`, `blob:`…
 *
 * @param {string} address absolute, as `element.src` and performance entries give it
 * @param {string} origin
 */
export function findPath(address, origin) {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const isFile = url.origin === origin && /^https?:$/.test(url.protocol);
  return isFile ? canonicalPath(url.pathname) : null;
}

/**
 * Whether a canonical path may be an HTML page, which keeps itself current when it is in a frame.
 *
 * @param {string} path
 */
export function isPage(path) {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return !name.includes('.') || /\.x?html?$/.test(name);
}

/** @param {string} segment */
function canonicalSegment(segment) {
  try {
    const encoded = encodeURIComponent(decodeURIComponent(segment));
    return encoded.replace(NEEDLESSLY_ESCAPED, decodeURIComponent);
  } catch {
    return segment; // not UTF-8: such a name has no other spelling that we could know
  }
}
