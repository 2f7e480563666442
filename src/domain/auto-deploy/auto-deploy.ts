/**
 * Decides whether a release deploys itself now. The decision is pure, so that a table of cases covers every rule; the
 * watch of the releases acts on it, and people are shown the same decision.
 */
import { z } from 'zod';
import type { DeploymentFile } from '../deployment-file/deployment-file.ts';
import { openingOf } from '../deployment-file/deploy-windows.ts';
import { autoDeployIdOf } from '../identity/ids.ts';
import { projectOf } from '../identity/ownership.ts';
import { keysOf } from '../values/keys-of.ts';
import type { JobView } from '../job/job-memory.ts';
import { jobStates, type RecordedKind } from '../lifecycle.ts';
import type { OperationRecord, RequestOf } from '../operation/operation.ts';
import { clip } from '../values/clip.ts';
import type { Release, ReleaseFile } from '../release/release.ts';
import { knownOperation, type KnownClaim } from './known-operation.ts';

export type AutoDeploy = DeploymentFile['autoDeploy'];

interface ReasonEntry {
  /**
   * `waits`: the watch looks at the release again. `left`: nothing more happens by itself, until a newer release is
   * published.
   */
  readonly answer: 'waits' | 'left';
  /** A sentence for people. */
  readonly meaning: string;
  /** Whether people are notified, because whoever published the release expects it to run. */
  readonly isTold?: true;
}

/** The reasons why a release does not deploy itself, or not yet, in the order in which they are checked. */
export const autoDeployReasons = {
  disabled: { answer: 'left', meaning: 'The deployment file of the newest release does not ask for it.' },
  invalid: { answer: 'left', isTold: true, meaning: 'The deployment file of the newest release cannot be read.' },
  foreign: {
    answer: 'left',
    isTold: true,
    meaning: 'The job belongs to another project, and a release never takes over a job by itself.',
  },
  contested: {
    answer: 'left',
    isTold: true,
    meaning: 'The job belongs to nobody yet, and several projects have a deployment file for it.',
  },
  once: {
    answer: 'left',
    meaning: 'The release was auto-deployed before. A release is auto-deployed at most once, whatever the outcome.',
  },
  taken: {
    answer: 'left',
    isTold: true,
    meaning: 'Another operation has the id with which the release would deploy itself, and an id is used once.',
  },
  runs: { answer: 'left', meaning: 'The release is the one that was deployed last.' },
  chosen: { answer: 'left', meaning: 'Somebody chose what runs after the release was published; that choice stands.' },
  busy: { answer: 'waits', meaning: 'An operation holds the job.' },
  pendingStop: { answer: 'waits', meaning: 'A stop of the job has no known outcome yet.' },
  unreachable: { answer: 'waits', meaning: 'The cluster of the job does not answer.' },
  stopped: { answer: 'left', meaning: 'The job is stopped, and stopped stays stopped.' },
  failed: { answer: 'left', isTold: true, meaning: 'The job is failed, and the file does not say `evenIf: [failed]`.' },
  hotfixed: {
    answer: 'left',
    isTold: true,
    meaning: 'The job has a hotfix, and the file does not say `evenIf: [hotfixed]`.',
  },
  unknown: { answer: 'waits', meaning: 'S3 has records of the job, yet no workflow remembers it: recover it first.' },
  cordoned: { answer: 'waits', meaning: 'The cluster of the job takes no new starts.' },
  window: { answer: 'waits', meaning: 'The time is outside of the deploy windows of the deployment file.' },
} as const satisfies Record<string, ReasonEntry>;
type AutoDeployReason = keyof typeof autoDeployReasons;

/** Tells whether people are notified of a release that is left alone for this reason. */
export const isTold = (reason: AutoDeployReason): boolean => 'isTold' in autoDeployReasons[reason];

/** The auto-deploy decision about a job as people see it. */
export const AutoDeployView = z.object({
  release: z.string().describe('The newest of the project of the job that has a deployment file for it'),
  answer: z
    .enum(['deploys', 'waits', 'left'])
    .describe('deploys: within seconds. waits: it is looked at again. left: it does nothing more by itself'),
  reason: z.enum(keysOf(autoDeployReasons)).nullable(),
  meaning: z.string().nullable().describe('What the reason means'),
  detail: z.string().nullable().describe('The same of this job'),
  until: z.string().nullable().describe('When the next window opens'),
});

export type AutoDeployDecision =
  | { readonly kind: 'deploy' }
  | {
      readonly kind: 'waits' | 'left';
      readonly reason: AutoDeployReason;
      /** The reason applied to this job. */
      readonly detail: string;
      /** When the reason ends, ISO 8601; null when that is unknown. */
      readonly until: string | null;
    };

