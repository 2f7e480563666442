/** Formats values for people. */
import { backInWords, howInWords, interruptedBy } from '../domain/operation/in-words.ts';
import type { OperationRecord } from '../domain/operation/operation.ts';
import type { Output } from './output.ts';

/** `1.2 s`, `14 s`, `3 min 5 s`. */
export function seconds(milliseconds: number): string {
  if (milliseconds < 10_000) return `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s`;
  const whole = Math.round(milliseconds / 1000);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Date and time to the second in UTC, as all messages of Sluice have it: `2026-01-31 12:00:05Z`. */
export function time(iso: string | null): string {
  if (iso === null) return '-';
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : `${at.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** Time since then: `5 s`, `3 min`, `2 h`, `4 d`. */
export function age(iso: string | null, now = Date.now()): string {
  if (iso === null) return '-';
  const passed = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (passed < 60) return `${passed} s`;
  if (passed < 3600) return `${Math.floor(passed / 60)} min`;
  return passed < 86_400 ? `${Math.floor(passed / 3600)} h` : `${Math.floor(passed / 86_400)} d`;
}

export const orDash = (value: string | number | null | undefined): string =>
  value === null || value === undefined ? '-' : String(value);

export const bytes = (size: number): string =>
  size < 1024
    ? `${size} B`
    : size < 1024 ** 2
      ? `${(size / 1024).toFixed(1)} KiB`
      : `${(size / 1024 ** 2).toFixed(1)} MiB`;

/** Time from acceptance to the end, or to now. */
export const took = ({ acceptedAt, endedAt }: Pick<OperationRecord, 'acceptedAt' | 'endedAt'>): string =>
  seconds((endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(acceptedAt));

/** Restore points named in a line; `-o json` has all of them. */
const MOST_NAMED = 3;

/** Says which restore points went; null when none did. */
export function deletedBy({ deleted }: OperationRecord): string | null {
  if (deleted === null) return null;
  const named = deleted.paths?.slice(0, MOST_NAMED) ?? [];
  const more = deleted.points - named.length;
  const which = named.length === 0 ? '' : `: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `deleted ${deleted.points} restore points of ${bytes(deleted.bytes)}${which}`;
}

export function outcomeLine(out: Output, operation: OperationRecord): string {
  const { kind, job, outcome, deployment, savepoint, backTo, handover } = operation;
  const { green, red, yellow } = out.colors;
  const paint = outcome === 'succeeded' ? green : outcome === 'failed' || outcome === 'rolledBack' ? red : yellow;
  const word = outcome === 'rolledBack' ? 'rolled back' : (outcome ?? 'still going');
  const more = [
    deployment === null ? null : `deployment ${deployment}`,
    howInWords(operation),
    backTo ? `back to ${backInWords(backTo)}` : null,
    handover ? `${handover.how} handover` : null,
    savepoint === null ? null : `savepoint ${savepoint}`,
    deletedBy(operation),
    interruptedBy(operation),
  ].filter((part) => part !== null);
  return `${paint(`${kind} of ${job}: ${word}`)} after ${took(operation)}${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
}
