/**
 * Notes: the record that the watch of the releases keeps in its heartbeats. They say which releases are decided, so that
 * its successor asks only about the others. A watch without notes asks about all again, which does no harm.
 */
import { z } from 'zod';
import { readTolerantly } from '../compatibility/tolerant.ts';
import { projectOf } from '../identity/ownership.ts';
import type { NewestRelease } from './auto-deploy.ts';

/** Releases published so shortly before the line may still appear in the catalogue, later than newer ones. */
const MARGIN_MS = 60_000;
/** The limit of releases above the line; the watch asks about the others again. */
const MOST_DECIDED = 200;

export const ReleaseNotesSchema = z.strictObject({
  version: z.literal(1),
  /** Every release that was published before this time is decided: ms since 1970. */
  line: z.number(),
  /** The decided releases that were published later, by job and project; notes of older workers have them by job. */
  decided: z.record(z.string(), z.string()),
});
export type WrittenReleaseNotes = z.infer<typeof ReleaseNotesSchema>;

/** The inverse of `writeReleaseNotes`; null for other data, such as notes that a newer Sluice says would be misread. */
export function readReleaseNotes(written: unknown): WrittenReleaseNotes | null {
  const read = readTolerantly(ReleaseNotesSchema, written);
  return read.ok ? read.value : null;
}

/** A release that the watch looks at for a job. */
export interface Watched {
  readonly job: string;
  readonly release: NewestRelease;
}

/** The key of a release in the notes. Neither names of jobs nor names of projects have a slash. */
export const noteKeyOf = ({ job, release }: Watched): string => `${job}/${projectOf(release.name)}`;

/** Notes which of the newest releases of all jobs and projects are decided. */
export function writeReleaseNotes(all: readonly (Watched & { readonly isDecided: boolean })[]): WrittenReleaseNotes {
  const times = (ones: typeof all): number[] => ones.map(({ release }) => release.publishedAt);
  const oldestOpen = times(all.filter(({ isDecided }) => !isDecided)).reduce((a, b) => Math.min(a, b), Infinity);
  const last = times(all).reduce((a, b) => Math.max(a, b), 0);
  const line = Math.max(0, Math.min(oldestOpen, last) - MARGIN_MS);
  const above = all
    .filter(({ release, isDecided }) => isDecided && release.file.autoDeploy === true && release.publishedAt >= line)
    .sort((a, b) => b.release.publishedAt - a.release.publishedAt)
    .slice(0, MOST_DECIDED);
  return { version: 1, line, decided: Object.fromEntries(above.map((one) => [noteKeyOf(one), one.release.name])) };
}

/** Tells whether the notes say that a release is decided. */
export const isNoted = (notes: WrittenReleaseNotes, { job, release }: Watched): boolean =>
  release.publishedAt < notes.line || notes.decided[noteKeyOf({ job, release })] === release.name;
