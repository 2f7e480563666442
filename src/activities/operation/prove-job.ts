/**
 * Proves what a run without memory may believe: reads the job's records in S3, and asks YARN. Every open start of another
 * run is fenced off first, so that its holder can submit nothing any more.
 */
import { inTurns } from '../../concurrency/in-turns.ts';
import type { ApplicationReport } from '../../clients/yarn/replies.ts';
import { endedByOf, hasRun, type Deployment, type EndedBy } from '../../domain/deployment/deployment.ts';
import { isCode } from '../../domain/errors/errors.ts';
import { givenUpIn, sameHolder, unclosed, withoutStandingBy, type Fence, type Start } from '../../domain/lock/fence.ts';
import type { GivenUpInstance } from '../../domain/lock/give-up.ts';
import { boundOf } from '../../domain/lock/ownership.ts';
import type { SettledState } from '../../domain/job/state/state.ts';
import type { Proved } from '../../domain/job/proof.ts';
import { readAdoption } from '../../records/adoptions.ts';
import { howEnded, reportedEnd } from '../instance/how-ended.ts';
import { holderIn, now, type Dependencies } from '../dependencies/dependencies.ts';
import { createDeployment, readDeployments } from '../../records/deployments.ts';
import { changeFence, readFence } from '../../records/fences.ts';
import { settleStart } from '../end/settle-starts.ts';

/** Replaces the memory of a run that had none. Older workers read the fields that this release no longer needs. */
export interface Proof extends Proved {
  readonly stateSince: string;
  readonly observedAt: string;
  readonly health: 'unknown';
}

interface ProveInput {
  readonly job: string;
  readonly runId: string;
}

export const createProveJob = (deps: Dependencies) => ({
  proveJob: async (input: ProveInput): Promise<Proof> => ({
    ...(await proveJob(deps, input)),
    signing: deps.signing.required,
  }),
});

/** Fences open starts off, closes those that are over, and tells what there is of the job by its records and by YARN. */
export async function proveJob(deps: Dependencies, { job, runId }: ProveInput): Promise<Proof> {
  const fence = await fenceOff(deps, job, runId);
  const records = await deploymentsOf(deps, job, fence);
  const settled = await settle(deps, fence, records);
  const last = records.at(-1) ?? null;
  const byStart = (start: Start | undefined) =>
    records.findLast(({ startKey }) => startKey === start?.startKey) ?? null;
  const at = now();
  const proof = {
    stateSince: at,
    observedAt: at,
    health: 'unknown',
    epoch: fence.epoch,
    deployments: last?.number ?? 0,
    ownership: boundOf(fence, last),
    previous: records.findLast((record) => hasRun(record) && record !== last) ?? null,
    givenUp: [...settled.left, ...givenUpIn(fence)],
  } as const;
  const of = (state: SettledState, stateReason: string | null, current: Deployment | null): Proof => ({
    ...proof,
    state,
    stateReason,
    current,
  });

  // A standby that took over runs, whatever nobody can say of the one before it.
  const isHidden = settled.silent && settled.live && settled.live.start.epoch > settled.silent.start.epoch;
  if (settled.silent && !isHidden)
    return of('unreachable', settled.silent.reason, byStart(settled.silent.start) ?? last);
  if (settled.live) {
    // The application is alive although its record may say that it should have ended. Whether its Flink job ran is
    // unknown, so only a deployment that was seen running, or left a checkpoint, can be resumed from.
    const { start, applicationId } = settled.live;
    const deployment = byStart(start) ?? last;
    const current = deployment && { ...deployment, applicationId, ended: null };
    return of('running', 'found running when the workflow began anew', current);
  }
  if (!last) return of('new', null, null);
  if (settled.ended) {
    const { start, reason, by } = settled.ended;
    const over = byStart(start) ?? last;
    const ended = over.ended ?? ({ at, how: 'failed', savepoint: null, counted: false, by } as const);
    return of(stateAfter(ended), reason, { ...over, ended });
  }
  const reason = last.ended ? null : `nothing of deployment ${last.number} runs any more`;
  return of(stateAfter(last.ended), reason, settled.unsubmitted.has(last.startKey) ? neverRan(last, at) : last);
}

/**
 * The deployments of the job, oldest first. An adoption that was interrupted has its start in the fence and no record yet:
 * it gets its record here.
 */
