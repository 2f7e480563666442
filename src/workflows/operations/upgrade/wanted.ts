/**
 * Decides from the job's memory what a request wants started. The operation that starts it and the plan that only
 * describes it share this code.
 */
import type { StartSource } from '../../../activities/check/check-release.ts';
import type { CheckInput } from '../../../activities/check/checked.ts';
import { SluiceError } from '../../../domain/errors/errors.ts';
import type { Move } from '../../../domain/deployment/placed.ts';
import { noHotfixOf } from '../../../domain/job/admission-by-kind.ts';
import type { HotfixChange } from '../../../domain/hotfix/hotfix.ts';
import type { JobMemory } from '../../../domain/job/job-memory.ts';
import { deadAfterRevoking } from '../../../domain/lock/lease.ts';
import type { AboutTheAsker } from '../../../domain/operation/asked.ts';
import type { OperationRecord, Request, RequestOf, StopWith } from '../../../domain/operation/operation.ts';

/** Flags that every request for a start has. */
export type Asked = Omit<RequestOf<'resume'>, AboutTheAsker> & {
  readonly stopWith?: StopWith | undefined;
};

/** The deployment that is to be started. */
export interface Wanted {
  readonly source: StartSource;
  readonly asked: Asked;
  readonly hotfix: HotfixChange;
  /** Nothing may begin without the state that the job has had. Default false. */
  readonly needsState?: boolean;
  /** Absent for an operation that leaves the job on its cluster. */
  readonly move?: Move;
  /** The instance is left although its cluster answers. */
  readonly isDrill?: boolean;
  /** A person accepts that an instance which nobody can reach may still run. */
  readonly acceptsUnfenced?: boolean;
}

type Job = Pick<JobMemory, 'job' | 'state' | 'current'>;
type Operation = Pick<OperationRecord, 'id' | 'actor' | 'reason' | 'acceptedAt'>;

/** Kinds that bring an instance up. */
export type StartRequest = Extract<
  Request,
  {
    readonly kind: 'deploy' | 'resume' | 'restart' | 'rollback' | 'hotfix' | 'revertHotfix' | 'failover' | 'failback';
  }
>;

/** An operation keeps the active hotfix, unless the operation is about the hotfix. */
const KEEP: HotfixChange = { kind: 'keep' };

/** @throws SluiceError `CommandNotAllowed` when the job has nothing that the request could be about. */
export function wantedOf(job: Job, operation: Operation, request: StartRequest): Wanted {
  switch (request.kind) {
    case 'deploy': {
      const { release, launcher = null, hotfix } = request;
      return { source: { release, launcher }, asked: request, hotfix: hotfix ? mergeOf(operation, hotfix) : KEEP };
    }
    case 'resume': {
      const last = currentOf(job, 'resume; deploy a release');
      const { allowNonRestoredState } = last;
      return { source: { again: last }, asked: { allowNonRestoredState, ...request }, hotfix: KEEP };
    }
    case 'restart':
      return again(job, request, KEEP, 'restart');
    case 'rollback': {
      const back = { from: currentOf(job, 'go back from'), to: request.to ?? null };
      return { source: { back }, asked: request, hotfix: KEEP };
    }
    case 'hotfix':
      return again(job, request, mergeOf(operation, request));
    case 'revertHotfix':
      if (!job.current?.hotfix) throw new SluiceError('CommandNotAllowed', noHotfixOf(job.job));
      return again(job, request, { kind: 'drop' });
    case 'failover': {
      const { to = null, confirmUnfenced: acceptsUnfenced = false, drill: isDrill = false } = request;
      const move = { kind: 'failover', to, ...moveOf(operation), ...(isDrill ? { isDrill } : {}) } as const;
      return { ...elsewhere(job), move, acceptsUnfenced, isDrill };
    }
    case 'failback':
      return { ...elsewhere(job), move: { kind: 'failback', ...moveOf(operation) } };
  }
}

/** The same deployment starts elsewhere: after a stop from its savepoint, otherwise from the newest state that is left. */
function elsewhere(job: Job): Pick<Wanted, 'source' | 'asked' | 'hotfix'> {
  const current = currentOf(job, 'move; deploy a release');
  const { allowNonRestoredState } = current;
  return { source: { again: current }, asked: job.state === 'running' ? {} : { allowNonRestoredState }, hotfix: KEEP };
}

const moveOf = ({ id, acceptedAt }: Operation): Pick<Move, 'by' | 'at'> => ({ by: id, at: acceptedAt });

/** Starts what runs or ran last once more, also when it is stopped or failed: running it proves a change. */
function again(
  job: Job,
  request: RequestOf<'restart' | 'hotfix' | 'revertHotfix'>,
  hotfix: HotfixChange,
  what = 'change; deploy a release',
): Wanted {
  const current = currentOf(job, what);
  const { allowNonRestoredState } = current;
  const asked = job.state === 'running' ? request : { allowNonRestoredState, ...request };
  return { source: { again: current }, asked, hotfix };
}

function currentOf({ job, current }: Job, what: string): NonNullable<JobMemory['current']> {
  if (current) return current;
  throw new SluiceError('CommandNotAllowed', `${job} has no deployment to ${what}`);
}

/** The author of the newest values is the author of the hotfix. */
const mergeOf = (
  { id, actor, reason, acceptedAt }: Operation,
  {
    set = {},
    unset = [],
    expiresAt,
    expiresIn,
  }: Pick<RequestOf<'hotfix'>, 'set' | 'unset' | 'expiresAt' | 'expiresIn'>,
): HotfixChange => ({
  kind: 'merge',
  set,
  unset,
  expiresAt,
  expiresIn,
  by: { actor, reason, at: acceptedAt, operationId: id },
});

/**
 * Collects everything that the checks need to know. An instance that is to be left counts as one that has ended, so that a
 * start elsewhere is refused while the instance is untouched. How far it has come is known only where its cluster answers.
 * @param left whether the current instance is to be left before anything starts, and whether its cluster answers.
 */
export function checkOf(
  { job, state, current, previous }: Pick<JobMemory, 'job' | 'state' | 'current' | 'previous'>,
  operationId: string,
  { source, asked, hotfix, needsState = false, move, acceptsUnfenced = false, isDrill = false }: Wanted,
  left: 'answers' | 'silent' | null = move?.kind === 'failover' && (isDrill || state === 'unreachable')
    ? 'silent'
    : null,
): CheckInput {
  const counted = left === 'answers'; // its JobManager is asked before its end
  const old = left !== null && current && !current.ended ? current : null;
  return {
    job,
    operationId,
    request: {
      source,
      from: asked.from ?? null,
      stopWith: asked.stopWith ?? null,
      allowNonRestoredState: asked.allowNonRestoredState ?? false,
      discardNewerState: asked.discardNewerState ?? false,
      acceptStateRisk: asked.acceptStateRisk ?? false,
      foreignState: asked.foreignState ?? false,
      hotfix,
      ...(needsState ? { needsState } : {}),
      ...(move ? { move } : {}),
    },
    last: old && move ? { ...old, ended: { at: move.at, how: 'replaced', savepoint: null, counted } } : current,
    before: previous,
    running: old === null && state === 'running',
    ...(old
      ? {
          leaves: {
            deployment: old.number,
            cluster: old.cluster,
            applicationId: old.applicationId,
            isAccepted: left === 'answers' || acceptsUnfenced,
            deadAfterMs: deadAfterRevoking(old),
          },
        }
      : {}),
  };
}
