/**
 * Notes: the record that the watch of the releases keeps in its heartbeats. They say which releases are decided, so that
 * its successor asks only about the others. A watch without notes asks about all again, which does no harm.
 */
import { z } from 'zod';
import { readTolerantly } from '../compatibility/tolerant.ts';
import type { NewestRelease } from './auto-deploy.ts';

/** Releases published so shortly before the line may still appear in the catalogue, later than newer ones. */
const MARGIN_MS = 60_000;
/** The limit of releases above the line; the watch asks about the others again. */
const MOST_DECIDED = 200;

export const ReleaseNotesSchema = z.strictObject({
  version: z.literal(1),
  /** Every release that was published before this time is decided: ms since 1970. */
  line: z.number(),
  /** The decided releases that were published later, by job. */
  decided: z.record(z.string(), z.string()),
});
export type WrittenReleaseNotes = z.infer<typeof ReleaseNotesSchema>;

/** The inverse of `writeReleaseNotes`; null for other data, such as notes that a newer Sluice says would be misread. */
export function readReleaseNotes(written: unknown): WrittenReleaseNotes | null {
  const read = readTolerantly(ReleaseNotesSchema, written);
  return read.ok ? read.value : null;
}

/** Notes which of the newest releases of all jobs are decided. */
export function writeReleaseNotes(
  newest: ReadonlyMap<string, NewestRelease>,
  isDecided: (job: string, release: NewestRelease) => boolean,
): WrittenReleaseNotes {
  const all = [...newest].map(([job, release]) => ({ job, release, decided: isDecided(job, release) }));
  const times = (ones: typeof all): number[] => ones.map(({ release }) => release.publishedAt);
  const oldestOpen = times(all.filter(({ decided }) => !decided)).reduce((a, b) => Math.min(a, b), Infinity);
  const last = times(all).reduce((a, b) => Math.max(a, b), 0);
  const line = Math.max(0, Math.min(oldestOpen, last) - MARGIN_MS);
  const above = all
    .filter(({ release, decided }) => decided && release.file.autoDeploy === true && release.publishedAt >= line)
    .sort((a, b) => b.release.publishedAt - a.release.publishedAt)
    .slice(0, MOST_DECIDED);
  return { version: 1, line, decided: Object.fromEntries(above.map(({ job, release }) => [job, release.name])) };
}

/** Tells whether the notes say that a release is decided. */
export const isNoted = (notes: WrittenReleaseNotes, job: string, { name, publishedAt }: NewestRelease): boolean =>
  publishedAt < notes.line || notes.decided[job] === name;
