/**
 * Text that grows, as paragraphs and blocks of code.
 *
 * Knows two things of Markdown: the empty line, and the line that begins with three backticks. The text
 * may come in any pieces; what may yet become such a line is held back until that is known. It only
 * ever adds to what it has written, and asks the page for nothing.
 */

const PERHAPS_FENCE = /^(`{0,2}$|```)/;

/**
 * @param {HTMLElement} parent where the blocks go
 */
export function makeBlocks(parent) {
  /** @type {Text | null} what grows */
  let text = null;
  let isCode = false;
  let ends = 0; // of lines, which are written once something follows
  /** @type {string | null} the beginning of a line; null once the line is known to be text */
  let held = '';

  const open = () => {
    const block = document.createElement(isCode ? 'pre' : 'p');
    const inner = isCode ? block.appendChild(document.createElement('code')) : block;
    text = inner.appendChild(document.createTextNode(''));
    parent.append(block);
    return text;
  };

  const write = (words) => {
    if (!isCode && ends > 1) text = null;
    const gap = text || isCode ? '\n'.repeat(ends) : '';
    (text ?? open()).appendData(gap + words);
    ends = 0;
  };

  const more = (words) => {
    if (held === null) return write(words);
    held += words;
    if (PERHAPS_FENCE.test(held)) return;
    write(held);
    held = null;
  };

  const endLine = () => {
    if (held?.startsWith('```')) {
      isCode = !isCode;
      text = null;
      ends = 0;
    } else {
      if (held) write(held);
      ends += 1;
    }
    held = '';
  };

  return {
    /** @param {string} words what comes next */
    add(words) {
      words.split('\n').forEach((part, number) => {
        if (number > 0) endLine();
        if (part) more(part);
      });
    },

    /** No more is to come: what was held back is text, if it is no fence. */
    end() {
      if (held && !held.startsWith('```')) write(held);
      held = null;
    },
  };
}
