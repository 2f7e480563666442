/** Makes the notices of the problems of a job, with their words. */
import { jobStates, type JobState } from '../lifecycle.ts';
import { redact } from '../secrets/redact.ts';
import { clip } from '../values/clip.ts';
import { entryOf, type Problem } from './events.ts';
import { noticeLimits, type Notice } from './notice.ts';
import type { JobFacts } from './problems.ts';

/** A problem that begins, or is told again. `of` names the problem, and `id` this notice of it. */
export function openedNotice(
  job: JobFacts,
  { problem, of, id, at }: { readonly problem: Problem; readonly of: string; readonly id: string; readonly at: string },
  runbook: string | null,
): Notice {
  const { one, severity } = entryOf(problem);
  return {
    ...aboutJob(job),
    id,
    kind: problem,
    status: 'opened',
    problem: of,
    severity,
    at,
    operation: null,
    title: titled(`${job.name} ${one}`),
    text: reasonOf(problem, job),
    runbook,
  };
}

/** The end of a problem, told to whoever was told of its begin. `job` is null where its workflow is closed. */
export function closedNotice(
  { job, of }: { readonly job: JobFacts | null; readonly of: Pick<Notice, 'job' | 'environment' | 'team' | 'cluster'> },
  { problem, id, at }: { readonly problem: Problem; readonly id: string; readonly at: string },
): Notice {
  const about = job ? aboutJob(job) : { ...of, release: null };
  const last = job?.digest?.lastOperation ?? null;
  return {
    ...about,
    id: `${id}/closed`,
    kind: problem,
    status: 'closed',
    problem: id,
    severity: 'info',
    at,
    operation: last?.id ?? null,
    title: titled(`${of.job} ${job === null ? 'has no open workflow any more' : endOf(problem, job.state)}`),
    text: last === null ? null : clip(`Last operation: ${last.kind} ${last.id} of ${last.actor}`, noticeLimits.text),
    runbook: null,
  };
}

const aboutJob = ({ name, environment, team, cluster, release }: JobFacts) => ({
  job: name,
  environment,
  team,
  cluster,
  release,
});

const titled = (title: string): string => clip(title, noticeLimits.title);

function reasonOf(problem: Problem, { digest, cluster }: JobFacts): string | null {
  const reason = ((): string | null => {
    if (digest === null) return null;
    switch (problem) {
      case 'failed':
      case 'unreachable':
      case 'givenUp':
        return digest.stateReason ?? jobStates[digest.state].meaning;
      case 'degraded':
        return `Since ${digest.healthSince ?? 'an unknown time'}${digest.cause === null ? '' : `: ${digest.cause}`}`;
      case 'pendingStop':
        return `The stop was asked for at ${digest.pendingStopSince ?? 'an unknown time'}`;
      case 'hotfixExpired':
        return digest.hotfix === null
          ? null
          : `The hotfix of ${digest.hotfix.actor} expired at ${digest.hotfix.expiresAt}: revert it, or hotfix again to keep it`;
    }
  })();
  // Reasons quote YARN and Flink, and the message leaves the installation.
  if (reason !== null) return clip(redact(reason), noticeLimits.text);
  return cluster === null ? null : `Cluster ${cluster}`;
}

function endOf(problem: Problem, state: JobState): string {
  switch (problem) {
    case 'degraded':
      return state === 'running' ? 'is healthy again' : `is ${state}`;
    case 'pendingStop':
      return `is ${state}: the outcome of its stop is known`;
    case 'givenUp':
      return `is ${state}, and no instance of it is given up any more`;
    case 'hotfixExpired':
      return `is ${state}, and its expired hotfix no longer applies`;
    case 'failed':
    case 'unreachable':
      return state === 'running' ? 'runs again' : `is ${state}`;
  }
}