/** A release in the catalogue. */
export interface PublishedRelease {
  readonly release: Release;
  /** When its release.json appeared in S3 first: ms since 1970, in whole seconds. */
  readonly publishedAt: number;
}

/** The newest release of a project that has a deployment file for a job, whether or not it asks to be deployed. */
export interface NewestRelease {
  readonly name: string;
  readonly publishedAt: number;
  readonly file: ReleaseFile;
}

/** A job as the watch saw it: first its operations, then the job, so that any change in between is noticed. */
export interface SeenJob {
  /** Newest first: the one in progress and those that its workflow remembers. */
  readonly operations: readonly OperationRecord[];
  readonly view: Pick<
    JobView,
    'project' | 'state' | 'stateReason' | 'operation' | 'pendingStop' | 'deployment' | 'hotfix'
  >;
}

interface Question {
  readonly job: string;
  readonly newest: NewestRelease;
  readonly wish: AutoDeploy;
  /** Every project whose releases have a deployment file for the job. */
  readonly projects: readonly string[];
  /** Null when the job has no open workflow. */
  readonly seen: SeenJob | null;
  /** The project to which the job belongs by its fence; null when the fence says none, or nobody had to ask. */
  readonly boundTo: string | null;
  /** Why the cluster on which the job runs or ran last takes no starts; null when it takes them. */
  readonly cordon: string | null;
  /** The claim in S3 with the id of this release's own operation; null when there is none. */
  readonly claim: KnownClaim | null;
  /** Whether S3 has records of starts of the job. */
  readonly wasStarted: boolean;
  /** Whether the catalogue has a release of this name. */
  readonly isPublished: (release: string) => boolean;
  readonly now: number;
}

/** Orders releases by their publication; within a second, the one that was made later is newer. */
const newestReleaseFirst = (a: PublishedRelease, b: PublishedRelease): number =>
  b.publishedAt - a.publishedAt || Date.parse(b.release.createdAt) - Date.parse(a.release.createdAt);

/** The newest release for a job of each project that has one. */
export type NewestByProject = ReadonlyMap<string, NewestRelease>;

/**
 * Finds for each job the newest release of every project that has a deployment file for it. A release competes only with
 * releases of its own project, so that another project cannot push the releases of the owner aside.
 */
export function newestByJob(releases: readonly PublishedRelease[]): ReadonlyMap<string, NewestByProject> {
  const byJob = new Map<string, Map<string, NewestRelease>>();
  for (const { release, publishedAt } of [...releases].sort(newestReleaseFirst)) {
    const { project, version } = release;
    for (const file of release.files) {
      if (file.kind !== 'deployment' || file.job === undefined) continue;
      const newest = byJob.get(file.job) ?? new Map<string, NewestRelease>();
      byJob.set(file.job, newest);
      if (!newest.has(project)) newest.set(project, { name: `${project}/${version}`, publishedAt, file });
    }
  }
  return byJob;
}

/**
 * Tells to which project a job belongs by its own word; null when it says nothing. The view of an older worker has only
 * the deployment.
 */
export const projectOfView = ({ project, deployment }: Pick<JobView, 'project' | 'deployment'>): string | null =>
  project ?? (deployment && projectOf(deployment.release));

export function decideAutoDeploy(question: Question): AutoDeployDecision {
  const { job, newest, wish, seen, claim, now } = question;
  if (!wish.enabled) return refused('disabled', `${newest.file.name} of ${newest.name}: autoDeploy is not enabled`);
  const foreign = decideByOwner(question);
  if (foreign !== null) return foreign;
  const known = knownOperation({ job, release: newest.name, operations: seen?.operations ?? [], claim });
  if (known !== null) return refused(known.reason, known.detail);
  if (seen?.view.deployment?.release === newest.name)
    return refused('runs', `deployment ${seen.view.deployment.number} of ${job} is of ${newest.name}`);
  const choice = lastChoice(question);
  if (choice !== null && choice.at >= newest.publishedAt)
    return refused('chosen', `${choice.what} came after ${newest.name} was published (${iso(newest.publishedAt)})`);
  return decideByJob(question) ?? decideByWindow(wish, now) ?? { kind: 'deploy' };
}

/** A release deploys itself only where its own project may: nobody is asked whether a job may change hands. */
function decideByOwner({ job, newest, projects, seen, boundTo, wasStarted }: Question): AutoDeployDecision | null {
  const owner = (seen && projectOfView(seen.view)) ?? boundTo;
  const project = projectOf(newest.name);
  if (owner === null)
    return projects.length > 1 && !wasStarted
      ? refused('contested', `${projects.join(', ')} have a deployment file for ${job}; deploy one of them by hand`)
      : null;
  return owner === project ? null : refused('foreign', `${job} belongs to project ${owner}, not to ${project}`);
}

