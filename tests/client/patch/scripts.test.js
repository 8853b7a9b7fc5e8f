import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRun } from '../../../livereload_sse/client/patch/scripts.js';
import { element } from './elements.js';

/** @param {string} attributes */
function is(attributes) {
  return isRun(element(`<script ${attributes}></script>`));
}

test('a script without a type is run', () => {
  assert(is('') && is('type=""') && is('src=a.js') && is('async defer nomodule'));
});

test('every name of the language is run, in any case', () => {
  const names = [
    'text/javascript', 'TEXT/JavaScript', ' text/javascript ', 'application/javascript',
    'application/x-ecmascript', 'text/ecmascript', 'text/javascript1.5', 'text/jscript',
    'text/livescript',
  ];
  for (const name of names) assert(is(`type="${name}"`), name);
});

test('modules and rules for the page are as good as run', () => {
  assert(is('type=module') && is('type=importmap') && is('type=SpeculationRules'));
});

test('blocks of data are not run', () => {
  const names = [
    'application/json', 'application/ld+json', 'text/template', 'text/x-template', 'text/plain',
    'text/javascript; charset=utf-8', 'math/tex', 'text/javascript2', 'modules',
  ];
  for (const name of names) assert(!is(`type="${name}"`), name);
});

test('without a type the old language says what it is', () => {
  assert(is('language=JavaScript') && is('language=""') && is('type="" language=vbscript'));
  assert(!is('language=vbscript'));
});
