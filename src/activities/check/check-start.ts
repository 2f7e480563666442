/** Looks for everything that can be wrong with a start, while the old instance runs untouched. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { withoutLease } from '../../domain/deployment/gate-words.ts';
import { rulesOf } from '../../domain/deployment-file/job-type.ts';
import { openingOf } from '../../domain/deployment-file/deploy-windows.ts';
import { refuseUnfenced } from '../../domain/lock/left.ts';
import type { StopWith } from '../../domain/operation/operation.ts';
import { jointError, newFindings } from '../../domain/plan/preflight.ts';
import { riskOf } from '../../domain/restore-points/restore-point.ts';
import { deploymentsOnce } from '../../records/deployments.ts';
import { keepDeploymentFile, keepShipped } from '../../records/texts.ts';
import { checkConfiguration } from './check-configuration.ts';
import { findDistribution } from '../distribution/class-archive.ts';
import { checkOwner, handedOverSince } from './check-owner.ts';
import { readSource } from './check-release.ts';
import type { Source } from './check-release.ts';
import { lookAround } from './look-around.ts';
import { toldWithAnId } from './check-resources.ts';
import { chosenLauncher, clusterOf, launcherOf, type Dependencies } from '../dependencies/dependencies.ts';
import { sha256Of } from '../../clients/s3/checksum.ts';
import type { CheckInput, Checked, Looked, Manner } from './checked.ts';

/** @throws SluiceError that names every problem there is, with the code of the first of them. */
export async function checkStart(
  deps: Dependencies,
  input: CheckInput,
  readFence: Manner['readFence'],
): Promise<Checked> {
  const { source, ownership, plan, stopWith, restore, handover, warnings, problems } = await lookAtStart(deps, input, {
    largestContainer: toldWithAnId,
    readFence,
    keep: ({ text, shipped }) => Promise.all([keepDeploymentFile(deps.s3, text), keepShipped(deps.s3, shipped)]),
  });
  const error = jointError(problems);
  if (error) throw error;
  if (!ownership || !plan || !stopWith || !restore)
    throw new SluiceError('Internal', `what ${input.job} is to start is not known`);
  const more = {
    ...(source?.backTo ? { backTo: source.backTo } : {}),
    ...(handover ? { handover } : {}),
    ...insisting(source),
  };
  return { plan, stopWith, restorePoint: restore.point, ownership: ownership.after, warnings, ...more };
}

/** @throws SluiceError `MoveRefused` outside of the windows of drills, where the deployment file names any. */
function refuseClosedWindows({ windows }: { readonly windows: readonly string[] }): void {
  const opening = openingOf(windows, Date.now());
  if (opening.isOpen) return;
  const until = opening.opensAt === null ? '' : `; the next one opens at ${new Date(opening.opensAt).toISOString()}`;
  throw new SluiceError('MoveRefused', `none of the windows for drills is open: ${windows.join('; ')}${until}`);
}

const insisting = (source: Source | null): Pick<Checked, 'isOnlyWarm'> =>
  source?.file.upgrade.handover === 'always' ? { isOnlyWarm: true } : {};

const nothing = {
  ownership: null,
  foreignState: null,
  stopWith: null,
  plan: null,
  restore: null,
  handover: null,
  warnings: [],
};

/** Goes on after a problem, so that an asker learns all problems at once. */
export async function lookAtStart(deps: Dependencies, input: CheckInput, manner: Manner): Promise<Looked> {
  const { job, request, last, leaves } = input;
  const change = request.hotfix ?? { kind: 'keep' };
  const { looked, problems, of } = newFindings();
  const deployments = deploymentsOnce(deps.s3, job);
  const source = await of('release', () =>
    readSource(deps, job, { source: request.source, change, last, deployments, move: request.move ?? null }),
  );
  if (!source) return { source, ...nothing, looked, problems };
  const { file, plan: released, text } = source;
  const { readFence } = manner;
  const ownership = await of('owner', async () => checkOwner(input, await readFence(), source));
  if (leaves)
    await of('fenced', () => {
      refuseUnfenced(leaves);
      if (request.move?.kind === 'failover' && request.move.isDrill) refuseClosedWindows(file.recovery.failover.drills);
    });
  const cluster = await of('cluster', () => clusterOf(deps, released.cluster));
  const distribution = await of('flinkVersion', () => findDistribution(deps, file.flink.version));
  const stopWith = request.stopWith ?? file.upgrade.stopWith ?? rulesOf(file.job.type).stopWith;
  const launcher = cluster && (await of('launcher', () => chosenLauncher(cluster, source.launcher)));
  const configuration = cluster && (await of('configuration', () => checkConfiguration(deps, cluster, source)));
  const place = { cluster, launcher, configuration, distribution };
  const around = await lookAround(deps, input, { ...manner, of, deployments, source, stopWith, ...place });
  const { restore, foreignState, handover } = around;
  const asked = { file: sha256Of(text), allowNonRestoredState: request.allowNonRestoredState };
  const plan = launcher &&
    configuration && { ...released, launcher, ...configuration.facts, ...asked, ...around.flink };
  const point = restore?.point === 'from-stop' ? last && pointOfStop(last, stopWith) : restore?.point;
  const risk = point && plan && riskOf(point, { ...plan, maxParallelism: configuration.maxParallelism });
  if (point) await of('stateRisk', () => (risk && !request.acceptStateRisk ? refuseRisk(risk) : null));
  const warnings = [
    source.warnings,
    ownership && handedOverSince(ownership.after, released),
    around.cordon,
    configuration?.warnings,
    restore?.warnings,
    foreignState && `starts from the state of ${foreignState}, as asked for`,
    around.resources,
    around.queue,
    around.strangers,
    cluster && launcher && withoutLease(file, launcherOf(cluster, launcher).leaseOf(file)),
    risk,
  ].flatMap((some) => some ?? []);
  return { source, ownership, foreignState, stopWith, plan, restore, handover, warnings, looked, problems };
}

function refuseRisk(risk: string): never {
  throw new SluiceError('StateRisk', risk);
}

/** Facts about the point that stopping the running instance will give. */
const pointOfStop = ({ flinkVersion, stateBackend, maxParallelism }: Deployment, stopWith: StopWith) => ({
  kind: stopWith === 'savepoint' ? ('savepoint' as const) : ('checkpoint' as const),
  flinkVersion,
  stateBackend,
  maxParallelism,
});
