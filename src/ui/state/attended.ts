/** Whether somebody is at the page. An open page asks the API on and on, and that alone must not keep a session from ending. */

/** Outlasts a pause of a reader, and is short against the idle time of a session. */
const ATTENDED_MS = 60_000;
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove', 'visibilitychange'] as const;

/** Somebody has opened the page. */
let touchedAt = Date.now();

/** Listens to whoever touches the page. */
export function watchAttendance(page: EventTarget): void {
  const touched = (): void => void (touchedAt = Date.now());
  for (const touch of TOUCHES) page.addEventListener(touch, touched, { capture: true, passive: true });
}

export const isAttended = (): boolean => Date.now() - touchedAt < ATTENDED_MS;
