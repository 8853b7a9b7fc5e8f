/**
 * The tab's own sign, its title and icon, for who has it somewhere in the background.
 *
 * Knows a verdict; refuses to know the page. A shape goes with each colour.
 */

/** @import {Verdict} from './verdict.js' */

const COLOURS = Object.freeze({
  passed: '#1a7f64', failed: '#c2352b', running: '#b7791f', stopped: '#7a766c', idle: '#7a766c',
});
const SHAPES = Object.freeze({
  passed: 'M9.5 16.8 14 21.2 22.7 11.3',
  failed: 'M11 11 21 21M21 11 11 21',
  running: 'M16 9.5V16l4.2 3',
  stopped: 'M10.5 16h11',
  idle: 'M10.5 16h11',
});
const WORDS = Object.freeze({ passed: '✓', failed: '✗', running: '…', stopped: '–', idle: '–' });

/**
 * @param {Document} document
 * @returns {(verdict: Verdict, project: string) => void}
 */
export function createSign(document) {
  let shown = '';
  return (verdict, project) => {
    const title = `${WORDS[verdict.kind]} ${verdict.title} · ${project}`;
    if (document.title !== title) document.title = title;
    const address = drawIcon(verdict);
    if (address === shown) return;
    shown = address;
    // An icon whose address is only changed is not fetched again by every browser.
    const link = document.createElement('link');
    link.rel = 'icon';
    link.href = address;
    document.querySelector('link[rel=icon]')?.remove();
    document.head.append(link);
  };
}

/** While it runs, it tells already that something has failed. @param {Verdict} verdict */
function drawIcon({ kind, failed }) {
  const colour = kind === 'running' && failed > 0 ? COLOURS.failed : COLOURS[kind];
  const image = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    + `<circle cx="16" cy="16" r="15" fill="${colour}"/><path d="${SHAPES[kind]}" fill="none"`
    + ' stroke="#fff" stroke-width="3.4" stroke-linecap="round" stroke-linejoin="round"/></svg>';
  return `data:image/svg+xml,${encodeURIComponent(image)}`;
}
