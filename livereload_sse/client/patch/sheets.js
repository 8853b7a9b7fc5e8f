/**
 * Has the style sheets that come with a patch loaded before the patch is shown.
 *
 * Knows links that come and links that change; refuses to know the rest of the edits. A new link
 * stands in its place early but for no medium, so that it loads and does nothing; the patch gives
 * it its media in the same step as all the rest. So nobody sees a page that is changed by half.
 */

/** @import {ChildrenStep, Step} from './prepare.js' */

/**
 * @typedef {object} Waiting
 * @property {HTMLLinkElement} link
 * @property {string | null} media what the author wrote
 * @property {Node} [added] the node of the next document that it is made from
 * @property {Element} [replaces] the live link in whose place it comes; where there is neither, it
 *   bridges the time until the link that comes with a larger part of the page has loaded
 *
 * @typedef {object} Sheets
 * @property {Promise<unknown> | null} loading null where there is nothing to wait for
 * @property {(node: Node) => boolean} isOwn one of the links that wait
 * @property {(added: Node) => Node | undefined} find the link that waits for this one's place
 * @property {(step: Step) => boolean} replaces the changed link, so that the step needs no writing
 * @property {(steps: readonly Step[]) => Element[]} show let all take effect; links in new places
 * @property {() => void} discard
 */

const LINKS = 'link[rel~="stylesheet" i][href]:not([href=""], [rel~="alternate" i], [disabled])';
const DECISIVE = ['href', 'rel', 'media', 'type', 'integrity', 'crossorigin', 'referrerpolicy'];
const NOWHERE = 'not all';
const TIMEOUT = 5_000; // milliseconds; a sheet that takes longer must not hold up all the rest

/**
 * @param {object} world
 * @param {Document} world.document
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {(from: Element, to: Element) => void} world.adopt a replacement takes over what is known
 * @param {number} [world.timeout] milliseconds
 * @returns {(steps: readonly Step[]) => Sheets}
 */
export function createSheets({ document, setTimeout, clearTimeout, adopt, timeout = TIMEOUT }) {
  const settle = createSettle({ setTimeout, clearTimeout, timeout });

  return (steps) => {
    const added = steps.flatMap((step) => bringAdded(document, step));
    const waiting = [...added, ...bringChanged(steps)];
    const owned = new Set(waiting.map(({ link }) => /** @type {Node} */ (link)));

    /** @type {Sheets['replaces']} */
    function replaces(step) {
      return step.type === 'attribute' && waiting.some((one) => one.replaces === step.live);
    }

    /** @type {Sheets['show']} */
    function show(current) {
      const covered = new Set(current.filter(replaces).map(({ live }) => live));
      return waiting.flatMap(({ link, media, added: source, replaces: old }) => {
        if (old && !covered.has(old)) return dismiss(link);
        setMedia(link, media);
        if (old) return [takeOver(old, link, adopt)];
        if (!source) Promise.all(findUnloaded(link).map(settle)).then(() => link.remove());
        return [];
      });
    }

    return {
      loading: waiting.length > 0 ? Promise.all(waiting.map(({ link }) => settle(link))) : null,
      isOwn: (node) => owned.has(node),
      find: (node) => waiting.find((one) => one.added === node)?.link,
      replaces,
      show,
      discard: () => waiting.forEach(({ link }) => link.remove()),
    };
  };
}

/**
 * @param {object} world
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @param {number} world.timeout
 * @returns {(link: HTMLLinkElement) => Promise<void>}
 */
function createSettle({ setTimeout, clearTimeout, timeout }) {
  return (link) => new Promise((resolve) => {
    const timer = setTimeout(end, timeout);
    function end() {
      clearTimeout(timer);
      link.removeEventListener('load', end);
      link.removeEventListener('error', end); // a fresh load would be without the sheet, too
      resolve();
    }
    link.addEventListener('load', end);
    link.addEventListener('error', end);
  });
}

