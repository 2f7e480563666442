/**
 * Deploy windows: the times in which a release may deploy itself, such as `Mon-Fri 09:00-16:00 Europe/Berlin`. Windows use
 * local time: an hour skipped in spring is in no window, an hour repeated in autumn counts twice.
 */
import { pattern } from '../input/field-schemas.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
type Day = (typeof DAYS)[number];

const DAY = `(?:${DAYS.join('|')})`;
const FORM = new RegExp(
  `^(${DAY}(?:-${DAY})?(?:,${DAY}(?:-${DAY})?)*) ([01]\\d|2[0-3]):([0-5]\\d)-(?:([01]\\d|2[0-3]):([0-5]\\d)|24:00)(?: ([A-Za-z0-9_+/-]{1,60}))?$`,
);

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** A window opens within a week, or a week later when the clock skips its beginning. */
const DAYS_AHEAD = 15;

interface Window {
  /** The days on which it begins. */
  readonly days: ReadonlySet<Day>;
  /** Minutes since midnight. */
  readonly from: number;
  /** Minutes since midnight, on the next day unless later than `from`. */
  readonly to: number;
  readonly timeZone: string;
}

/** A window as a deployment file writes it. */
export const DeployWindow = pattern(FORM, 'must be a window such as "Mon-Fri 09:00-16:00 Europe/Berlin"').refine(
  (text) => {
    const timeZone = FORM.exec(text)?.[6];
    return timeZone === undefined || isTimeZone(timeZone);
  },
  'must end with a time zone such as Europe/Berlin, or without one for UTC',
);

/** Tells whether a window is open; otherwise when the next one opens, in ms since 1970 (null when none ever does). */
export type Opening = { readonly isOpen: true } | { readonly isOpen: false; readonly opensAt: number | null };

/** An empty list of windows is open at any time. */
export function openingOf(windows: readonly string[], now: number): Opening {
  const parsed = windows.map(parseWindow);
  if (parsed.length === 0 || parsed.some((window) => isIn(window, now))) return { isOpen: true };
  const openings = parsed.flatMap((window) => nextOpening(window, now) ?? []);
  return { isOpen: false, opensAt: openings.length === 0 ? null : Math.min(...openings) };
}

function parseWindow(text: string): Window {
  const [, days = '', fromHour, fromMinute, toHour = '24', toMinute = '00', timeZone = 'UTC'] = FORM.exec(text) ?? [];
  return {
    days: new Set(days.split(',').flatMap(daysOf)),
    from: Number(fromHour) * 60 + Number(fromMinute),
    to: Number(toHour) * 60 + Number(toMinute),
    timeZone,
  };
}

/** A range such as `Fri-Mon` continues over the end of the week. */
function daysOf(text: string): readonly Day[] {
  const [first, last = first] = text.split('-').map((day) => DAYS.indexOf(day as Day)); // the form allows no other words
  const days: Day[] = [];
  for (let day = first ?? 0; ; day = (day + 1) % DAYS.length) {
    days.push(DAYS[day] ?? 'Mon');
    if (day === last) return days;
  }
}

/** Local time in a time zone. */
interface WallClock {
  readonly day: Day;
  readonly minute: number;
  /** The local date and time as if they were UTC: ms since 1970. */
  readonly asUtc: number;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function wallClock(timeZone: string, at: number): WallClock {
  let clock = clocks.get(timeZone);
  if (!clock) {
    const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    clock = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', weekday: 'short', ...numeric });
    clocks.set(timeZone, clock);
  }
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type as string, value]));
  const number = (part: string): number => Number(parts.get(part));
  const [hour, minute] = [number('hour'), number('minute')];
  return {
    day: DAYS.find((day) => day === parts.get('weekday')) ?? 'Mon',
    minute: hour * 60 + minute,
    asUtc: Date.UTC(number('year'), number('month') - 1, number('day'), hour, minute),
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isIn({ days, from, to, timeZone }: Window, at: number): boolean {
  const { day, minute } = wallClock(timeZone, at);
  if (to > from) return days.has(day) && minute >= from && minute < to;
  const dayBefore = DAYS[(DAYS.indexOf(day) + DAYS.length - 1) % DAYS.length] ?? 'Sun';
  return (days.has(day) && minute >= from) || (days.has(dayBefore) && minute < to);
}

function nextOpening(window: Window, now: number): number | null {
  const today = wallClock(window.timeZone, now);
  const midnight = today.asUtc - today.minute * MINUTE_MS;
  for (let day = 0; day <= DAYS_AHEAD; day += 1) {
    const wanted = midnight + day * DAY_MS + window.from * MINUTE_MS;
    // The offsets of the day before and of the day after: where the clock changes, either may be right, or both.
    const instants = [wanted - DAY_MS, wanted + DAY_MS].map((near) => wanted - offsetAt(window.timeZone, near));
    const opens = instants.sort((a, b) => a - b).find((at) => at > now && isIn(window, at));
    if (opens !== undefined) return firstMinute(window, opens, now);
  }
  return null;
}

const offsetAt = (timeZone: string, at: number): number => {
  const minutes = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  return wallClock(timeZone, minutes).asUtc - minutes;
};

/** A window whose beginning the clock skips opens with the first minute after the skipped hour. */
function firstMinute(window: Window, opens: number, now: number): number {
  let first = opens;
  while (first - MINUTE_MS > now && isIn(window, first - MINUTE_MS)) first -= MINUTE_MS;
  return first;
}
