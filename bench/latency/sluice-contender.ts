/** Starts a new job through Sluice from end to end: by a deploy that is requested from the API. */
import type { JobBody } from '../../src/api/contract.ts';
import { jobTagOf } from '../../src/domain/identity/yarn-tags.ts';
import type { LauncherName } from '../../src/domain/identity/launcher-name.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';
import type { Contender, ContenderName } from './contender.ts';
import { ask, ended, get, type Sluice } from './sluice-api.ts';
import type { Workload } from './workload.ts';

export function sluiceContender(
  sluice: Sluice,
  workload: Workload,
  launcher: LauncherName,
  name: ContenderName = launcher,
): Contender {
  const archives = name === 'direct-archives' ? ' and class archives' : '';
  return {
    name,
    description: `POST /jobs/…/operations of a job that was never seen; Sluice with its launcher ${launcher}${archives}`,
    start(run) {
      const requestedAt = Date.now();
      const deploying = ask(sluice, run, { kind: 'deploy', release: workload.release, launcher, actor: 'bench' });
      // The bench watches the deploy from the first moment. A successful deploy never settles this promise.
      const failed = deploying.then((deploy) => followToFailure(sluice, deploy));
      failed.catch(() => undefined);
      return {
        requestedAt,
        filter: { tags: [jobTagOf(run)] },
        failed,
        async end() {
          const deploy = await deploying;
          await ended(sluice, deploy);
          const job = (await get(sluice, `/jobs/${run}`)) as JobBody; // the API's own shape
          if (job.state === 'running') await ended(sluice, await ask(sluice, run, { kind: 'kill', actor: 'bench' }));
        },
      };
    },
  };
}

async function followToFailure(sluice: Sluice, deploy: OperationRecord): Promise<never> {
  const { outcome, error } = await ended(sluice, deploy);
  if (outcome === 'succeeded') return await new Promise<never>(() => undefined);
  throw new Error(`Sluice's deploy of ${deploy.job} ended ${outcome ?? ''}: ${error?.detail ?? 'no reason recorded'}`);
}
