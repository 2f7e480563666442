/** The audit log of the installation in S3: written once, found by time in both directions, and never deleted by Sluice. */
import type { S3Client } from '../../clients/s3/s3.ts';
import { slotOf, type AuditEntry } from '../../domain/access/audit.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import {
  AUDIT_LOG_ROOT,
  auditLogFolder,
  auditLogKey,
  nameOfAuditLogKey,
  type AuditLogName,
} from '../../domain/identity/storage-keys.ts';
import { readEach, type Unreadable } from '../read-each.ts';
import { bodyOf, getRecord } from '../record.ts';

/** Entries of one process and one slot, under a name that nobody else writes. */
export interface NamedSegment {
  readonly name: AuditLogName;
  readonly entries: readonly AuditEntry[];
}

/** Writes a segment once; a second try of the same segment finds it there. */
export async function writeAuditSegment(s3: Pick<S3Client, 'putIfAbsent'>, segment: NamedSegment): Promise<void> {
  const key = auditLogKey(segment.name);
  const body = bodyOf(key, 'auditSegment', { version: 1, entries: [...segment.entries] });
  if ((await s3.putIfAbsent(key, body)) === 'exists')
    throw new SluiceError('Conflict', `${key} has other entries than those of this process`);
}

interface Span {
  /** Inclusive. */
  readonly since?: string | undefined;
  /** Exclusive, but for entries of the same slot. */
  readonly until?: string | undefined;
}

export interface SegmentPlace extends AuditLogName {
  readonly key: string;
}

export type Direction = 'newestFirst' | 'oldestFirst';

/** Groups that are read together: whole slots, so that their entries can be put in order. */
const MOST_IN_GROUP = 32;

/**
 * Finds the segments of a span, group by group. Only the hours that are needed are listed, and folders show which hours have
 * any, so that a page costs the same however long the log is.
 */
export async function* findSegments(
  s3: Pick<S3Client, 'list'>,
  span: Span,
  direction: Direction,
): AsyncGenerator<readonly SegmentPlace[]> {
  for await (const hour of foldersOf(s3, AUDIT_LOG_ROOT, LEVELS, span, direction)) {
    let group: SegmentPlace[] = [];
    for (const place of await placesIn(s3, hour, span, direction)) {
      if (group.length >= MOST_IN_GROUP && group.at(-1)?.slot !== place.slot) {
        yield group;
        group = [];
      }
      group.push(place);
    }
    if (group.length > 0) yield group;
  }
}

/** Year, month, day and hour. */
const LEVELS = 4;
const END_OF_TIME = '9999-12-31T23:59:59.999Z';

async function* foldersOf(
  s3: Pick<S3Client, 'list'>,
  folder: string,
  levels: number,
  span: Span,
  direction: Direction,
): AsyncGenerator<string> {
  if (levels === 0) {
    yield folder;
    return;
  }
  const inner: string[] = [];
  for await (const entry of s3.list(folder, { delimiter: '/' }))
    if (entry.kind === 'prefix' && touches(entry.prefix, span)) inner.push(entry.prefix);
  for (const one of ordered(inner.sort(), direction)) yield* foldersOf(s3, one, levels - 1, span, direction);
}

/** Whether a folder of a year, month, day or hour has times of the span. */
function touches(folder: string, { since = '', until = END_OF_TIME }: Span): boolean {
  const first = since === '' ? '' : auditLogFolder(since);
  const name = folder.slice(0, -1);
  return name >= first.slice(0, name.length) && name <= auditLogFolder(until).slice(0, name.length);
}

async function placesIn(
  s3: Pick<S3Client, 'list'>,
  hour: string,
  { since, until = END_OF_TIME }: Span,
  direction: Direction,
): Promise<readonly SegmentPlace[]> {
  const places: SegmentPlace[] = [];
  const first = since === undefined ? '' : slotOf(since);
  for await (const entry of s3.list(hour)) {
    const name = entry.kind === 'object' ? nameOfAuditLogKey(entry.key) : null;
    if (entry.kind === 'object' && name && name.slot >= first && name.slot <= until)
      places.push({ key: entry.key, ...name });
  }
  return ordered(places, direction);
}

const ordered = <T>(ascending: readonly T[], direction: Direction): readonly T[] =>
  direction === 'oldestFirst' ? ascending : ascending.toReversed();

/** An entry with its name, which is unique in the log. */
export interface PlacedEntry extends AuditEntry {
  readonly id: string;
}

/** The place of an entry in the order of all entries. */
export const placeOf = ({ at, id }: Pick<PlacedEntry, 'at' | 'id'>): string => `${at} ${id}`;

/** Reads segments, each by itself. @returns their entries, oldest first. */
export async function readSegments(
  s3: Pick<S3Client, 'get'>,
  places: readonly SegmentPlace[],
): Promise<{ readonly entries: readonly PlacedEntry[]; readonly unreadable: readonly Unreadable[] }> {
  const { values, unreadable } = await readEach(places, async ({ key, process, number }) => {
    const record = await getRecord(s3, key, 'auditSegment');
    if (!record) return null; // a lifecycle rule has just deleted it
    const named = (index: number) => `${process}-${padded(number)}-${padded(index)}`;
    return record.value.entries.map((entry, index) => ({ id: named(index), ...entry }));
  });
  const entries = values.flat().sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  return { entries, unreadable };
}

const padded = (number: number): string => String(number).padStart(8, '0');
