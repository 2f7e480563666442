/** The transitions of a job's memory around the end of its instance: begun, confirmed, decided or given up. */
import type { Deployment, EndedBy, Ending } from '../deployment/deployment.ts';
import type { GivenUp, GivenUpInstance } from '../lock/give-up.ts';
import type { RestorePoint } from '../restore-points/restore-point.ts';
import type { Decision, EndInProgress } from './state/ending.ts';
import { memoryLimits, type JobMemory } from './job-memory.ts';
import { changing, explained, fellSilent, stopSavepointOf, wish, type Circumstances } from './transitions.ts';

type Begun = Pick<EndInProgress, 'epoch' | 'how' | 'forGood'> & Partial<EndInProgress>;

/**
 * Remembers the intention to end the instance before anything is asked of it. A person's decision about lost nodes
 * stands, however often the end is begun again.
 */
export function endBegun(memory: JobMemory, { epoch, how, forGood, believeLost = false, by = null }: Begun): void {
  const { ending } = memory;
  const decided = ending?.epoch === epoch && ending.believeLost ? ending : null;
  changing(memory).ending = {
    epoch,
    how,
    forGood,
    believeLost: believeLost || decided !== null,
    by: by ?? decided?.by ?? null,
  };
}

/** Tells how the current instance is being ended, if it is. */
export const endInProgress = ({ ending, current }: JobMemory): EndInProgress | null =>
  ending !== null && ending.epoch === current?.epoch ? ending : null;

/**
 * YARN or Flink says that the instance is over, and its end is not confirmed yet. People see that at once, because the
 * confirmation may take as long as the time-out for stops.
 */
export function overUnconfirmed(memory: JobMemory, at: string, { reason, cause = null }: Circumstances): void {
  fellSilent(memory, at, { reason: `${reason ?? 'it is over'}; its end is being confirmed`, cause });
}

interface Over {
  readonly instance: Deployment;
  readonly ended: NonNullable<Deployment['ended']>;
  /** The newest checkpoint that the instance left; undefined when nobody looked for one. */
  readonly left?: RestorePoint | null;
  /** The person's decision that stands in for the confirmed end. */
  readonly decided?: Pick<Decision, 'kind' | 'operationId'> | null;
}

/** The end of the instance is confirmed, or a person's decision stands in for that. */
export function endedAs(memory: JobMemory, over: Over, at: string, circumstances: Circumstances = {}): void {
  const { instance, ended, left, decided = null } = over;
  const draft = changing(memory);
  // Nothing runs any more that Flink could rescale: a later start has the values of the deployment.
  draft.current = { ...instance, ...(instance.rescaling ? { rescaling: null } : {}), ended };
  if (ended.staysDown) draft.desired = 'stopped';
  if (left !== undefined) draft.left = left;
  draft.ending = null;
  draft.contact = 'none';
  draft.decision = decided && { epoch: instance.epoch, ...decided, at };
  if (draft.pendingStop?.epoch === instance.epoch) draft.pendingStop = null;
  if (decided === null) givenUpEnded(memory, instance.applicationId);
  explained(memory, at, circumstances);
}

/** A person has given instances up; each is remembered until it is known to have ended. */
export function gaveUp(memory: JobMemory, instances: readonly GivenUpInstance[]): void {
  const ids = new Set(instances.map(({ applicationId }) => applicationId));
  const others = memory.givenUp.filter(({ applicationId }) => !ids.has(applicationId));
  changing(memory).givenUp = [...instances, ...others].slice(0, memoryLimits.givenUp);
}

/** The cluster of an instance that was given up shows it again, so it is to be ended. */
export function givenUpReturned(memory: JobMemory, applicationId: string): void {
  changing(memory).returned = [...new Set([...memory.returned, applicationId])];
}

/** The instance that was given up, has returned and is not known to have ended; null when there is none. */
export const returnedInstance = ({ givenUp, returned }: JobMemory): GivenUpInstance | null =>
  givenUp.find(({ applicationId }) => returned.includes(applicationId)) ?? null;

/** An instance that was given up is known to have ended. */
export function givenUpEnded(memory: JobMemory, applicationId: string): void {
  const draft = changing(memory);
  draft.givenUp = memory.givenUp.filter((instance) => instance.applicationId !== applicationId);
  draft.returned = memory.returned.filter((id) => id !== applicationId);
}

/** The fence has the start as closed: an earlier attempt confirmed the end, and only its answer was lost. */
export function foundClosed(
  memory: JobMemory,
  instance: Deployment,
  closed: {
    readonly at: string;
    readonly how: Ending;
    readonly neverRan?: boolean;
    readonly givenUp?: GivenUp | undefined;
    /** Absent where nobody knows, and in answers of older workers. */
    readonly by?: EndedBy | undefined;
  },
  at: string,
): void {
  const how = endInProgress(memory)?.how ?? closed.how;
  if (how === 'killed' || how === 'stopped') wish(memory, 'stopped');
  const { neverRan: counted = false, by } = closed;
  const savepoint = stopSavepointOf(memory, instance);
  const ended = { at: closed.at, how, savepoint, counted, ...(by && how === 'failed' ? { by } : {}) };
  const { givenUp } = closed;
  const decided = givenUp ? ({ kind: 'givenUp', operationId: givenUp.by } as const) : null;
  endedAs(memory, { instance, ended, decided }, at);
  if (!givenUp) return;
  const { epoch, number: deployment, cluster } = instance;
  gaveUp(memory, [{ ...givenUp, epoch, deployment, cluster, at: closed.at }]);
}
