/** Whether somebody is at the page. An open page asks the API on and on, and that alone must not keep a session from ending. */
import { UNATTENDED_HEADER } from '../../domain/access/unattended.ts';

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

const isAttended = (): boolean => Date.now() - touchedAt < ATTENDED_MS;

/** The header of a request that nobody at the page has caused. */
export const attendance = (): Readonly<Record<string, string>> => (isAttended() ? {} : { [UNATTENDED_HEADER]: 'true' });
