/** Ending an application: asked of YARN until YARN says that it is over, then closed in the fence. */
import { isTerminal } from '../clients/yarn-replies.ts';
import type { Deployment } from '../domain/deployment.ts';
import { SluiceError } from '../domain/errors.ts';
import { withClosed } from '../domain/fence.ts';
import { clusterOf, now, type Dependencies } from './dependencies.ts';
import { changeFence } from './fence-store.ts';
import { poll, type Look } from './poll.ts';

interface EndInput {
  readonly deployment: Deployment;
  readonly how: 'stopped' | 'killed' | 'failed' | 'finished';
  readonly deadlineMs: number;
}

const ASK_AGAIN_MS = 3_000;

export const createEndApplication = (deps: Dependencies) => ({
  /** @throws SluiceError `ApplicationNotEnding` when it is not confirmed dead in time: then nothing may be started. */
  async endApplication({ deployment, how, deadlineMs }: EndInput): Promise<{ endedAt: string }> {
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
    const at = now();
    await changeFence(deps.s3, deployment.job, (fence) => withClosed(fence, deployment.startKey, { at, how }));
    return { endedAt: at };
  },
});
