/**
 * Giving up: a person decides that Sluice goes on without an instance whose end nobody can confirm. The start is closed
 * and its staged files are gone, so that nothing of it can be submitted or begin again. The instance itself may live on,
 * and is ended as soon as its cluster shows it again.
 */
import { isTerminal, type ApplicationReport } from '../../clients/yarn/replies.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { isCode, SluiceError } from '../../domain/errors/errors.ts';
import { identityOfTags } from '../../domain/identity/yarn-tags.ts';
import { givenUpIn, unclosed, type Fence, type Start } from '../../domain/lock/fence.ts';
import type { GivenUp, GivenUpInstance } from '../../domain/lock/give-up.ts';
import { deadAfterRevoking } from '../../domain/lock/lease.ts';
import type { RestorePoint } from '../../domain/restore-points/restore-point.ts';
import { changeDeployment, readDeployment } from '../../records/deployments.ts';
import { changeFence, readFence } from '../../records/fences.ts';
import { dropTraces } from '../../records/traces.ts';
import { clusterOfInstance, type Dependencies } from '../dependencies/dependencies.ts';
import { lookForLife, type Doubt } from '../instance/confirm-dead.ts';
import { poll } from '../poll.ts';
import { closeStarts, revokeGates } from './close-start.ts';
import { settleStart, unstage, type Settled } from './settle-starts.ts';

interface GiveUpInput {
  readonly job: string;
  /** The deployment that is believed to be the last one; null where no record tells of any. */
  readonly deployment: Deployment | null;
  /** The savepoint of its stop, if it took one. */
  readonly savepoint: RestorePoint | null;
  readonly decision: Omit<GivenUp, 'applicationId'>;
  /** `replaced` when another instance is to take its place; absent in calls of a kill. */
  readonly how?: 'killed' | 'replaced';
  /** A drill leaves an instance although its cluster answers, because the lease ends it. */
  readonly isDrill?: boolean;
}

interface GaveUp {
  /** The instances that were given up; none when each start turned out to be over. */
  readonly instances: readonly GivenUpInstance[];
  /** The end of the deployment, given up or confirmed after all; null while its start is open. */
  readonly ended: Deployment['ended'];
}

interface ReturnedInput {
  readonly job: string;
  readonly instance: GivenUpInstance;
  readonly deadlineMs: number;
}

export const createGiveUp = (deps: Dependencies) => ({
  giveUpInstance: (input: GiveUpInput): Promise<GaveUp> => giveUpInstance(deps, input),

  /** @throws SluiceError `ApplicationNotEnding` when the end is not confirmed in time. */
  async endGivenUp({ job, instance, deadlineMs }: ReturnedInput): Promise<{ applicationId: string }> {
    const { fence } = await readFence(deps.s3, job);
    const start = fence.starts.find(({ epoch }) => epoch === instance.epoch);
    const { applicationId } = instance;
    if (!start) return { applicationId }; // known to have ended, and forgotten since
    const doubt = await endReturned(deps, { job, start, applicationId, deadlineMs });
    if (doubt !== null) throw new SluiceError('ApplicationNotEnding', doubt);
    return { applicationId };
  },
});

/** @throws SluiceError `ApplicationNotEnding` while YARN itself says that the instance runs: then there is no doubt. */
async function giveUpInstance(
  deps: Dependencies,
  { job, deployment, savepoint, decision, how = 'killed', isDrill = false }: GiveUpInput,
): Promise<GaveUp> {
  const { fence } = await readFence(deps.s3, job);
  const doubtful: Start[] = [];
  for (const start of unclosed(fence)) if (await isDoubtful(deps, job, start, isDrill)) doubtful.push(start);
  // The gates come first: while S3 refuses this, nothing of the instance is touched.
  await revokeGates(deps.s3, job, doubtful);
  const closings = await Promise.all(
    doubtful.map(async (start) => {
      await unstage(deps, job, start);
      return { start, applicationId: await applicationOf(deps, job, start, deployment) };
    }),
  );
  const closed = await closeStarts(
    deps,
    job,
    closings.map(({ start: { startKey }, applicationId }) => ({
      startKey,
      closed: { how: 'killed', givenUp: { ...decision, applicationId, ...deadBy(deployment, startKey) } },
    })),
  );
  // An attempt before this one may have closed them.
  const instances = givenUpIn(closed).filter(({ by }) => by === decision.by);
  const own = closed.starts.find(({ startKey }) => startKey === deployment?.startKey)?.closed;
  if (!deployment || !own) return { instances, ended: null };
  // How far an instance has come that nobody reaches, nobody can tell.
  const ended = deployment.ended ?? { at: own.at, how, savepoint, counted: false };
  await changeDeployment(deps.s3, { ...deployment, ended });
  return { instances, ended };
}

