/**
 * Carries the author's edits over to the live document: all of them in one step, or none.
 *
 * Knows the order of things (prepare, have sheets loaded, write, look once more); refuses to know
 * how edits are found and whom to tell. All that can be known to fail is known before anything is
 * written, and if the result still is not what the author wrote that is said.
 */

import { isBlankText, isElement } from './agree.js';
import { arrange } from './children.js';
import { prepareFields } from './fields.js';
import { prepare } from './prepare.js';
import { createSheets } from './sheets.js';
import { areAsWritten } from './verify.js';

/** @import {AttributeOf} from './agree.js' */
/** @import {Edit} from './diff.js' */
/** @import {Carried} from './patch.js' */
/** @import {ChildrenStep, Plan, Step, TextStep} from './prepare.js' */
/** @import {Refusal} from './refuse.js' */
/** @import {Sheets} from './sheets.js' */

/**
 * @typedef {object} Written
 * @property {(Element | null)[]} elements live ones to be told of
 * @property {number} nodes
 */

const RETURNING = 'a script had worked on what comes back here';
const UNVERIFIED = 'the result could not be verified';

/**
 * @param {object} world
 * @param {Document} world.document the live one
 * @param {AttributeOf} world.attributeOf what the author wrote, where swaps have altered it
 * @param {(from: Element, to: Element) => void} world.adopt a link takes the place of another
 * @param {(node: Node) => boolean} [world.isOwn] our own nodes, beside those that wait
 * @param {typeof globalThis.setTimeout} world.setTimeout
 * @param {typeof globalThis.clearTimeout} world.clearTimeout
 * @returns {(edits: readonly Edit[], base: Document, next: Document) => Promise<Carried | Refusal>}
 */
export function createApply({
  document: live, attributeOf, adopt, isOwn = () => false, setTimeout, clearTimeout,
}) {
  const prepareSheets = createSheets({ document: live, setTimeout, clearTimeout, adopt });
  /** @type {Set<string>} what went although scripts had worked on it */
  const lost = new Set();

  return async (edits, base, next) => {
    const returning = findReturning(edits, lost);
    if (returning) return { reason: RETURNING, node: returning };
    const first = prepare(edits, { base, next, live, attributeOf, isOwn });
    if ('reason' in first) return first;
    const sheets = prepareSheets(first.steps);
    const isOurs = (/** @type {Node} */ node) => isOwn(node) || sheets.isOwn(node);
    await sheets.loading;
    // Scripts and people have gone on meanwhile.
    const plan = sheets.loading
      ? prepare(edits, { base, next, live, attributeOf, isOwn: isOurs })
      : first;
    if ('reason' in plan) {
      sheets.discard();
      return plan;
    }
    const { steps } = plan;
    const children = steps.filter((step) => step.type === 'children');
    children.flatMap(({ outgrown }) => outgrown).forEach((source) => lost.add(source));
    return carryOut(plan, { sheets, attributeOf, isOwn: isOurs });
  };
}

/**
 * Scripts would work again on what comes back, as on a fresh page: an author who undoes a removal.
 *
 * @param {readonly Edit[]} edits
 * @param {ReadonlySet<string>} lost
 * @returns {Node | undefined}
 */
function findReturning(edits, lost) {
  if (lost.size === 0) return undefined;
  const children = edits.flatMap((edit) => (edit.type === 'children' ? edit.children : []));
  const added = children.flatMap((child) => ('added' in child ? [child.added] : []));
  return added.filter(isElement).find(({ outerHTML }) =>
    [...lost].some((source) => outerHTML.includes(source)));
}

/**
 * @param {Plan} plan
 * @param {object} world
 * @param {Sheets} world.sheets
 * @param {AttributeOf} world.attributeOf
 * @param {(node: Node) => boolean} world.isOwn
 * @returns {Carried | Refusal}
 */
