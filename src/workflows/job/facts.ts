/**
 * Facts that the watcher of the cluster tells a job. A fact waits while an operation runs, because the operation looks
 * for itself.
 */
import { factAbout } from '../desk/facts-told.ts';
import { patched, setHandler } from '@temporalio/workflow';
import { readTolerantly } from '../../domain/compatibility/tolerant.ts';
import { betterOf, classify, type Cause } from '../../domain/errors/cause.ts';
import { endedByOf, unmeant, type Deployment, type Ending } from '../../domain/deployment/deployment.ts';
import { Fact } from '../../domain/watch/facts.ts';
import { endInstance } from '../operations/take-down.ts';
import { codeAndDetail } from '../failures.ts';
import { reject } from '../../domain/job/refusal.ts';
import { noteRejection, receiving, type Desk, type Told } from '../desk/desk.ts';
import { factSigned, isFactSigned, refusalAtDoor } from '../desk/signed.ts';
import { endReturned } from './returned.ts';
import { endInProgress, overUnconfirmed } from '../../domain/job/end-transitions.ts';
import { clusterGone } from '../../domain/job/recovery-transitions.ts';
import { explained, fellSilent, foundAlive } from '../../domain/job/transitions.ts';
import { now } from '../desk/now.ts';
import { observedSignal } from '../messages.ts';

export function handleFacts(desk: Desk): void {
  setHandler(observedSignal, (payload, sender) =>
    receiving(desk, 'observed', payload, () => {
      // The watcher may run on a newer build than this job.
      const fact = readTolerantly(Fact, payload);
      if (!fact.ok) {
        noteRejection(desk.memory, 'observed', payload, reject('InvalidRequest', 'observed: not a fact'));
        return;
      }
      const signed = factSigned(desk, payload, sender);
      const refusal = refusalAtDoor(desk, signed, { mayWait: true });
      if (refusal) {
        noteRejection(desk.memory, 'observed', null, refusal);
        return;
      }
      take(desk, { fact: fact.value, signed });
      // The wait for an answer takes up to an hour. Earlier workers let other facts wait for its end.
      if (desk.onFact && (isGone(desk) || patched('2026-11-30-facts-wake'))) desk.onFact();
    }),
  );
}

/** Instances of which facts are kept beside the newest one; the watcher tells again of those that run. */
const MOST_EARLIER = 10;

/** Takes a fact. A fact about an older instance waits beside one about this instance: neither replaces the other. */
function take(desk: Desk, told: Told): void {
  const waiting = desk.fact && { fact: desk.fact, signed: desk.factSigned };
  if (waiting && told.fact.epoch < waiting.fact.epoch) {
    desk.earlierFacts = withEarlier(desk.earlierFacts, told);
    return;
  }
  if (waiting && told.fact.epoch > waiting.fact.epoch) desk.earlierFacts = withEarlier(desk.earlierFacts, waiting);
  desk.fact = told.fact;
  desk.factSigned = told.signed;
}

const withEarlier = (earlier: Desk['earlierFacts'], told: Told): Desk['earlierFacts'] =>
  [...earlier.filter(({ fact }) => fact.epoch !== told.fact.epoch), told]
    .sort((one, other) => one.fact.epoch - other.fact.epoch)
    .slice(-MOST_EARLIER);

/** Tells whether the job has just been told that its cluster is gone. */
export const isGone = (desk: Desk): boolean =>
  (factAbout(desk, desk.memory.current?.epoch)?.fact ?? desk.fact)?.seen.kind === 'gone';

/** Acts on the facts that wait: on those about earlier instances where these were given up, on the newest one as it says. */
export async function heedFacts(desk: Desk): Promise<void> {
  const { fact, factSigned: signed, earlierFacts, memory } = desk;
  const own = factAbout(desk, memory.current?.epoch);
  desk.fact = null;
  desk.earlierFacts = [];
  // Earlier workers dropped them.
  if (earlierFacts.length > 0 && patched('2026-11-30-earlier-facts'))
    for (const told of earlierFacts) if (await isSigned(desk, told)) await heedReturned(desk, told.fact);
  // Earlier workers heeded only the newest one, which may be about a standby that is gone.
  const isOther = own !== null && own.fact !== fact && patched('2026-12-01-facts-beside-a-standby');
  const heeded = isOther ? own : fact && { fact, signed };
  if (heeded && (await isSigned(desk, heeded))) await heedNewest(desk, heeded.fact);
}

const isSigned = async (desk: Desk, { signed }: Told): Promise<boolean> =>
  signed === null || (await isFactSigned(desk, signed));

/** Ends an instance that was given up and that its cluster shows again. */
async function heedReturned(desk: Desk, { applicationId, seen }: Fact): Promise<void> {
  const returned = desk.memory.givenUp.find((instance) => instance.applicationId === applicationId);
  if (returned && seen.kind !== 'silent' && seen.kind !== 'gone') await endReturned(desk, returned);
}

async function heedNewest(desk: Desk, fact: Fact): Promise<void> {
  const { memory } = desk;
  await heedReturned(desk, fact);
  const { current } = memory;
  if (!current || current.ended) return;
  if (fact.epoch !== current.epoch || fact.applicationId !== current.applicationId) return;
  // The end of a launcher is not the end of its instance.
  if (fact.applicationId === current.runner) return;
  const { seen } = fact;
  if (seen.kind !== 'ended') clusterGone(memory, seen.kind === 'gone' ? { at: fact.at, detail: seen.detail } : null);
  // While an end is unconfirmed, only `ended` counts: a late `healthy` would mark the job as running.
  if (memory.state === 'unreachable' && endInProgress(memory) && seen.kind !== 'ended') return;
  switch (seen.kind) {
    case 'healthy':
      foundAlive(memory, now());
      return;
    case 'degraded':
      foundAlive(memory, now(), { health: 'degraded', healthReasons: seen.reasons, cause: seen.cause });
      return;
    case 'silent':
    case 'gone':
      fellSilent(memory, now(), {
        reason: seen.detail,
        healthReasons: [seen.detail],
        cause: classify({ code: 'ClusterUnreachable', detail: seen.detail }),
      });
      return;
    case 'ended':
      // A pending stop may have ended the instance: the wait for its outcome finds the savepoint.
      if (memory.pendingStop?.epoch === current.epoch) return;
      await settleEnd(desk, current, seen);
  }
}

/**
 * Ends the application of an instance that is over, because the application outlives its Flink job to let people read
 * the end. An end that was begun on purpose keeps its meaning, however late it is seen.
 */
export async function settleEnd(
  { memory }: Desk,
  current: Deployment,
  {
    how,
    detail,
    cause = null,
    isLost,
  }: {
    readonly how: Exclude<Ending, 'stopped' | 'replaced'>;
    readonly detail: string;
    readonly cause?: Cause | null;
    readonly isLost?: boolean | undefined;
  },
): Promise<void> {
  const meant = endInProgress(memory)?.how ?? unmeant(how);
  overUnconfirmed(memory, now(), { reason: detail, cause });
  try {
    const { cause: shown } = await endInstance(memory, current, {
      how: meant,
      evidenceOf: current.operationId,
      by: endedByOf({ how, isLost }),
    });
    explained(memory, now(), { reason: detail, cause: memory.state === 'failed' ? betterOf(cause, shown) : null });
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null) throw error;
    fellSilent(memory, now(), {
      reason: `${detail}; ${failure.detail}`,
      cause: failure.cause ?? classify({ code: failure.code, detail: failure.detail }),
    });
  }
}
