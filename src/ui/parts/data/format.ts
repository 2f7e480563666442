/** Times, durations and sizes as people read them. Pure: the zone and the present are arguments. */
import type { Zone } from '../../state/zone.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration in its two largest units: `0.4 s`, `18 s`, `3 min 5 s`, `9 d`. */
export function durationText(ms: number): string {
  if (ms < 10 * SECOND) return `${(Math.max(ms, 0) / SECOND).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return twoUnits(ms, MINUTE, 'min', SECOND, 's');
  if (ms < DAY) return twoUnits(ms, HOUR, 'h', MINUTE, 'min');
  return twoUnits(ms, DAY, 'd', HOUR, 'h');
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** An age: a single unit is enough. */
export function ageText(ms: number): string {
  const [size, name] = ms < MINUTE ? [SECOND, 's'] : ms < HOUR ? [MINUTE, 'min'] : ms < DAY ? [HOUR, 'h'] : [DAY, 'd'];
  return `${Math.max(0, Math.floor(ms / size))} ${name}`;
}

export const agoText = (ms: number): string => (ms < 0 ? `in ${ageText(-ms)}` : `${ageText(ms)} ago`);

const zoneOf = (zone: Zone): { timeZone?: string } => (zone === 'utc' ? { timeZone: 'UTC' } : {});

/** A moment as `2026-11-29 14:02:11`, in the zone that the person has chosen. */
export function momentText(at: string | number, zone: Zone, parts: 'all' | 'time' = 'all'): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  const day = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  // Swedish dates are those of ISO 8601.
  const format = new Intl.DateTimeFormat('sv-SE', { ...zoneOf(zone), ...time, ...(parts === 'all' ? day : {}) });
  return format.format(date);
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${SIZES[power] ?? ''}`;
}

export const countText = (count: number): string => count.toLocaleString('en-US');
