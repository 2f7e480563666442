/** The workflows of the jobs as campaigns talk to them: what each says, what was asked, what is refused, Temporal away. */
import type { CampaignJobs } from '../../src/activities/dependencies/campaign-settings.ts';
import type { CampaignAsk } from '../../src/domain/campaign/plan.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';
import type { JobView } from '../../src/domain/job/job-memory.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';
import { recordOf } from '../api/fake-gateway.ts';

export interface FakeCampaignJobs extends CampaignJobs {
  /** Jobs whose workflow is open, and what it says. */
  readonly open: Map<string, Pick<JobView, 'state' | 'operation'> & Partial<Pick<JobView, 'rejections'>>>;
  /** Every request that arrived, in order. */
  readonly asked: CampaignAsk[];
  /** Operations that the workflows remember, by job. */
  readonly remembered: Map<string, OperationRecord>;
  /** The next request is answered so. */
  failNext: Error | null;
  /** The next request is answered with this operation, as Temporal answers a repeated id. */
  answerNext: OperationRecord | null;
  /** Whether the campaign still waits for the activity that asks. */
  isWantedStill: boolean;
  /** Jobs the tasks of whose workflow fail. */
  readonly stuck: Set<string>;
  down(on?: boolean): void;
}

export function createFakeCampaignJobs(): FakeCampaignJobs {
  let off = false;
  const enter = async (): Promise<void> => {
    await Promise.resolve();
    if (off) throw new SluiceError('TemporalUnavailable', 'Temporal says "14 UNAVAILABLE"');
  };
  const fake: FakeCampaignJobs = {
    open: new Map(),
    asked: [],
    remembered: new Map(),
    failNext: null,
    answerNext: null,
    isWantedStill: true,
    stuck: new Set(),
    down: (on = true) => void (off = on),
    async see(job) {
      await enter();
      const view = fake.open.get(job);
      return view ? { rejections: { last: [], beyond: 0 }, ...view } : null;
    },
    async isWanted() {
      await enter();
      return fake.isWantedStill;
    },
    async operation(job) {
      await enter();
      if (fake.stuck.has(job)) throw new SluiceError('WorkflowTasksFail', `the tasks of ${job} fail`);
      return fake.remembered.get(job) ?? null;
    },
    async ask(asked) {
      await enter();
      const failure = fake.failNext;
      fake.failNext = null;
      if (failure) throw failure;
      fake.asked.push(asked);
      const answer = fake.answerNext;
      fake.answerNext = null;
      return answer ?? recordOf({ ...asked, start: false });
    },
  };
  return fake;
}
