/**
 * The line of a source at which one of its elements begins.
 *
 * Knows how start tags look in HTML and where what looks like one is none: in comments, in raw
 * text, in quotes, in templates. Refuses to guess: parsers add elements, drop and double them, so a
 * line is only said if the source has exactly as many start tags of that name as the document has
 * elements.
 */

import { isElement } from './agree.js';

const RAW = new Set([
  'iframe', 'noembed', 'noframes', 'script', 'style', 'textarea', 'title', 'xmp',
]);
const FOREIGN = new Set(['svg', 'math']);
const STEPS = { start: 1, end: -1, empty: 0 };

const COMMENT = /<!--(?:-?>|[^]*?(?:--!?>|$))/y;
const OTHER = /<(?:[!?]|\/[^a-z])[^>]*>?/iy; // doctypes, and what a parser takes for a comment
const CUT_OFF = /<\/?[a-z][^]*/iy;
const OPENING = /<(\/?)([a-z][^\s/>]*)/iy;
const ATTRIBUTE = /[\s/]*[^\s/>][^\s/>=]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?/y;
const CLOSING = /[\s/]*>/y;

/** @typedef {{name: string, start: number, end: number, kind: 'start' | 'end' | 'empty'}} Tag */

/**
 * @param {string} source
 * @param {Document} document parsed from it
 * @param {Node} node of that document
 * @returns {number | null} counted from 1; of text, the line of the element around it
 */
export function findLine(source, document, node) {
  const element = isElement(node) ? node : node.parentElement;
  if (!element) return null;
  const name = element.localName.toLowerCase();
  const elements = [...document.querySelectorAll('*')];
  const same = elements.filter(({ localName }) => localName.toLowerCase() === name);
  const starts = findStarts(source, name);
  const start = starts[same.indexOf(element)];
  return start === undefined || starts.length !== same.length ? null : countLines(source, start);
}

/** @param {string} source @param {number} end */
function countLines(source, end) {
  return source.slice(0, end).split(/\r\n?|\n/).length;
}

/**
 * What is in a template is in its content, not in the document.
 *
 * @param {string} source
 * @param {string} wanted
 */
function findStarts(source, wanted) {
  const starts = [];
  let templates = 0;
  for (const { name, kind, start } of readTags(source)) {
    if (name === 'template' && kind === 'end') templates = Math.max(0, templates - 1);
    if (name === wanted && kind !== 'end' && templates === 0) starts.push(start);
    if (name === 'template' && kind !== 'end') templates += 1;
  }
  return starts;
}

/** @param {string} source @returns {Generator<Tag>} */
function* readTags(source) {
  let foreign = 0; // in SVG and MathML `/>` ends an element, and so there may be no raw text
  let at = source.indexOf('<');
  for (; at >= 0; at = source.indexOf('<', at)) {
    const tag = readTag(source, at);
    at = tag?.end ?? skip(source, at);
    if (tag === null) continue;
    yield tag;
    if (FOREIGN.has(tag.name)) foreign += STEPS[tag.kind];
    const isOpen = tag.kind === 'start' || (tag.kind === 'empty' && foreign <= 0);
    if (isOpen && RAW.has(tag.name)) at = findRawEnd(source, at, tag.name);
  }
}

/**
 * A tag that is cut off by the end is none, and neither is anything in it.
 *
 * @param {string} source
 * @param {number} start
 * @returns {Tag | null}
 */
function readTag(source, start) {
  const opening = match(OPENING, source, start);
  if (!opening) return null;
  let end = start + opening[0].length;
  for (let found; (found = match(ATTRIBUTE, source, end)); ) end += found[0].length;
  const closing = match(CLOSING, source, end);
  if (!closing) return null;
  const kind = opening[1] ? 'end' : closing[0].endsWith('/>') ? 'empty' : 'start';
  return { name: opening[2].toLowerCase(), start, end: end + closing[0].length, kind };
}

/** Past a comment, or past what is not a tag at all. @param {string} source @param {number} at */
function skip(source, at) {
  const found = [COMMENT, OTHER, CUT_OFF].map((pattern) => match(pattern, source, at));
  return at + (found.find((one) => one !== null)?.[0].length ?? 1);
}

/** @param {string} source @param {number} from @param {string} name */
function findRawEnd(source, from, name) {
  const end = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
  end.lastIndex = from;
  return end.exec(source)?.index ?? source.length;
}

/** @param {RegExp} pattern a sticky one @param {string} source @param {number} at */
function match(pattern, source, at) {
  pattern.lastIndex = at;
  return pattern.exec(source);
}
