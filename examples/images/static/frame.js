/**
 * One picture on the table: an element, and what the server says of it.
 *
 * Each event about a picture says all of it, so showing one is the same whichever came before.
 */

import { AWAY } from './order.js';

const LABELS = JSON.parse(document.getElementById('palettes').textContent);
const READING = 6000; // milliseconds
const PLACES = ['', 'Next in line', 'Second in line', 'Third in line'];
const ENDS = ['done', 'failed', 'cancelled', 'gone'];

export const isOver = (image) => ENDS.includes(image.phase);
export const nameOf = (image) => `${LABELS[image.palette]}, ${image.seed}`;

/** Say something to whoever does not see the page. */
export function announce(words) {
  document.getElementById('news').textContent = words;
}

/** What a page says of a phase. */
export function say(image) {
  switch (image.phase) {
    case 'queued': return PLACES[image.position] ?? `Number ${image.position} in line`;
    case 'rendering': return `${image.percent} %`;
    case 'done': return 'Done';
    case 'gone': return 'Not known any more';
    case 'cancelled': return image.percent ? `Stopped at ${image.percent} %` : 'Stopped';
    default: return 'Failed';
  }
}

/** Make an element for a picture. `onorder` has it drawn again; it returns why not, or nothing. */
export function makeFrame(onorder) {
  const root = document.getElementById('frame').content.firstElementChild.cloneNode(true);
  const find = (name) => root.querySelector(name);
  let image = null;
  let heard = 0;
  let complained = -Infinity;
  let wanted = '';

  find('.stop').addEventListener('click', async () => {
    const answer = await fetch(`/images/${image.id}`, { method: 'DELETE' }).catch(() => null);
    if (!answer) complain(`${AWAY} It may go on drawing.`);
  });
  find('.again').addEventListener('click', async () => complain(await onorder(image)));

  /** Over the picture, until something else becomes of it, and long enough to be read. */
  function complain(words) {
    complained = performance.now();
    write('.words', words);
    announce(words);
  }

  function show(next) {
    const isNews = image?.phase !== next.phase;
    if (isNews) announce(`${nameOf(next)}: ${say(next)}`);
    image = next;
    heard = performance.now();
    root.dataset.phase = image.phase;
    find('.window').href = `/images/${image.id}`;
    find('.window').setAttribute('aria-label', `${nameOf(image)}, ${say(image)}`);
    find('.name').textContent = nameOf(image);
    write('.place', image.phase === 'queued' ? String(image.position) : '');
    if (isNews || performance.now() - complained > READING) write('.words', image.phase === 'failed' ? image.why : '');
    find('progress').value = image.percent;
    find('progress').hidden = image.phase !== 'rendering';
    const isLeft = isOver(image) && document.activeElement === find('.stop');
    find('.stop').hidden = isOver(image);
    find('.again').hidden = !['failed', 'cancelled', 'gone'].includes(image.phase);
    find('.download').hidden = !image.picture;
    if (image.picture) find('.download').href = image.picture;
    if (image.picture) find('.download').download = `coast-${image.palette}-${image.seed}.png`;
    if (isLeft) find(image.picture ? '.download' : '.again').focus();
    tick();
    void develop(image.picture ?? image.preview);
  }

  function write(name, words) {
    find(name).textContent = words;
    find(name).hidden = words === '';
  }

  /** The server's seconds at the last event, and ours since then: clocks need not agree. */
  function elapsed() {
    const since = image.phase === 'rendering' ? (performance.now() - heard) / 1000 : 0;
    return image.elapsed + since;
  }

  function tick() {
    const seconds = elapsed() > 0 ? `${elapsed().toFixed(1)} s` : '';
    const words = { rendering: [say(image), seconds], done: [seconds] }[image.phase] ?? [say(image)];
    find('.how').textContent = words.filter(Boolean).join(' · ');
  }

  /** Lay the finer picture over the coarser one, once it is there; never a gap between them. */
  async function develop(address) {
    if (!address || address === wanted) return;
    wanted = address;
    const picture = new Image();
    picture.alt = '';
    picture.src = address;
    const isThere = await picture.decode().then(() => true, () => false);
    if (!isThere || wanted !== address) return; // a finer one is on its way
    const below = [...root.querySelectorAll('img')];
    find('.window').append(picture);
    await Promise.allSettled(picture.getAnimations().map((one) => one.finished));
    for (const one of below) one.remove();
  }

  return { root, show, tick, elapsed, get image() { return image; } };
}
