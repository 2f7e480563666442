/** The schedules of periodic savepoints on a real Temporal. */
import { type Client, ScheduleNotFoundError, ScheduleOverlapPolicy, WorkflowNotFoundError } from '@temporalio/client';
import { wantedSchedule, type Schedules, type WantedSchedule } from '../activities/dependencies/schedules.ts';
import { messageOf } from '../domain/errors/message-of.ts';
import { formatDuration } from '../domain/input/durations.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import {
  jobOfScheduleId,
  offsetOf,
  periodicIdOf,
  scheduleIdOf,
  workflowIdOf,
} from '../domain/identity/workflow-ids.ts';
import { jobQuery, PERIODIC_SAVEPOINT_WORKFLOW } from '../workflows/messages.ts';

/** Shorter than the heartbeat time-out of the activities that ask. */
const DEADLINE_MS = 5_000;
const LIST_DEADLINE_MS = 10_000;
/** What was missed while Temporal was away is not made up for: a savepoint is of now. */
const CATCH_UP = '1m';
const MOST_JITTER_MS = 300_000;

export function createSchedules(client: Client, taskQueue: string): Schedules {
  async function ask<T>(what: string, deadlineMs: number, call: () => Promise<T>): Promise<T> {
    try {
      return await client.withDeadline(Date.now() + deadlineMs, call);
    } catch (error) {
      if (error instanceof ScheduleNotFoundError || error instanceof WorkflowNotFoundError) throw error;
      const reason = messageOf(error);
      throw new SluiceError('TemporalUnavailable', `${what}: ${reason}`, { cause: error });
    }
  }

  const optionsFor = (job: string, { every, cluster }: WantedSchedule) => ({
    // A thousand jobs must not all take their savepoints in one second.
    spec: { intervals: [{ every, offset: offsetOf(job, every) }], jitter: Math.min(MOST_JITTER_MS, every / 10) },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP } as const,
    action: {
      type: 'startWorkflow',
      workflowType: PERIODIC_SAVEPOINT_WORKFLOW,
      workflowId: periodicIdOf(job),
      taskQueue,
      args: [{ job, every: formatDuration(every) }],
      workflowExecutionTimeout: CATCH_UP,
    } as const,
    memo: { cluster, every },
  });

  async function keep(job: string, wanted: WantedSchedule | null): Promise<void> {
    const handle = client.schedule.getHandle(scheduleIdOf(job));
    try {
      const { memo } = await ask(`asking for the schedule of ${job}`, DEADLINE_MS, () => handle.describe());
      if (memo?.['cluster'] === wanted?.cluster && memo?.['every'] === wanted?.every) return;
      // Its memo cannot be changed: it is made anew.
      await ask(`removing the schedule of ${job}`, DEADLINE_MS, () => handle.delete());
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
    if (wanted === null) return;
    const options = { scheduleId: scheduleIdOf(job), ...optionsFor(job, wanted) };
    await ask(`making the schedule of ${job}`, DEADLINE_MS, () => client.schedule.create(options));
  }

  return {
    keep,

    async on(cluster) {
      const jobs: string[] = [];
      await ask('listing the schedules', LIST_DEADLINE_MS, async () => {
        for await (const { scheduleId, memo } of client.schedule.list()) {
          const job = jobOfScheduleId(scheduleId);
          if (job !== null && memo?.['cluster'] === cluster) jobs.push(job);
        }
      });
      return jobs;
    },

    async wantedBy(job) {
      const handle = client.workflow.getHandle(workflowIdOf(job));
      try {
        const view = await ask(`asking ${job}`, DEADLINE_MS, () => handle.query(jobQuery));
        return wantedSchedule(view.deployment);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return null;
        throw error;
      }
    },
  };
}
