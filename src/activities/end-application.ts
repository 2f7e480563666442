/** Ending an application: asked of YARN until YARN says that it is over, then closed in the fence. */
import { isTerminal } from '../clients/yarn-replies.ts';
import type { Deployment } from '../domain/deployment.ts';
import { SluiceError } from '../domain/errors.ts';
import { withClosed } from '../domain/fence.ts';
import type { RestorePoint } from '../domain/restore-point.ts';
import { deploymentKey } from '../domain/storage-keys.ts';
import { clusterOf, now, type Dependencies } from './dependencies.ts';
import { changeFence } from './fence-store.ts';
import { poll, type Look } from './poll.ts';
import { endLateSubmit } from './settle-starts.ts';

interface EndInput {
  readonly deployment: Deployment;
  readonly how: 'stopped' | 'killed' | 'failed' | 'finished';
  /** The savepoint that stopping took; written into the deployment's record before anything is ended. */
  readonly savepoint: RestorePoint | null;
  readonly deadlineMs: number;
}

const ASK_AGAIN_MS = 3_000;

export const createEndApplication = (deps: Dependencies) => ({
  /** @throws SluiceError `ApplicationNotEnding` when it is not confirmed dead in time: then nothing may be started. */
  async endApplication({ deployment, how, savepoint, deadlineMs }: EndInput): Promise<{ endedAt: string }> {
    const ended = { at: now(), how, savepoint };
    await deps.s3.put(deploymentKey(deployment.job, deployment.number), JSON.stringify({ ...deployment, ended }));
    const { yarn } = clusterOf(deps, deployment.cluster);
    const { applicationId: id } = deployment;
    let askedAt = 0;
    const look = async (): Promise<Look<true>> => {
      const report = await yarn.application(id);
      if (!report || isTerminal(report.state)) return { found: true };
      if (Date.now() - askedAt >= ASK_AGAIN_MS) {
        await yarn.kill(id);
        askedAt = Date.now();
      }
      return { seen: `application ${id} is still ${report.state}` };
    };
    const waited = await poll({ deadlineMs, everyMs: 80 }, look);
    if (!('found' in waited)) {
      throw new SluiceError(
        'ApplicationNotEnding',
        `${id} on cluster ${deployment.cluster} is not confirmed dead: ${waited.timedOut}`,
      );
    }
    await changeFence(deps.s3, deployment.job, (fence) => withClosed(fence, deployment.startKey, { at: now(), how }));
    // One that never ran may have been refused, or may still be on its way to the ResourceManager.
    if (deployment.runningAt === null) await endLateSubmit(deps, deployment);
    return { endedAt: ended.at };
  },
});
