/** The schedules of periodic savepoints on a real Temporal. */
import { type Client, ScheduleOverlapPolicy } from '@temporalio/client';
import {
  wantedSchedule,
  type ScheduledJob,
  type Schedules,
  type WantedSchedule,
} from '../activities/dependencies/schedules.ts';
import {
  jobOfScheduleId,
  offsetOf,
  periodicIdOf,
  scheduleIdOf,
  workflowIdOf,
} from '../domain/identity/workflow-ids.ts';
import { formatDuration } from '../domain/input/durations.ts';
import { jobQuery, PERIODIC_SAVEPOINT_WORKFLOW } from '../workflows/messages.ts';
import { askOf, nullIfNotFound, type Ask } from './call.ts';

/** Shorter than the heartbeat timeout of the activities that ask. */
const DEADLINE_MS = 5_000;
const LIST_DEADLINE_MS = 10_000;
/** Skips runs that were missed while Temporal was away, because a late savepoint holds the state of now anyway. */
const CATCH_UP = '1m';
const MOST_JITTER_MS = 300_000;

interface Parts {
  readonly client: Client;
  readonly ask: Ask;
  readonly taskQueue: string;
  /** Whether workers sign, so that a periodic savepoint has its request signed first. */
  readonly isSigned: boolean;
}

export function createSchedules(client: Client, taskQueue: string, isSigned: boolean): Schedules {
  const parts = { client, taskQueue, isSigned, ask: askOf(client) };
  return {
    keep: (job, wanted) => keep(parts, job, wanted),
    on: (cluster) => scheduledJobs(parts, cluster),
    wantedBy: (job) => wantedBy(parts, job),
  };
}

async function keep(parts: Parts, job: string, wanted: WantedSchedule | null): Promise<void> {
  const { client, ask, isSigned } = parts;
  const handle = client.schedule.getHandle(scheduleIdOf(job));
  const present = await nullIfNotFound(ask(`Asking for the schedule of ${job}`, DEADLINE_MS, () => handle.describe()));
  if (present !== null) {
    const { memo } = present;
    const isSame = memo?.['cluster'] === wanted?.cluster && memo?.['every'] === wanted?.every;
    if (isSame && (memo?.['signed'] === true) === isSigned) return;
    // Temporal cannot change a schedule's memo, so the schedule is deleted and created again.
    await nullIfNotFound(ask(`Removing the schedule of ${job}`, DEADLINE_MS, () => handle.delete()));
  }
  if (wanted === null) return;
  const options = { scheduleId: scheduleIdOf(job), ...optionsFor(job, wanted, parts) };
  await ask(`Making the schedule of ${job}`, DEADLINE_MS, () => client.schedule.create(options));
}

const optionsFor = (job: string, { every, cluster }: WantedSchedule, { taskQueue, isSigned }: Parts) => ({
  // Offset and jitter spread the savepoints of a thousand jobs over time.
  spec: { intervals: [{ every, offset: offsetOf(job, every) }], jitter: Math.min(MOST_JITTER_MS, every / 10) },
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP } as const,
  action: {
    type: 'startWorkflow',
    workflowType: PERIODIC_SAVEPOINT_WORKFLOW,
    workflowId: periodicIdOf(job),
    taskQueue,
    args: [{ job, every: formatDuration(every), ...(isSigned ? { signed: true } : {}) }],
    workflowExecutionTimeout: CATCH_UP,
  } as const,
  memo: { cluster, every, ...(isSigned ? { signed: true } : {}) },
});

async function scheduledJobs({ client, ask, isSigned }: Parts, cluster: string): Promise<readonly ScheduledJob[]> {
  return await ask('Listing the schedules', LIST_DEADLINE_MS, async () => {
    const jobs: ScheduledJob[] = [];
    for await (const { scheduleId, memo } of client.schedule.list()) {
      const job = jobOfScheduleId(scheduleId);
      if (job === null || memo?.['cluster'] !== cluster) continue;
      jobs.push({ job, lacksSignature: isSigned && memo['signed'] !== true });
    }
    return jobs;
  });
}

async function wantedBy({ client, ask }: Parts, job: string): Promise<WantedSchedule | null> {
  const handle = client.workflow.getHandle(workflowIdOf(job));
  const view = await nullIfNotFound(ask(`Asking ${job}`, DEADLINE_MS, () => handle.query(jobQuery)));
  return view && wantedSchedule(view.deployment);
}
