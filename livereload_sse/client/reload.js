/**
 * Loads the page again, and sends no form again.
 *
 * Knows the two ways that browsers have; refuses to know why. On the answer to a form Chromium's
 * `location.reload()` sends the form once more and asks nobody: each save would order another book.
 * Its `navigation.reload()` asks for the same address with GET, and is otherwise the same: history
 * and its state, the place in the page, what is taken from the cache. A page that only a form can
 * get answers then as it answers to its bare address.
 */

/**
 * @typedef {object} Navigation
 * @property {() => {committed?: Promise<unknown>, finished?: Promise<unknown>}} reload
 */

/**
 * @param {{location: Pick<Location, 'reload'>, navigation?: Navigation}} window not all browsers
 *   have both
 */
export function reload({ location, navigation }) {
  if (navigation === undefined) return location.reload();
  const { committed, finished } = navigation.reload();
  // They fail where something else is loaded instead: the person's will, or the page's, and no fault.
  committed?.catch(() => {});
  finished?.catch(() => {});
}
