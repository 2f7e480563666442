/** Campaigns that are stopped while they ask, and that get no answer, for the recordings. */
import type { CampaignPlan } from '../../../src/domain/campaign/plan.ts';
import type { CampaignView } from '../../../src/domain/campaign/view.ts';
import { campaignWorkflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { createCampaignGateway } from '../../../src/temporal/campaigns/campaign-gateway-on-temporal.ts';
import { plan } from '../../domain/campaign/plans.ts';
import { createBetween } from '../campaign/between.ts';
import { askingOnly, seen, type Driver } from '../harness.ts';
import type { Played } from './played.ts';

/** Stands between the campaigns of the story and its job. */
export const between = createBetween();

const by = { by: 'ops', reason: 'recorded' };
const isOver = ({ endedAt }: CampaignView): boolean => endedAt !== null;
const isInDoubt = ({ jobs: [first] }: CampaignView): boolean => first?.state === 'asking' && first.code !== null;

/** @param turnedOver tells a workflow to go on in a next run, and waits for that. */
export const stoppedCampaignsOf =
  (job: string, turnedOver: (driver: Driver, workflowId: string) => Promise<void>) =>
  async ({ driver, world }: Played): Promise<void> => {
    const gateway = createCampaignGateway({ client: askingOnly(driver), taskQueue: driver.taskQueue });
    const begin = (id: string, more: Partial<CampaignPlan> = {}) =>
      gateway.start({ ...plan([job], { kind: 'savepoint', maxParallel: 1, ...more }), id });
    const until = (id: string, holds: (view: CampaignView) => boolean) =>
      seen(id, async () => holds((await gateway.view(id))!));
    await driver.signal('deploy', { id: 'first-deploy', actor: 'ci', release: 'clicks/1.0.0' });
    await driver.ended('first-deploy');

    const letGo = between.hold();
    await begin('called-back');
    await seen('the look', () => between.seen.length === 1);
    await gateway.command('called-back', 'stop', by);
    letGo();
    await until('called-back', isOver);

    const { flink } = world.jobOf(world.live(job)[0]!);
    for (const fault of ['answerLost', 'defect'] as const) {
      const id = `after-${fault.toLowerCase()}`;
      flink.savepointMode = 'never';
      between.fault = fault;
      await begin(id);
      await until(id, isInDoubt);
      await gateway.command(id, 'stop', by);
      await turnedOver(driver, campaignWorkflowIdOf(id));
      await seen('the savepoint', () => flink.begun.length > 0);
      flink.savepointMode = 'ok';
      flink.endSavepoints('ok');
      await until(id, isOver);
    }

    between.fault = 'requestLost';
    await begin('asked-again');
    await until('asked-again', ({ jobs: [first] }) => first?.tries === 1);
    between.fault = 'none';
    await until('asked-again', isOver);
  };
