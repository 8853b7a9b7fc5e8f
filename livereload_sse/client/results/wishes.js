/**
 * What a person at the page asks for, and the line that says why they did not get it.
 *
 * Knows what is selected and what of it can be run and opened; refuses to know keys and buttons.
 */

/** @import {Asking, What} from './asking.js' */
/** @import {Place} from './messages.js' */
/** @import {Model} from './model.js' */
/** @import {Selected} from './pane.js' */

const NOTE_DURATION = 6_000; // milliseconds

/**
 * @param {object} world
 * @param {Pick<Window, 'setTimeout' | 'clearTimeout'>} world.window
 * @param {Asking} world.asking
 * @param {Model} world.model
 * @param {() => Selected} world.findSelected
 * @param {HTMLElement} world.note where it is said
 */
export function createWishes({ window, asking, model, findSelected, note }) {
  /** @type {number | undefined} */
  let timer;

  /** @param {What} what */
  async function run(what) {
    if (Array.isArray(what) && what.length === 0) return;
    say(await asking.run(what));
  }

  /** @param {Place} place */
  async function open(place) {
    say(await asking.open(place));
  }

  /** @param {string} text */
  function say(text) {
    window.clearTimeout(timer);
    note.textContent = text;
    if (text) timer = window.setTimeout(() => say(''), NOTE_DURATION);
  }

  /** Without a selection it is the last one that is run again. */
  function runSelected() {
    const selected = findSelected();
    if (selected === null) return run('last');
    if ('test' in selected) return run([selected.test]);
    const tests = [...model.tests.values()].filter(({ file }) => file === selected.file);
    return run(tests.map(({ number }) => number));
  }

  /** Where a test failed, else where it stands. */
  function openSelected() {
    const selected = findSelected();
    if (selected === null) return;
    const test = 'test' in selected ? model.tests.get(selected.test) : undefined;
    const file = model.files[test?.file ?? ('file' in selected ? selected.file : -1)];
    const own = { name: file?.name ?? '', line: test?.line ?? 0, key: file?.key ?? '' };
    const place = test?.place?.key ? test.place : own;
    if (place.key) open(place);
  }

  return { run, open, runSelected, openSelected };
}
