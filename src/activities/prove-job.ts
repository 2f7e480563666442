/**
 * What a run that remembers nothing may believe: read from the job's records in S3, and asked of YARN. Every start that
 * nobody closed is fenced off first, so that whoever took it can submit nothing any more.
 */
import { Deployment } from '../domain/deployment.ts';
import { SluiceError } from '../domain/errors.ts';
import { sameHolder, unclosed, type Fence, type Start } from '../domain/fence.ts';
import type { JobMemory } from '../domain/job-memory.ts';
import type { JobState } from '../domain/lifecycle.ts';
import { deploymentsPrefix } from '../domain/storage-keys.ts';
import { reportedEnd } from './claim-operation.ts';
import { holderIn, now, type Dependencies } from './dependencies.ts';
import { changeFence, readFence } from './fence-store.ts';
import { settleStart } from './settle-starts.ts';

/** What replaces the memory of a run that had none. */
export type Proof = Pick<
  JobMemory,
  'state' | 'stateSince' | 'stateReason' | 'health' | 'observedAt' | 'epoch' | 'current' | 'previous' | 'deployments'
>;

interface ProveInput {
  readonly job: string;
  readonly runId: string;
}

export const createProveJob = (deps: Dependencies) => ({
  async proveJob({ job, runId }: ProveInput): Promise<Proof> {
    const fence = await fenceOff(deps, job, runId);
    const records = await readDeployments(deps, job);
    const settled = await settle(deps, job, fence);
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
      previous: records.findLast((record) => record.runningAt !== null && record !== last) ?? null,
    } as const;
    const of = (state: JobState, stateReason: string | null, current: Deployment | null): Proof => ({
      ...proof,
      state,
      stateReason,
      current,
    });

    if (settled.silent) return of('unreachable', settled.silent.reason, byStart(settled.silent.start) ?? last);
    if (settled.live) return of('running', 'found running when the workflow began anew', byStart(settled.live) ?? last);
    if (!last) return of('new', null, null);
    if (settled.ended) return of('failed', settled.ended.reason, byStart(settled.ended.start) ?? last);
    return of(stateAfter(last), last.ended ? null : `nothing of deployment ${last.number} runs any more`, last);
  },
});

function stateAfter({ ended }: Deployment): JobState {
  switch (ended?.how) {
    case 'stopped':
    case 'killed':
      return 'stopped';
    case 'finished':
      return 'finished';
    case 'failed':
    case undefined:
      return 'failed';
  }
}

/** Takes an epoch without a start where a start of somebody else is open: from then on that start may not submit. */
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
  readonly live: Start | undefined;
  readonly silent: { readonly start: Start; readonly reason: string } | undefined;
  readonly ended: { readonly start: Start; readonly reason: string } | undefined;
}

/** Asks YARN about each open start and closes those that are over. */
async function settle(deps: Dependencies, job: string, fence: Fence): Promise<Settled> {
  let settled: Settled = { live: undefined, silent: undefined, ended: undefined };
  for (const start of unclosed(fence)) {
    try {
      const result = await settleStart(deps, job, start);
      if (result === 'live') settled = { ...settled, live: start };
      else if (result !== 'unsubmitted') settled = { ...settled, ended: { start, reason: reportedEnd(result) } };
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'ClusterUnreachable') throw error;
      settled = { ...settled, silent: { start, reason: error.message } };
    }
  }
  return settled;
}

/** The newest records suffice: older ones are read by whoever lists deployments. */
async function readDeployments({ s3 }: Dependencies, job: string): Promise<Deployment[]> {
  const keys: string[] = [];
  for await (const entry of s3.list(deploymentsPrefix(job))) if (entry.kind === 'object') keys.push(entry.key);
  const newest = await Promise.all(keys.slice(-10).map((key) => s3.get(key)));
  return newest.flatMap((found) => (found ? [Deployment.parse(JSON.parse(found.body))] : []));
}
