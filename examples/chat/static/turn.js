/**
 * One question and its answer, as they stand on the page.
 *
 * Knows what it looks like, and that a frame is painted once however many pieces it brings. Refuses to
 * know where the pieces come from.
 */

import { makeBlocks } from './blocks.js';

const NOTES = {
  stopped: 'Stopped.',
  failed: 'The answer broke off here. That was not your fault.',
};

/**
 * @param {HTMLTemplateElement} template
 * @param {string} prompt
 * @param {{ onGrown: () => void, onAgain: () => void }} told
 */
export function makeTurn(template, prompt, { onGrown, onAgain }) {
  const element = /** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild;
  const find = (name) => /** @type {HTMLElement} */ (element.querySelector(name));
  const [answer, note, again] = ['.answer', '.note', '.again'].map(find);
  let blocks = makeBlocks(answer);
  let waiting = '';
  let frame = 0;

  const paint = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    if (!waiting) return;
    blocks.add(waiting);
    waiting = '';
    onGrown();
  };

  find('h2').textContent = prompt;
  again.addEventListener('click', onAgain);

  return {
    element,

    /** @param {string} piece to be painted with the next frame */
    add(piece) {
      waiting += piece;
      frame ||= requestAnimationFrame(paint);
    },

    /** @param {string} text the whole answer so far, instead of what stands here */
    replace(text) {
      answer.replaceChildren();
      blocks = makeBlocks(answer);
      waiting = text;
      paint();
    },

    /** @param {string} state running, waiting, done, stopped or failed; @param {string} [words] about it */
    show(state, words = NOTES[state] ?? '') {
      const isOver = !['running', 'waiting'].includes(state);
      if (isOver) {
        paint();
        blocks.end();
      }
      element.dataset.state = state;
      answer.ariaBusy = String(!isOver);
      note.textContent = words;
      again.hidden = state !== 'failed';
      onGrown();
    },

    /** What a person hears when the answer is there: its first sentence, to know it again by. */
    get opening() {
      return /^.*?[.?!](?=\s|$)/s.exec(answer.firstElementChild?.textContent ?? '')?.[0] ?? '';
    },
  };
}
