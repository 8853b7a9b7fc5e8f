/**
 * What a tab does about a message: (message, facts) → actions. Pure.
 *
 * Knows which change matters to which page; refuses to know the document, the network and how an
 * action is carried out. A new way to update in place is a new action type and a row in `effectOf`;
 * `reload` stays the answer for what no finer action covers. An action that turns out impossible
 * (nothing on the page shows that image, a script has changed that paragraph) ends in a reload too,
 * but only the one who tries can know.
 */

/** @import {Change, ChangeMessage, ReloadMessage} from './messages.js' */

/**
 * @typedef {object} Facts what the tab shows at this moment; all paths are canonical
 * @property {string} page the file that was served, from the tag
 * @property {string} digest its content as served; empty where there is no file
 * @property {'page' | 'error' | 'listing' | 'waiting'} kind
 * @property {string} location the address bar; fallbacks and frameworks make it differ from `page`
 * @property {boolean} canPatch the document is still the one that was made from `page`, and may be
 *   changed in place
 * @property {ReadonlySet<string>} styles style sheets that are known to be in use
 * @property {ReadonlySet<string>} resources everything else the page has loaded
 * @property {ReadonlyMap<string, string>} known path → digest the tab has already acted upon
 */

/**
 * @typedef {{type: 'patch-page' | 'swap-styles' | 'swap-images', urls: string[]}} InPlace
 * @typedef {{type: 'reload', reason: string}} Reload
 * @typedef {InPlace | Reload} Action
 */

/** The ways to show a change without a reload, in the order in which they are done and told. */
const IN_PLACE = /** @type {const} */ (['patch-page', 'swap-styles', 'swap-images']);

/**
 * Files that a page shows by naming them, so that naming them anew shows what they are now. A page
 * may also have read one by script, and then nothing on it names the file.
 */
const IMAGE_OR_FONT = /\.(?:apng|avif|bmp|cur|eot|gif|ico|jfif|jpe?g|jxl|otf|png|svg|tt[cf]|webp|woff2?)$/i;

/**
 * Decide; an empty list means that the message does not concern this tab. A reload makes every
 * other action pointless, so it comes alone.
 *
 * @param {ChangeMessage | ReloadMessage} message
 * @param {Facts} facts
 * @returns {Action[]}
 */
export function plan(message, facts) {
  if (message.type === 'reload') return [{ type: 'reload', reason: message.reason }];
  const cause = message.changes.find((change) => effectOf(change, facts) === 'reload');
  if (cause) return [{ type: 'reload', reason: `${cause.url} ${cause.kind}` }];
  return IN_PLACE.map((type) => {
    const changes = message.changes.filter((change) => effectOf(change, facts) === type);
    return { type, urls: changes.map(({ url }) => url) };
  }).filter(({ urls }) => urls.length > 0);
}

/** @param {Change} change @param {Facts} facts @returns {Action['type'] | 'none'} */
function effectOf(change, facts) {
  if (isShown(change, facts)) return 'none';
  if (isOwn(change, facts)) return canPatch(change, facts) ? 'patch-page' : 'reload';
  if (heals(change, facts) || isListed(change, facts)) return 'reload';
  if (facts.styles.has(change.url)) return 'swap-styles';
  if (!facts.resources.has(change.url)) return 'none';
  if (/\.css$/i.test(change.url)) return 'swap-styles'; // a script may have made a sheet from it
  return IMAGE_OR_FONT.test(change.url) ? 'swap-images' : 'reload';
}

/** @param {Change} change @param {Facts} facts */
function canPatch({ kind, url }, facts) {
  return facts.canPatch && facts.kind === 'page' && url === facts.page && kind !== 'deleted';
}

/** The tab has these bytes already. What was acted upon is newer than what the tag says. */
function isShown(/** @type {Change} */ { url, digest }, /** @type {Facts} */ facts) {
  const shown = facts.known.get(url) ?? (url === facts.page ? facts.digest : '');
  return Boolean(digest) && digest === shown;
}

/** @param {Change} change @param {Facts} facts */
function isOwn({ url }, { page, location }) {
  return url === page || url === location;
}

/**
 * An error page waits for its path to become a file or a folder: `/x` is served from `x.html`,
 * `x/index.html`, or as the listing of a folder that now has something in it.
 *
 * @param {Change} change
 * @param {Facts} facts
 */
function heals({ kind, url }, facts) {
  if (facts.kind !== 'error') return false;
  const path = withoutSlash(facts.location);
  return withoutSlash(url) === path || (kind === 'added' && url.startsWith(`${path}/`));
}

/**
 * A listing shows names, sizes and times of its children; deeper down only a coming or going may
 * show, as a folder that appears or vanishes.
 *
 * @param {Change} change
 * @param {Facts} facts
 */
function isListed({ kind, url }, { kind: pageKind, page }) {
  if (pageKind !== 'listing' || !url.startsWith(page)) return false;
  return kind !== 'modified' || !withoutSlash(url.slice(page.length)).includes('/');
}

/** @param {string} path */
function withoutSlash(path) {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
