/** Jobs that run, and a campaign over them, for the tests of campaigns on a real Temporal. */
import { randomUUID } from 'node:crypto';
import type { CampaignPlan } from '../../../src/domain/campaign/plan.ts';
import type { CampaignView } from '../../../src/domain/campaign/view.ts';
import { campaignWorkflowIdOf, workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { createCampaignGateway } from '../../../src/temporal/campaigns/campaign-gateway-on-temporal.ts';
import { historyQuery, jobQuery } from '../../../src/workflows/messages.ts';
import { plan as planOf } from '../../domain/campaign/plans.ts';
import { askingOnly, seen, type Circumstances, type Driver } from '../harness.ts';
import type { Stage } from '../use-stage.ts';

export const RELEASE = 'clicks/1.0.0';

export interface Company {
  readonly driver: Driver;
  readonly gateway: ReturnType<typeof createCampaignGateway>;
  readonly jobs: readonly string[];
  readonly id: string;
  /** Begins the campaign over all jobs. */
  readonly begin: (more?: Partial<CampaignPlan>) => Promise<void>;
  readonly view: () => Promise<CampaignView>;
  readonly until: (what: string, holds: (view: CampaignView) => boolean) => Promise<CampaignView>;
  readonly ended: () => Promise<CampaignView>;
  readonly newest: (job: string) => Promise<OperationRecord | undefined>;
}

export const isOver = ({ endedAt }: CampaignView): boolean => endedAt !== null;

/** Deploys some jobs, and tells a story of a campaign over them. */
export async function withJobs(
  stage: Stage,
  count: number,
  story: (company: Company) => Promise<void>,
  circumstances: Circumstances = {},
): Promise<void> {
  const jobs = Array.from({ length: count }, (_, index) => `${stage.job}-${index}`);
  stage.world.publish(RELEASE, jobs, { placement: '{cluster: yarn-a, backups: [yarn-b]}' });
  stage.world.publish('clicks/1.1.0', jobs);
  await stage.story(async (driver) => {
    const { client, taskQueue } = driver;
    for (const job of jobs) await deploy(driver, job);
    const id = `c-${randomUUID().slice(0, 8)}`;
    const gateway = createCampaignGateway({ client: askingOnly(driver), taskQueue });
    const view = async (): Promise<CampaignView> =>
      (await gateway.view(id)) ?? Promise.reject(new Error('it is not there'));
    const until: Company['until'] = async (what, holds) => {
      await seen(what, async () => holds(await view()));
      return await view();
    };
    await story({
      ...{ driver, gateway, jobs, id, view, until },
      begin: async (more = {}) => {
        await gateway.start({ ...planOf(jobs, { maxParallel: 1, ...more }), id });
      },
      ended: () => until('the end of the campaign', isOver),
      newest: async (job) => (await client.workflow.getHandle(workflowIdOf(job)).query(historyQuery))[0],
    });
    const ids = [campaignWorkflowIdOf(id), ...jobs.map(workflowIdOf)];
    await Promise.allSettled(ids.map((one) => client.workflow.getHandle(one).terminate()));
  }, circumstances);
}

async function deploy({ client, taskQueue }: Driver, job: string): Promise<void> {
  const workflowId = workflowIdOf(job);
  const signalArgs = [{ id: 'first', actor: 'ci', release: RELEASE }];
  await client.workflow.signalWithStart('flinkJob', {
    workflowId,
    taskQueue,
    args: [{ job }],
    signal: 'deploy',
    signalArgs,
  });
  await seen(`${job} to run`, async () => {
    const { state, operation } = await client.workflow.getHandle(workflowId).query(jobQuery);
    return state === 'running' && operation === null;
  });
}

export const statesOf = ({ jobs }: CampaignView): string[] => jobs.map(({ state }) => state);
/** The next savepoint of a job takes until the function is called that this returns. */
export function holdSavepoint(stage: Stage, job: string): () => Promise<void> {
  const { flink } = stage.world.jobOf(stage.world.live(job)[0]!);
  flink.savepointMode = 'never';
  return async () => {
    await seen(`the savepoint of ${job}`, () => flink.begun.length > 0);
    flink.savepointMode = 'ok';
    flink.endSavepoints('ok');
  };
}
export const isHeld = ({ jobs }: CampaignView): boolean => jobs.some(({ state }) => state === 'running');
