/**
 * The page's end, kept in view while it grows, unless the person has scrolled away from it.
 *
 * Knows scrolling only. A frame in which text was added is laid out once: here, by going to its end.
 */

const NEAR = 40; // pixels from the end that still count as its end

/**
 * @param {HTMLElement} button brings the person back to the end
 */
export function followEnd(button) {
  const page = document.scrollingElement ?? document.documentElement;
  const [entry] = performance.getEntriesByType('navigation');
  // The browser keeps this word over a reload; it was written below.
  let isFollowing = entry?.type === 'navigate' || history.scrollRestoration === 'manual';
  let last = page.scrollTop;

  const follow = () => {
    isFollowing = true;
    button.hidden = true;
    page.scrollTop = page.scrollHeight;
  };

  addEventListener('scroll', () => {
    const left = page.scrollHeight - page.clientHeight - page.scrollTop;
    if (left < NEAR) {
      isFollowing = true;
      button.hidden = true;
    } else if (page.scrollTop < last) isFollowing = false;
    last = page.scrollTop;
  }, { passive: true });
  addEventListener('pagehide', () => {
    history.scrollRestoration = isFollowing ? 'manual' : 'auto';
  });
  button.addEventListener('click', follow);

  return {
    follow,
    /** Something has been added at the end. */
    grown() {
      if (isFollowing) follow();
      else button.hidden = false;
    },
  };
}