/** The end of the lease of an instance whose gate has just been revoked. */
function deadBy(deployment: Deployment | null, startKey: string): { deadAt?: string } {
  const afterMs = deployment?.startKey === startKey ? deadAfterRevoking(deployment) : null;
  return afterMs === null ? {} : { deadAt: new Date(Date.now() + afterMs).toISOString() };
}

/** Settles a start that is over after all. @throws SluiceError `ApplicationNotEnding` for one that lives. */
async function isDoubtful(deps: Dependencies, job: string, start: Start, isDrill: boolean): Promise<boolean> {
  const settled = await settleStart(deps, job, start).catch((error: unknown): Settled => {
    if (isCode(error, 'ClusterUnreachable')) return { kind: 'doubtful', reason: error.message };
    throw error;
  });
  if (settled.kind !== 'live') return settled.kind === 'doubtful';
  if (isDrill) return true;
  throw new SluiceError(
    'ApplicationNotEnding',
    `application ${settled.applicationId} is not given up, because cluster ${start.cluster} answers and says that it runs`,
  );
}

/** The application that may live; with `shell-runner` the fence has the launcher's id. */
async function applicationOf(
  { s3 }: Dependencies,
  job: string,
  start: Start,
  known: Deployment | null,
): Promise<string> {
  if (known?.startKey === start.startKey) return known.applicationId;
  const record = await readDeployment(s3, job, start.deployment);
  return record?.startKey === start.startKey ? record.applicationId : start.applicationId;
}

/** Finds the start that a live application belongs to and that was given up. */
export const givenUpStartOf = ({ starts }: Fence, { id, tags }: ApplicationReport): Start | null =>
  starts.find(
    ({ closed, flinkJobId }) =>
      closed?.givenUp !== undefined &&
      (closed.givenUp.applicationId === id || identityOfTags(tags).flinkJobId === flinkJobId),
  ) ?? null;

interface Returned {
  readonly job: string;
  readonly start: Start;
  readonly applicationId: string;
  readonly deadlineMs: number;
}

/**
 * Ends an instance that was given up and has turned up again. The fence then keeps its start as any other that was killed.
 * @returns the doubt that is left at the deadline; null when the end is confirmed.
 */
export async function endReturned(deps: Dependencies, { deadlineMs, ...returned }: Returned): Promise<Doubt> {
  const waited = await poll({ deadlineMs, everyMs: 1_000 }, async () => {
    const doubt = await tryToEnd(deps, returned);
    return doubt === null ? { found: true } : { seen: doubt };
  });
  return 'timedOut' in waited ? waited.timedOut : null;
}

async function tryToEnd(
  deps: Dependencies,
  { job, start: { cluster, flinkJobId, startKey }, applicationId }: Omit<Returned, 'deadlineMs'>,
): Promise<Doubt> {
  const { yarn } = clusterOfInstance(deps, cluster);
  const report = await yarn.application(applicationId);
  if (report && !isTerminal(report.state)) {
    await yarn.kill(applicationId);
    return `application ${applicationId}, which was given up, is still ${report.state} on cluster ${cluster}`;
  }
  const { doubt } = await lookForLife(deps, { job, cluster, applicationId, flinkJobId, report });
  if (doubt !== null) return doubt;
  await changeFence(deps.s3, job, (fence) => ({
    ...fence,
    starts: fence.starts.map((start) => confirmed(start, startKey)),
  }));
  await dropTraces(deps.s3, { job, applicationId });
  return null;
}

function confirmed(start: Start, startKey: string): Start {
  if (start.startKey !== startKey || !start.closed) return start;
  const { givenUp: _over, ...closed } = start.closed;
  return { ...start, closed };
}
