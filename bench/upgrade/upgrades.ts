/** The ways of an upgrade: each starts a job, replaces its instance with its state, and ends it. */
import type { FlinkClient } from '../../src/clients/flink/flink.ts';
import type { YarnClient } from '../../src/clients/yarn/yarn.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';
import { stopByHand, submitByHand, type ByHand } from '../../test/support/processes/flink-client.ts';
import { configByHand } from '../../test/support/by-hand.ts';
import { ask, ended, get, type Sluice } from '../latency/sluice-api.ts';
import { endApplications } from '../latency/cluster-state.ts';
import { FLINK_VERSION, type Workload } from '../latency/workload.ts';
import { z } from 'zod';
import type { Mode } from './rounds.ts';

/** A job that is upgraded once. */
export interface Upgrade {
  /** Starts the job from nothing. @returns its application */
  begin(): Promise<string>;
  /** Replaces the instance. @returns the application of the new one */
  upgrade(): Promise<string>;
  /** Ends the job, also after a failure. */
  end(): Promise<void>;
}

export const OBSERVED = ['--observer', 'env:SLUICE_OBSERVER'] as const;

/** Tells how an upgrade went. A release of Sluice before handovers says nothing, and went cold. */
const Went = z.object({
  handover: z
    .object({ how: z.string(), reason: z.string().nullable() })
    .nullish()
    .transform((handover) => handover ?? { how: 'cold', reason: null }),
});
const Running = z.object({ deployment: z.object({ applicationId: z.string() }) });

export function upgradeBySluice(
  sluice: Sluice,
  job: string,
  { mode, releases }: { readonly mode: Exclude<Mode, 'client'>; readonly releases: readonly [string, string] },
): Upgrade {
  const applicationOf = async () => Running.parse(await get(sluice, `/jobs/${job}`)).deployment.applicationId;
  const deploy = async (release: string): Promise<OperationRecord> => {
    const operation = await ended(sluice, await ask(sluice, job, { kind: 'deploy', release, actor: 'bench' }));
    if (operation.outcome === 'succeeded') return operation;
    throw new Error(`the deploy of ${job} ended ${operation.outcome ?? ''}: ${operation.error?.detail ?? ''}`);
  };
  return {
    async begin() {
      await deploy(releases[0]);
      return applicationOf();
    },
    async upgrade() {
      const { handover } = Went.parse(await deploy(releases[1]));
      if (handover.how !== mode)
        throw new Error(`the upgrade of ${job} went ${handover.how}: ${handover.reason ?? ''}`);
      return applicationOf();
    },
    async end() {
      await ended(sluice, await ask(sluice, job, { kind: 'kill', force: true, actor: 'bench' }));
    },
  };
}

interface Clients {
  readonly yarn: YarnClient;
  readonly flink: FlinkClient;
}

export function upgradeByClient({ yarn, flink }: Clients, job: string, workload: Workload, cluster: string): Upgrade {
  const start: ByHand = {
    cluster,
    flinkVersion: FLINK_VERSION,
    config: { ...configByHand(job), 'yarn.tags': job, 'execution.checkpointing.interval': '2s' },
    jar: workload.jar.path,
    entryClass: 'com.example.Clicks',
    args: [...OBSERVED, '--rate', '50'],
  };
  let applicationId = '';
  const flinkJobId = async (): Promise<string> => {
    const { amAddress } = (await yarn.application(applicationId)) ?? { amAddress: null };
    const [only] = amAddress === null ? [] : await flink.jobs(amAddress);
    if (only === undefined) throw new Error(`${applicationId} has no job`);
    return only.id;
  };
  return {
    async begin() {
      return (applicationId = await submitByHand(start));
    },
    async upgrade() {
      const into = `${start.config['execution.checkpointing.dir'] ?? ''}/savepoints`;
      const restore = await stopByHand({ ...start, applicationId, flinkJobId: await flinkJobId(), into });
      return (applicationId = await submitByHand({ ...start, restore }));
    },
    end: () => endApplications(yarn, { tags: [job] }),
  };
}