function carryOut({ steps, regions }, { sheets, attributeOf, isOwn }) {
  const own = steps.filter((step) => !sheets.replaces(step));
  const settle = prepareFields(findTouched(own));
  const written = own.map((step) => write(step, sheets, isOwn));
  const links = sheets.show(steps);
  settle();
  if (!own.every(isWritten) || !areAsWritten(regions, attributeOf)) {
    return { reason: UNVERIFIED, node: null };
  }
  const elements = [...written.flatMap((one) => one.elements), ...links];
  const nodes = written.reduce((sum, one) => sum + one.nodes, links.length);
  return { changed: inOrder(elements), nodes };
}

/** Once each, as they stand in the document. @param {readonly (Element | null)[]} elements */
function inOrder(elements) {
  const shown = [...new Set(elements)].filter((element) => element?.isConnected ?? false);
  const found = /** @type {Element[]} */ (shown);
  return found.sort((one, other) => (one.compareDocumentPosition(other) & 4 ? -1 : 1));
}

/** @param {readonly Step[]} steps */
function findTouched(steps) {
  return {
    attributes: steps.flatMap((step) =>
      step.type === 'attribute' ? [{ element: step.live, name: step.edit.name }] : []),
    parents: steps.flatMap((step) => {
      if (step.type === 'children') return [step.live];
      return step.type === 'text' && step.live.parentElement ? [step.live.parentElement] : [];
    }),
  };
}

/**
 * @param {Step} step
 * @param {Sheets} sheets
 * @param {(node: Node) => boolean} isOwn
 * @returns {Written}
 */
function write(step, sheets, isOwn) {
  if (step.type === 'text') return writeText(step);
  if (step.type === 'children') return writeChildren(step, sheets, isOwn);
  if (step.type === 'attribute') {
    step.write();
    return { elements: [step.live], nodes: 1 };
  }
  const replacement = step.live.ownerDocument.importNode(step.next, true);
  step.live.replaceWith(replacement);
  return { elements: [replacement], nodes: countNodes(replacement) };
}

/**
 * Only the middle that differs: selections in the rest stay where they are.
 *
 * @param {TextStep} step
 * @returns {Written}
 */
function writeText({ live, edit: { data } }) {
  const shorter = Math.min(data.length, live.length);
  let [start, end] = [0, 0];
  while (start < shorter && data[start] === live.data[start]) start += 1;
  while (end < shorter - start && data.at(-end - 1) === live.data.at(-end - 1)) end += 1;
  live.replaceData(start, live.length - start - end, data.slice(start, data.length - end));
  return { elements: isVisible(live) ? [live.parentElement] : [], nodes: 1 };
}

/**
 * @param {ChildrenStep} step
 * @param {Sheets} sheets
 * @param {(node: Node) => boolean} isOwn
 * @returns {Written}
 */
function writeChildren(step, sheets, isOwn) {
  const { live, removed, slots } = step;
  const removedNodes = removed.map(countNodes);
  const moved = slots.filter((slot) => 'stays' in slot && !slot.stays).length;
  const bring = (/** @type {Node} */ added) =>
    sheets.find(added) ?? live.ownerDocument.importNode(added, true);
  const added = arrange(step, bring, isOwn);
  const hasLostOrMoved = moved > 0 || removed.some(isVisible);
  const come = added.filter(isVisible).map((node) => (isElement(node) ? node : live));
  return {
    elements: hasLostOrMoved ? [...come, live] : come,
    nodes: [...removedNodes, ...added.map(countNodes)].reduce((sum, one) => sum + one, moved),
  };
}

/** @param {Node} node */
function isVisible(node) {
  return isElement(node) || (node.nodeType === 3 && !isBlankText(node));
}

/** @param {Node} node @returns {number} */
function countNodes(node) {
  return [...node.childNodes].reduce((sum, child) => sum + countNodes(child), 1);
}

/** @param {Step} step */
function isWritten(step) {
  if (step.type === 'text') return step.live.data === step.edit.data;
  return step.type !== 'attribute' || step.isWritten();
}
