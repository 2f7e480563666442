/**
 * The Flink application of a start. `direct` submits it under the reserved id; with `shell-runner` the reserved id is the
 * launcher's, and Flink's client gets an id of its own: that application is found by the tag of the start.
 */
import { isTerminal, type ApplicationReport } from '../../clients/yarn/replies.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { identityOfTags, startTagOf } from '../../domain/identity/yarn-tags.ts';
import { withOpened } from '../../domain/lock/gate.ts';
import { changeDeployment } from '../../records/deployments.ts';
import { changeGates } from '../../records/gates.ts';
import { clusterOfInstance, now, type Dependencies } from '../dependencies/dependencies.ts';
import { forgottenOrLost } from './forgotten.ts';
import { reportedEnd } from './how-ended.ts';
import { keepTraces } from './traces.ts';
import { poll } from '../poll.ts';

/** The application that Flink's client submitted for a start, or null while there is none. */
export async function findApplication(
  deps: Dependencies,
  { cluster, flinkJobId }: Pick<Deployment, 'cluster' | 'flinkJobId'>,
): Promise<ApplicationReport | null> {
  const applications = await clusterOfInstance(deps, cluster).yarn.applications({ tags: [startTagOf(flinkJobId)] });
  const ours = applications.filter(({ tags }) => identityOfTags(tags).flinkJobId === flinkJobId);
  return ours.find(({ state }) => !isTerminal(state)) ?? ours.at(-1) ?? null;
}

/** Tells whether only the launcher is known, and not yet the application that it launched. */
export const isUnfound = ({ applicationId, runner }: Pick<Deployment, 'applicationId' | 'runner'>): boolean =>
  applicationId === runner;

export const createFlinkApplication = (deps: Dependencies) => ({
  /**
   * Waits until YARN has the application that Flink's client submits. The application counts, whatever becomes of the
   * launcher, and may run from then on.
   * @throws SluiceError `LockLost` when its gate was revoked meanwhile; SluiceError `StartFailed` with the client's last lines, `StartTimedOut` with what was seen last.
   */
  async awaitApplication({
    deployment,
    deadlineMs,
  }: {
    readonly deployment: Deployment;
    readonly deadlineMs: number;
  }): Promise<{ applicationId: string }> {
    const runner = deployment.runner ?? deployment.applicationId;
    const { yarn } = clusterOfInstance(deps, deployment.cluster);
    const note = keepTraces(deps, { ...deployment, applicationId: runner });
    const waited = await poll({ deadlineMs, everyMs: 300 }, async () => {
      // The launcher is asked first, because the later list then has everything that it submitted before its end.
      const launcher = await yarn.application(runner);
      const application = await findApplication(deps, deployment);
      if (application) return { found: application.id };
      if (launcher && !isTerminal(launcher.state)) await note(launcher);
      if (!launcher) return { seen: await forgottenOrLost(yarn, { applicationId: runner }) };
      if (isTerminal(launcher.state))
        throw new SluiceError('StartFailed', `Flink's client submitted nothing: ${reportedEnd(launcher)}`);
      return { seen: `launcher ${runner} is ${launcher.state}` };
    });
    if (!('found' in waited))
      throw new SluiceError(
        'StartTimedOut',
        `Flink's client submitted nothing within ${deadlineMs / 1000} s: ${waited.timedOut}`,
      );
    const { gated, startKey, epoch, job } = deployment;
    const admission = { startKey, epoch, applicationId: waited.found };
    if (gated) await changeGates(deps.s3, job, (gates) => withOpened(gates, admission, now()));
    await changeDeployment(deps.s3, { ...deployment, applicationId: waited.found });
    return { applicationId: waited.found };
  },
});
