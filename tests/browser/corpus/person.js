/**
 * A person at a page: types, opens, draws, scrolls, and puts a mark on the window that only a page
 * which was not loaded again can still have.
 *
 * Afterwards `mark.complaints()` says what of that is no longer so. What an edit has removed, or
 * changed itself, is nobody's loss; nor is a place that the window cannot be scrolled to any more.
 */
() => {
  const TYPED = 'typed by a person';
  const mark = { touched: new Set(), patches: 0, complaints };
  const find = (/** @type {string} */ selector) => document.querySelector(selector);

  let field = /** @type {HTMLInputElement | null} */ (find('form input:not([type])'));
  const said = field?.defaultValue;
  if (field) type(field);
  const details = findOpened() ?? find('details:not([open]):has(summary)');
  if (details) open(/** @type {HTMLDetailsElement} */ (details));
  const canvas = find('canvas');
  const drawing = canvas && draw(canvas);
  const box = find('.log');
  if (box) box.scrollTop = 20;
  const film = /** @type {HTMLVideoElement} */ (find('video'));
  if (film) film.currentTime = 1;
  const frame = /** @type {HTMLIFrameElement} */ (find('iframe'));
  if (frame) frame.contentWindow.mark = mark;
  const parts = [...document.querySelectorAll('lamp-part')];
  scrollTo({ top: 300, behavior: 'instant' });
  let [place, isBelow] = [scrollY, true];
  document.addEventListener('sse-reload:patched', notePatch);
  Object.defineProperty(window, 'mark', { value: mark, configurable: true });

  function type(input) {
    input.value = TYPED;
    mark.touched.add(input);
  }

  function open(element) {
    element.open = true;
    mark.touched.add(element);
    sessionStorage.opened = element.querySelector('summary').textContent;
  }

  /** What was open before the page was loaded again is so still; a changed one goes by its state. */
  function findOpened() {
    if (sessionStorage.opened === undefined) return null;
    const all = [...document.querySelectorAll('details:has(summary)')];
    const said = (one) => one.querySelector('summary').textContent === sessionStorage.opened;
    return all.find(said) ?? all.find((one) => one.open) ?? null;
  }

  function draw(surface) {
    surface.getContext('2d').fillRect(5, 5, 50, 20);
    return surface.toDataURL();
  }

  function notePatch({ detail }) {
    mark.patches += 1;
    isBelow = detail.elements.every((one) => one.getBoundingClientRect().top > innerHeight);
  }

  /** What a person would miss now, in words. */
  function complaints() {
    const most = document.documentElement.scrollHeight - innerHeight;
    const isScrolled = Math.abs(scrollY - Math.min(place, most)) <= 2;
    if (field?.defaultValue !== said) giveUp();
    const missed = [
      isHere(field) && field.value !== TYPED && 'typed text',
      isHere(details) && !details.open && 'an opened <details>',
      isHere(canvas) && canvas.toDataURL() !== drawing && 'a drawing',
      isHere(box) && box.scrollHeight > box.clientHeight + 20 && !box.scrollTop && 'a box scrolled',
      isHere(film) && film.currentTime < 1 && 'the place in a film',
      isHere(frame) && frame.contentWindow.mark !== mark && 'a frame as it was',
      parts.some((part) => isHere(part) && part.made !== 1) && 'a component as it was made',
      mark.patches && isBelow && !isScrolled && `the place on the page: ${scrollY}, not ${place}`,
    ];
    [place, isBelow] = [scrollY, true];
    return missed.filter(Boolean);
  }

  /** The author has changed what the field says, and that wins. */
  function giveUp() {
    mark.touched.delete(field);
    field = null;
  }

  function isHere(element) {
    return Boolean(element?.isConnected);
  }
}