async function deploymentsOf({ s3 }: Dependencies, job: string, fence: Fence): Promise<readonly Deployment[]> {
  const records = await readDeployments(s3, job);
  const unwritten = unclosed(fence).filter(
    ({ adopted, startKey }) => adopted && !records.some((record) => record.startKey === startKey),
  );
  const adopted = (await inTurns(unwritten, (start) => readAdoption(s3, start))).filter((record) => record !== null);
  for (const deployment of adopted) await createDeployment(s3, deployment);
  return [...records, ...adopted].sort((one, other) => one.number - other.number);
}

/** YARN never had the start and never will. */
const neverRan = (deployment: Deployment, at: string): Deployment => ({
  ...deployment,
  ended: deployment.ended ?? { at, how: 'failed', savepoint: null, counted: true },
});

/** @param ended null: no record says how it ended. */
export function stateAfter(ended: Pick<NonNullable<Deployment['ended']>, 'how' | 'staysDown'> | null): SettledState {
  if (ended?.staysDown) return 'stopped';
  switch (ended?.how) {
    case 'stopped':
    case 'killed':
      return 'stopped';
    case 'finished':
      return 'finished';
    case 'replaced':
    case 'failed':
    case undefined:
      return 'failed';
  }
}

/** Takes an epoch without a start where another run has an open start: from then on that start may not submit. */
async function fenceOff(deps: Dependencies, job: string, runId: string): Promise<Fence> {
  const holder = holderIn(deps, runId);
  const { fence } = await readFence(deps.s3, job);
  const open = unclosed(fence).filter((start) => !sameHolder(start.holder, holder));
  const isFencedOff = open.every((start) => start.epoch < fence.epoch);
  if (isFencedOff) return fence;
  return changeFence(deps.s3, job, (before) =>
    before.epoch > fence.epoch ? before : { ...before, epoch: before.epoch + 1 },
  );
}

interface Settled {
  readonly live: { readonly start: Start; readonly applicationId: string } | undefined;
  readonly silent: { readonly start: Start; readonly reason: string } | undefined;
  readonly ended: { readonly start: Start; readonly reason: string; readonly by: EndedBy } | undefined;
  /** Starts that were closed without the word of YARN, newest first. */
  readonly left: readonly GivenUpInstance[];
  /** Keys of starts that YARN never had. */
  readonly unsubmitted: ReadonlySet<string>;
}

const endOf = (start: Start, report: ApplicationReport): NonNullable<Settled['ended']> => ({
  start,
  reason: reportedEnd(report),
  by: endedByOf({ how: howEnded(report) }),
});

/**
 * Asks YARN about each open start and closes those that are over. A live standby that nobody has promoted is no instance: only the
 * promotion writes the record of its deployment.
 */
async function settle(deps: Dependencies, fence: Fence, records: readonly Deployment[]): Promise<Settled> {
  const { job } = fence;
  const unsubmitted = new Set(
    fence.starts.flatMap(({ startKey, closed }) => (closed?.how === 'unsubmitted' ? startKey : [])),
  );
  let settled: Settled = { live: undefined, silent: undefined, ended: undefined, left: [], unsubmitted };
  for (const start of unclosed(fence)) {
    try {
      const result = await settleStart(deps, job, start);
      const isPromoted = start.standsBy !== true || records.some(({ startKey }) => startKey === start.startKey);
      if (result.kind === 'live' && isPromoted) {
        settled = { ...settled, live: { start, ...result } };
        // The promotion did not come to it: its gate is open, so that every reader may know it as the instance.
        if (start.standsBy) await changeFence(deps.s3, job, (newest) => withoutStandingBy(newest, start.startKey));
      }
      if (result.kind === 'left') settled = { ...settled, left: [result.instance, ...settled.left] };
      if (result.kind === 'doubtful') settled = { ...settled, silent: { start, reason: result.reason } };
      if (result.kind === 'unsubmitted') unsubmitted.add(start.startKey);
      if (result.kind === 'ended') settled = { ...settled, ended: endOf(start, result.report) };
    } catch (error) {
      if (!isCode(error, 'ClusterUnreachable')) throw error;
      settled = { ...settled, silent: { start, reason: error.message } };
    }
  }
  return settled;
}
