/**
 * The place to which a page was scrolled: a new page begins at its top, and the way back leads to the place of before. The browser
 * does that only for pages that are there at once.
 */

const NOTED_AFTER_MS = 150;
/** The time that a page gets to become as long as it was. */
const PATIENCE_MS = 3_000;

let timer: ReturnType<typeof setTimeout> | undefined;
let wanted = 0;

const placeIn = (state: unknown): number =>
  typeof state === 'object' && state !== null && 'scrollY' in state && typeof state.scrollY === 'number'
    ? state.scrollY
    : 0;

function note(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const state = typeof history.state === 'object' ? (history.state as object | null) : null;
    if (placeIn(state) !== scrollY) history.replaceState({ ...state, scrollY }, '');
  }, NOTED_AFTER_MS);
}

/** Scrolls there as soon as the page is long enough, unless somebody scrolls meanwhile. */
function goBackTo(place: number): void {
  const until = Date.now() + PATIENCE_MS;
  wanted = place;
  const attempt = (): void => {
    if (wanted !== place || Date.now() > until) return;
    if (document.documentElement.scrollHeight - innerHeight >= place) scrollTo(0, place);
    if (Math.abs(scrollY - place) > 1) requestAnimationFrame(attempt);
  };
  attempt();
}

/** Keeps places from now on. */
export function keepScrollPlaces(): void {
  history.scrollRestoration = 'manual';
  addEventListener('scroll', note, { passive: true });
  for (const type of ['wheel', 'touchmove', 'keydown']) addEventListener(type, () => (wanted = -1), { passive: true });
  addEventListener('popstate', ({ state }) => goBackTo(placeIn(state)));
  // wouter tells of every navigation by an event of this name.
  addEventListener('pushState', () => {
    clearTimeout(timer);
    goBackTo(0);
  });
  goBackTo(placeIn(history.state));
}
