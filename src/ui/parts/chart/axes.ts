/** Ticks and numbers of charts as people read them. Pure: the zone is an argument. */
import type { Zone } from '../../state/zone.ts';
import { bytesText, countText, durationText, momentText } from '../data/format.ts';

export const units = {
  ms: durationText,
  bytes: bytesText,
  count: countText,
} as const satisfies Record<string, (value: number) => string>;
export type Unit = keyof typeof units;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The ticks of a time axis. The date stands below the first tick, and below the first one of each day. */
export function tickTexts(ticks: readonly number[], stepMs: number, zone: Zone): string[] {
  let day = '';
  return ticks.map((tick) => {
    const moment = momentText(tick, zone);
    const [date = '', time = ''] = moment.split(' ');
    const isNewDay = date !== day;
    day = date;
    if (stepMs >= DAY) return date.slice(5);
    const shown = stepMs >= MINUTE ? time.slice(0, 5) : time;
    return isNewDay ? `${shown}\n${date.slice(5)}` : shown;
  });
}

const SECOND = 1_000;
const HOUR = 60 * MINUTE;

/** Steps of an axis of durations, so that ticks are whole seconds, minutes and hours. */
export const durationSteps: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].flatMap((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].flatMap((count) => count * MINUTE),
  ...[1, 2, 6, 12].flatMap((count) => count * HOUR),
  ...[1, 2, 5, 10, 30, 100, 365].flatMap((count) => count * DAY),
];
