/**
 * What the watch of the releases writes down with each heartbeat: for which releases everything is decided, so that
 * whoever goes on after it does not ask every job again. Without notes all is asked anew, which does no harm.
 */
import { z } from 'zod';
import type { NewestRelease } from './auto-deploy.ts';

/** What was published so shortly before the line may appear in the catalogue later than what was published after it. */
const MARGIN_MS = 60_000;
/** Most of those above the line; the others are asked again. */
const MOST_DECIDED = 200;

const Written = z.strictObject({
  version: z.literal(1),
  /** Every release that was published before this is decided: ms since 1970. */
  line: z.number(),
  /** Of those published later: the release by which its job is decided, by job. */
  decided: z.record(z.string(), z.string()),
});
export type WrittenReleaseNotes = z.infer<typeof Written>;

/** Null for anything else, such as the notes of a release to come. */
export function readReleaseNotes(written: unknown): WrittenReleaseNotes | null {
  const parsed = Written.safeParse(written);
  return parsed.success ? parsed.data : null;
}

/** The newest releases of all jobs, and whether nothing more is to be done for them. */
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

/** Whether the notes say that nothing more is to be done. */
export const isNoted = (notes: WrittenReleaseNotes, job: string, { name, publishedAt }: NewestRelease): boolean =>
  publishedAt < notes.line || notes.decided[job] === name;