/** @param {Document} document @param {Step} step @returns {Waiting[]} */
function bringAdded(document, step) {
  if (step.type === 'replace') return findLinks(step.next).map((link) => bridge(document, link));
  if (step.type !== 'children') return [];
  let tail = step.anchor;
  return step.slots.flatMap((slot, index) => {
    if (!('added' in slot)) return [];
    if (!isSheet(slot.added)) return findLinks(slot.added).map((link) => bridge(document, link));
    const before = findStaying(step, index) ?? findAfter(step, tail);
    const waiting = prepareLink(document.importNode(slot.added));
    step.parent.insertBefore(waiting.link, before);
    if (before === null || !findStaying(step, index)) tail = waiting.link;
    return [{ ...waiting, added: slot.added }];
  });
}

/** @param {ChildrenStep} step @param {number} index @returns {Node | null} */
function findStaying({ slots }, index) {
  const right = slots.slice(index + 1).find((slot) => 'stays' in slot && slot.stays && slot.live);
  return right && 'live' in right ? right.live : null;
}

/** @param {ChildrenStep} step @param {Node | null} tail */
function findAfter({ parent }, tail) {
  return tail ? tail.nextSibling : parent.firstChild;
}

/** @param {Document} document @param {HTMLLinkElement} link @returns {Waiting} */
function bridge(document, link) {
  const waiting = prepareLink(document.importNode(link));
  document.head.append(waiting.link);
  return waiting;
}

/** @param {readonly Step[]} steps @returns {Waiting[]} */
function bringChanged(steps) {
  const changes = steps.filter((step) => step.type === 'attribute');
  const decisive = changes.filter(({ edit }) => DECISIVE.includes(edit.name));
  const elements = new Set(decisive.map(({ live }) => live));
  const links = [...elements].filter(({ nodeName }) => nodeName === 'LINK');
  return links.flatMap((replaces) => {
    const link = /** @type {HTMLLinkElement} */ (replaces.cloneNode());
    for (const { edit } of changes.filter(({ live }) => live === replaces)) {
      const attribute = edit.attribute && link.ownerDocument.importNode(edit.attribute, true);
      if (attribute) link.setAttributeNode(attribute);
      else link.removeAttribute(edit.name);
    }
    if (!isSheet(link)) return [];
    const waiting = prepareLink(link);
    replaces.after(link);
    return [{ ...waiting, replaces }];
  });
}

/** @param {HTMLLinkElement} link @returns {Waiting} */
function prepareLink(link) {
  const media = link.getAttribute('media');
  link.setAttribute('media', NOWHERE);
  return { link, media };
}

/** @param {HTMLLinkElement} link @param {string | null} media */
function setMedia(link, media) {
  if (media === null) link.removeAttribute('media');
  else link.setAttribute('media', media);
}

/**
 * @param {Element} old
 * @param {HTMLLinkElement} link
 * @param {(from: Element, to: Element) => void} adopt
 */
function takeOver(old, link, adopt) {
  const { sheet } = /** @type {HTMLLinkElement} */ (old);
  // A sheet that a script switched off says so on the sheet only, which is not cloned.
  if (sheet?.disabled && link.sheet) link.sheet.disabled = true;
  adopt(old, link);
  old.remove();
  return link;
}

/** @param {HTMLLinkElement} link @returns {Element[]} */
function dismiss(link) {
  link.remove();
  return [];
}

/** @param {HTMLLinkElement} bridge */
function findUnloaded(bridge) {
  const links = findLinks(bridge.ownerDocument);
  return links.filter((link) => link !== bridge && link.href === bridge.href && !link.sheet);
}

/** @param {Node} node @returns {node is HTMLLinkElement} */
function isSheet(node) {
  return node.nodeName === 'LINK' && /** @type {Element} */ (node).matches(LINKS);
}

/** @param {Node} node @returns {HTMLLinkElement[]} */
function findLinks(node) {
  if (!('querySelectorAll' in node)) return [];
  return [.../** @type {ParentNode} */ (node).querySelectorAll(LINKS)].filter(isSheet);
}