export const invalidFile = ({ name, file }: NewestRelease): AutoDeployDecision =>
  refused('invalid', `${file.name} of ${name} is not the valid deployment file that was published`);

/** Decides by the deploy windows alone, without asking the job; null when the release may deploy now. */
export function decideByWindow({ windows }: AutoDeploy, now: number): AutoDeployDecision | null {
  const opening = openingOf(windows, now);
  if (opening.isOpen) return null;
  const until = opening.opensAt === null ? null : iso(opening.opensAt);
  return refused('window', `none of the windows is open: ${windows.join('; ')}`, until);
}

function decideByJob({ job, wish, seen, cordon, wasStarted }: Question): AutoDeployDecision | null {
  const lost = () => refused('unknown', `${job} was started before, but its workflow does not know it`);
  if (seen === null) return wasStarted ? lost() : null;
  const { state, stateReason, operation, pendingStop, hotfix } = seen.view;
  if (operation !== null)
    return refused('busy', `${operation.kind} ${operation.id} of ${operation.actor} holds ${job}`);
  if (pendingStop !== null) return refused('pendingStop', `the stop of ${pendingStop.operationId} has no outcome yet`);
  const because = `${job} is ${state}: ${stateReason ?? jobStates[state].meaning}`;
  switch (state) {
    case 'unreachable':
      return refused('unreachable', because);
    case 'stopped':
      return refused('stopped', because);
    case 'new':
      return wasStarted ? lost() : null;
    case 'failed':
      if (!wish.evenIf.includes('failed')) return refused('failed', because);
      break;
    case 'deploying':
    case 'running':
    case 'finished':
  }
  if (hotfix === null || wish.evenIf.includes('hotfixed')) return cordon === null ? null : refused('cordoned', cordon);
  const why = hotfix.reason === null ? '' : `: ${hotfix.reason}`;
  return refused('hotfixed', `${job} has a hotfix of ${hotfix.actor} since ${hotfix.at}${why}`);
}

/** Operations by which somebody chooses what runs; a restart or a savepoint chooses nothing. */
const CHOICES: ReadonlySet<RecordedKind> = new Set([
  'deploy',
  'rollback',
  'resume',
  'hotfix',
  'revertHotfix',
  'adopt',
] satisfies RecordedKind[]);

interface Choice {
  readonly at: number;
  readonly what: string;
}

/**
 * Finds the last choice that a person made. A release that deployed itself is no choice of a person, so newer releases
 * follow it. When its release has left the catalogue, the remaining releases count as older.
 */
function lastChoice({ seen, isPublished }: Question): Choice | null {
  if (seen === null) return null;
  const { operations, view } = seen;
  const choices = operations
    .filter(({ kind, id, request }) => CHOICES.has(kind) && !isOwn(id, request['release'], isPublished))
    .map(({ kind, id, actor, acceptedAt }) => ({
      at: Date.parse(acceptedAt),
      what: `${kind} ${id} of ${actor} (${acceptedAt})`,
    }));
  const { deployment } = view;
  // The workflow has forgotten this operation, so the start time of the deployment stands for the time of the choice.
  const isForgotten = deployment !== null && !operations.some(({ id }) => id === deployment.operationId);
  if (isForgotten && !isOwn(deployment.operationId, deployment.release, isPublished)) {
    const { operationId, startedAt, number } = deployment;
    choices.push({ at: Date.parse(startedAt), what: `deployment ${number} by ${operationId} (${startedAt})` });
  }
  return choices.reduce<Choice | null>((last, one) => (last !== null && last.at >= one.at ? last : one), null);
}

const isOwn = (id: string, release: unknown, isPublished: Question['isPublished']): boolean =>
  typeof release === 'string' && id === autoDeployIdOf(release) && isPublished(release);

/** Makes the request of the release: once, and only if the job has not changed since it was seen. */
export function autoDeployRequest(newest: NewestRelease, seen: SeenJob | null): RequestOf<'deploy'> {
  return {
    id: autoDeployIdOf(newest.name),
    actor: clip(newest.name, 100),
    reason: clip(`published at ${iso(newest.publishedAt)}, autoDeploy of ${newest.file.name}`, 300),
    release: newest.name,
    onlyIf: { state: seen?.view.state ?? 'new', after: seen?.operations[0]?.id ?? null },
  };
}

const refused = (reason: AutoDeployReason, detail: string, until: string | null = null): AutoDeployDecision => ({
  kind: autoDeployReasons[reason].answer,
  reason,
  detail,
  until,
});

const iso = (at: number): string => new Date(at).toISOString();
