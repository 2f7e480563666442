/** A JobManager that keeps its jobs in memory and speaks Flink's REST API over HTTP. */
import { isTerminalJob } from '../../src/clients/flink/replies.ts';
import { ended } from './flink/checkpoints.ts';
import { createFakeFlinkJobs } from './flink/jobs.ts';
import type { FakeFlinkOptions, FakeFlinkRoute, FakeJob, SavepointEnd, SavepointMode, Slots } from './flink/options.ts';
import { errors } from './flink/replies.ts';
import { requirementRoutes } from './flink/requirements.ts';
import { jobManagerRoutes, jobRoutes, snapshotRoutes } from './flink/routes.ts';
import { FakeSavepoints } from './flink/savepoints.ts';
import { type FakeServer, startFakeServer } from './server.ts';

export type { FakeFlinkRoute, FakeJob, SavepointMode } from './flink/options.ts';

export interface FakeFlink extends FakeServer<FakeFlinkRoute>, Slots {
  readonly jobs: Map<string, FakeJob>;
  /** Jobs for which a stop or savepoint really began: a repeated trigger id counts once. */
  readonly begun: { jobId: string; triggerId: string; kind: 'stop' | 'savepoint' }[];
  savepointMode: SavepointMode;
  /** ms a savepoint stays IN_PROGRESS. */
  savepointTakes: number;
  readonly logs: Map<string, string>;
  /** Log files of each TaskManager, by its container. */
  readonly taskManagers: Map<string, Map<string, string>>;
  readonly config: Map<string, string>;
  addJob(job: { id: string } & Partial<Omit<FakeJob, 'id'>>): FakeJob;
  completeCheckpoint(jobId: string): void;
  failCheckpoint(jobId: string): void;
  /** The job fails and starts again: RUNNING from now, one more restored checkpoint. */
  restartJob(jobId: string, stack?: string): void;
  failJob(jobId: string, stack?: string): void;
  /** Savepoints that are in progress for ever end after all. */
  endSavepoints(mode: SavepointEnd): void;
  /** Somebody stops the job with tools of Flink, with a savepoint into a folder. */
  stopByHand(jobId: string, directory: string): void;
  /** The job fails and is started again and again: RESTARTING until `restartJob`. */
  crashLoop(jobId: string, stack?: string): void;
  /** Savepoints that are `never` to end expire, as Flink decides after its timeout. */
  failPendingSavepoints(): void;
  /** Triggers are unknown, as after a failover of the JobManager. */
  forgetTriggers(): void;
}

export async function createFakeFlink(options: FakeFlinkOptions = {}): Promise<FakeFlink> {
  const jobs = new Map<string, FakeJob>();
  const logs = new Map<string, string>();
  const taskManagers = new Map<string, Map<string, string>>();
  const config = new Map<string, string>();
  const savepoints = new FakeSavepoints(jobs, options);
  // All switches are in a single object, so that its routes read the switch that a test sets.
  const slots = Object.assign(savepoints.mode, {
    mostSlots: Infinity,
    rescalingTakes: 0,
    refusesRequirements: false,
  } satisfies Slots);
  const server = await startFakeServer<FakeFlinkRoute>(
    [
      ...jobRoutes(jobs),
      ...snapshotRoutes(jobs, savepoints, options),
      ...requirementRoutes(jobs, slots, options),
      ...jobManagerRoutes(jobs, logs, taskManagers, config, options),
    ],
    () => null,
    errors(404, 'Not found.'),
    options.transport,
  );
  return Object.assign(slots, server, createFakeFlinkJobs(jobs, options), {
    jobs,
    begun: savepoints.begun,
    logs,
    taskManagers,
    config,
    endSavepoints: (how: SavepointEnd) => savepoints.endAll(how),
    stopByHand: (jobId: string, targetDirectory: string) =>
      void savepoints.trigger('stop', jobId, { targetDirectory, drain: false }),
    failPendingSavepoints: () => savepoints.failPending(),
    forgetTriggers: () => savepoints.forget(),
    // YARN ends a container with SIGTERM first: the JobManager then suspends its jobs.
    close: () => {
      savepoints.close();
      for (const job of jobs.values()) if (!isTerminalJob(job.state)) ended(job, 'SUSPENDED', options);
      return server.close();
    },
  });
}
