/**
 * Keeps the end of the page in sight until the person looks elsewhere, and again once they return.
 *
 * Knows scrolling. Refuses to know what grows.
 */

const NEAR = 48; // pixels: a hand that has scrolled to the end is not always exact

/** @param {HTMLElement} button brings the end back */
export function followEnd(button) {
  const page = /** @type {Element} */ (document.scrollingElement);
  let [isActive, isFollowing, isAsked] = [false, false, false];
  let before = 0;

  const isAtEnd = () => page.scrollHeight - page.clientHeight - page.scrollTop < NEAR;

  function show() {
    button.hidden = !isActive || isFollowing;
  }

  function go() {
    isAsked = false;
    if (isFollowing) page.scrollTop = page.scrollHeight;
    before = page.scrollTop;
  }

  document.addEventListener('scroll', () => {
    if (isAtEnd()) isFollowing = isActive;
    // The page may grow and shrink between two of our own moves; only upwards is the person's.
    else if (page.scrollTop < before) isFollowing = false;
    before = page.scrollTop;
    show();
  }, { passive: true });

  button.addEventListener('click', () => {
    isFollowing = true;
    show();
    go();
  });

  return {
    /** Whether things above the end may go away: not where somebody may be reading them. */
    get mayFold() { return isFollowing || !isActive; },
    begin() {
      isActive = isFollowing = true;
      show();
    },
    /** Nothing more grows. Whoever has followed until here is shown `what`, if there is any. */
    end(/** @type {Element | null} */ what = null) {
      if (what && isActive && isFollowing) {
        isFollowing = false;
        what.scrollIntoView({ block: 'start' });
      }
      isActive = false;
      show();
    },
    /** The page has grown: once for all that comes before it is painted. */
    grown() {
      if (!isAsked && isFollowing) requestAnimationFrame(go);
      isAsked = isFollowing;
    },
  };
}
