/** Judges which problems a job has, against those of which people were told: which begin, which are over, and which are told again. */
import { attentionReasons } from '../job/list/attention.ts';
import type { JobDigest } from '../job/list/digest.ts';
import type { JobState, healths } from '../lifecycle.ts';
import { problemNames, problems, type Problem } from './events.ts';

/** A job as far as it is known. */
export interface JobFacts {
  readonly name: string;
  readonly state: JobState;
  readonly health: (typeof healths)[number];
  readonly environment: string | null;
  readonly team: string | null;
  readonly cluster: string | null;
  readonly release: string | null;
  /** Whether an operation holds the job: its problems are judged again at the end. */
  readonly isHeld: boolean;
  /** The job in its own words; null while that is not known of the job as it is now. */
  readonly digest: JobDigest | null;
}

export interface Judgement {
  readonly opened: readonly { readonly problem: Problem; readonly since: string }[];
  readonly closed: readonly Problem[];
  /** Problems that are told again. */
  readonly again: readonly Problem[];
  /** When time alone may change the judgement: milliseconds since 1970; null when it cannot. */
  readonly nextAt: number | null;
}

/** When people were told of an open problem last, by problem: milliseconds since 1970. */
type Told = ReadonlyMap<Problem, number>;

export function judgeProblems(job: JobFacts, open: Told, now: number): Judgement {
  const { digest } = job;
  if (job.isHeld || digest === null) return judgeByState(job, open, now);
  const holding = new Map<Problem, string>();
  for (const problem of problemNames) {
    if (attentionReasons[problem].holds(digest, now)) holding.set(problem, sinceOf(problem, digest));
  }
  const isRipe = (problem: Problem, since: string): boolean => now - Date.parse(since) >= problems[problem].afterMs;
  const toldAgainAt = (problem: Problem): number =>
    (open.get(problem) ?? now) + (problems[problem].againMs ?? Infinity);
  const times = [
    ...[...holding].flatMap(([problem, since]) =>
      open.has(problem)
        ? [Math.max(now, toldAgainAt(problem))]
        : isRipe(problem, since)
          ? []
          : [Date.parse(since) + problems[problem].afterMs],
    ),
    ...(digest.hotfix && !holding.has('hotfixExpired') ? [Date.parse(digest.hotfix.expiresAt)] : []),
  ].filter((at) => at > now && Number.isFinite(at));
  return {
    opened: [...holding].flatMap(([problem, since]) =>
      open.has(problem) || !isRipe(problem, since) ? [] : [{ problem, since }],
    ),
    closed: [...open.keys()].filter((problem) => !holding.has(problem)),
    again: [...open.keys()].filter((problem) => holding.has(problem) && toldAgainAt(problem) <= now),
    nextAt: times.length === 0 ? null : Math.min(...times),
  };
}

/** Tells at once of a cluster that does not answer, because an operation may wait for it for hours. */
function judgeByState({ state }: JobFacts, open: Told, now: number): Judgement {
  const isNew = state === 'unreachable' && !open.has('unreachable');
  const opened = isNew ? [{ problem: 'unreachable' as const, since: new Date(now).toISOString() }] : [];
  return { opened, closed: [], again: [], nextAt: null };
}

function sinceOf(problem: Problem, digest: JobDigest): string {
  switch (problem) {
    case 'failed':
    case 'unreachable':
    case 'givenUp':
      return digest.stateSince;
    case 'degraded':
      return digest.healthSince ?? digest.stateSince;
    case 'pendingStop':
      return digest.pendingStopSince ?? digest.stateSince;
    case 'hotfixExpired':
      return digest.hotfix?.expiresAt ?? digest.stateSince;
  }
}
