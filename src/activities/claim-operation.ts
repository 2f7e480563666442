/** Taking the claim of an operation, and looking at what runs before it acts. */
import { isTerminalJob } from '../clients/flink-replies.ts';
import { isTerminal, type ApplicationReport } from '../clients/yarn-replies.ts';
import type { Deployment } from '../domain/deployment.ts';
import { SluiceError } from '../domain/errors.ts';
import { Claim, sameHolder } from '../domain/fence.ts';
import { OperationRecord } from '../domain/operation.ts';
import { claimKey } from '../domain/storage-keys.ts';
import { clusterOf, holderIn, now, type Dependencies } from './dependencies.ts';
import { readFence } from './fence-store.ts';

export interface ClaimInput {
  readonly job: string;
  readonly runId: string;
  readonly operation: {
    readonly id: string;
    readonly kind: string;
    readonly fingerprint: string;
    readonly actor: string;
  };
  /** Newest epoch that the workflow knows of. */
  readonly knownEpoch: number;
  /** The deployment that is believed to run. */
  readonly current: Deployment | null;
}

export type Observed =
  | { readonly kind: 'alive' }
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'ended'; readonly how: 'finished' | 'failed' | 'killed'; readonly detail: string };

export interface ClaimAnswer {
  /** The record of this operation if it ended before, under another run: asking twice is one operation. */
  readonly ended: OperationRecord | null;
  readonly observed: Observed | null;
}

export const createClaimOperation = (deps: Dependencies) => ({
  /** @throws SluiceError `LockLost` when another run holds this operation or took a newer epoch. */
  async claimOperation(input: ClaimInput): Promise<ClaimAnswer> {
    const ended = await takeClaim(deps, input);
    if (ended) return { ended, observed: null };
    const { fence } = await readFence(deps.s3, input.job);
    if (fence.epoch > input.knownEpoch) {
      throw new SluiceError(
        'LockLost',
        `epoch ${fence.epoch} of ${input.job} was taken by somebody else; this workflow knows only ${input.knownEpoch}`,
      );
    }
    return { ended: null, observed: input.current ? await observe(deps, input.current) : null };
  },
});

async function takeClaim(deps: Dependencies, { job, runId, operation }: ClaimInput): Promise<OperationRecord | null> {
  const holder = holderIn(deps, runId);
  const key = claimKey(job, operation.id);
  const claim: Claim = { version: 1, job, ...operation, claimedAt: now(), holder, ended: null };
  if ((await deps.s3.putIfAbsent(key, JSON.stringify(claim))) === 'created') return null;
  const found = await deps.s3.get(key);
  const known = Claim.parse(JSON.parse(found?.body ?? 'null'));
  if (known.fingerprint !== operation.fingerprint) {
    throw new SluiceError(
      'OperationIdReused',
      `operation id ${operation.id} was used for another ${known.kind} of ${job}`,
    );
  }
  if (known.ended) return OperationRecord.parse(known.ended);
  if (sameHolder(known.holder, holder)) return null;
  throw new SluiceError(
    'LockLost',
    `operation ${operation.id} of ${job} was claimed at ${known.claimedAt} by run ${known.holder.runId} of ${known.holder.installation}`,
  );
}

/** What became of an instance: asked of YARN first, since only YARN can say that it is gone. */
async function observe(deps: Dependencies, deployment: Deployment): Promise<Observed> {
  const { yarn } = clusterOf(deps, deployment.cluster);
  let report: ApplicationReport | null;
  try {
    report = await yarn.application(deployment.applicationId);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'ClusterUnreachable') {
      return { kind: 'unreachable', detail: error.message };
    }
    throw error;
  }
  if (!report) {
    return {
      kind: 'ended',
      how: 'failed',
      detail: `cluster ${deployment.cluster} does not know application ${deployment.applicationId} any more`,
    };
  }
  if (isTerminal(report.state)) return { kind: 'ended', how: howEnded(report), detail: reportedEnd(report) };
  return observeFlinkJob(deps, deployment, report);
}

/** The application outlives its Flink job, so that the end can be read; silence of the JobManager decides nothing. */
async function observeFlinkJob(
  { flink }: Dependencies,
  deployment: Deployment,
  report: ApplicationReport,
): Promise<Observed> {
  if (report.amAddress === null) return { kind: 'alive' };
  try {
    const status = await flink.jobStatus(report.amAddress, deployment.flinkJobId);
    if (status === null || !isTerminalJob(status)) return { kind: 'alive' };
    const how = status === 'FINISHED' ? 'finished' : status === 'FAILED' ? 'failed' : 'killed';
    return { kind: 'ended', how, detail: `Flink job ${deployment.flinkJobId} is ${status}` };
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'FlinkUnreachable') return { kind: 'alive' };
    throw error;
  }
}

export function howEnded(report: ApplicationReport): 'finished' | 'failed' | 'killed' {
  if (report.state === 'KILLED') return 'killed';
  return report.finalStatus === 'SUCCEEDED' ? 'finished' : 'failed';
}

export function reportedEnd(report: ApplicationReport): string {
  const said = report.diagnostics.trim();
  return `application ${report.id} is ${report.state}${said === '' ? '' : `: ${said.slice(0, 500)}`}`;
}
