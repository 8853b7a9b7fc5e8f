/** Single elements for the tests of what looks at one or two of them. */

import { parse } from '../dom.js';

/** The first element of a piece of HTML. @param {string} html @returns {Element} */
export function element(html) {
  const template = parse(`<template>${html}</template>`).querySelector('template');
  const first = template?.content.firstElementChild;
  if (!first) throw new Error(`no element in ${html}`);
  return first;
}

/** All that is in a piece of HTML. @param {string} html @returns {Node[]} */
export function nodes(html) {
  return [...element(`<div>${html}</div>`).childNodes];
}
