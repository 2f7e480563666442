/** Reads the audit log: page by page from the newest entry on, or all of a span in the order of time. */
import type { S3Client } from '../../clients/s3/s3.ts';
import { isSought, type AuditQuery } from '../../domain/access/audit.ts';
import { findSegments, placeOf, readSegments, type PlacedEntry } from '../../records/access/audit-log.ts';
import type { Unreadable } from '../../records/read-each.ts';
import type { Page } from '../contract.ts';
import { DEFAULT_LIMIT, descending, type PageRequest } from '../http/paging.ts';

type Readable = Pick<S3Client, 'get' | 'list'>;

/** Objects that are read for one page at most: a search for something rare goes on with the next page. */
const MOST_READ = 1_000;

/** A page may have fewer items than its limit and still a cursor, when it has read as much as one page may. */
export async function readAuditPage(s3: Readable, query: AuditQuery & PageRequest): Promise<Page<PlacedEntry>> {
  const { limit = DEFAULT_LIMIT, cursor } = query;
  const items: PlacedEntry[] = [];
  const unreadable: Unreadable[] = [];
  const page = (nextCursor: string | null): Page<PlacedEntry> => ({ items, nextCursor, unreadable });
  let read = 0;
  let reached = '';
  for await (const places of findSegments(s3, { ...query, ...untilOf(query) }, 'newestFirst')) {
    if (read >= MOST_READ) return page(reached);
    read += places.length;
    reached = places.at(-1)?.slot ?? reached; // all entries before it are still to be read
    const found = await readSegments(s3, places);
    unreadable.push(...found.unreadable);
    for (const entry of found.entries.toReversed()) {
      if (!isSought(entry, query) || (cursor !== undefined && !descending(placeOf(entry), cursor))) continue;
      const last = items.at(-1);
      if (items.length === limit && last !== undefined) return page(placeOf(last));
      items.push(entry);
    }
  }
  return page(null);
}

const ISO_LENGTH = new Date(0).toISOString().length;

/** The end of the span: that of the query, or the place that the page before has reached. */
function untilOf({ until, cursor }: AuditQuery & PageRequest): { readonly until?: string } {
  const reached = cursor?.slice(0, ISO_LENGTH);
  const ends = [until, reached].filter((end) => end !== undefined).sort();
  return ends[0] === undefined ? {} : { until: ends[0] };
}

/**
 * Writes a span as JSON lines, in the order of time: each entry, and for an object that cannot be read a line with its key.
 * @param write resolves when the reader may have more, and to false when the reader is gone.
 * @throws SluiceError `StorageUnavailable`.
 */
export async function exportAudit(
  s3: Readable,
  query: AuditQuery,
  write: (lines: string) => Promise<boolean>,
): Promise<void> {
  for await (const places of findSegments(s3, query, 'oldestFirst')) {
    const { entries, unreadable } = await readSegments(s3, places);
    const lines = [
      ...unreadable.map((one) => ({ unreadable: one })),
      ...entries.filter((entry) => isSought(entry, query)),
    ];
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    if (text !== '' && !(await write(text))) return;
  }
}
