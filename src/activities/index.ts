/** All activities; their errors cross into Temporal as codes of the table. */
import { heartbeat } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { SluiceError, errorTable } from '../domain/errors/errors.ts';
import { timeLimits } from '../domain/time-limits.ts';
import { createAdoptApplication } from './adopt/adopt-application.ts';
import { createAwaitRunning } from './start/await-running.ts';
import { createCampaign } from './campaign/campaign.ts';
import { createClaimOperation } from './operation/claim-operation.ts';
import type { Dependencies } from './dependencies/dependencies.ts';
import { createEndApplication } from './end/end-application.ts';
import { createGiveUp } from './end/give-up.ts';
import { createFlinkApplication } from './instance/flink-application.ts';
import { createLostOperations } from './operation/lost-operations.ts';
import { createObserveInstance } from './instance/observe-instance.ts';
import { createMakeClassArchives } from './distribution/make-class-archives.ts';
import { createPlanOperation } from './plan/plan-operation.ts';
import { createProveJob } from './operation/prove-job.ts';
import { createRecordOperations } from './operation/record-operations.ts';
import { createTransferJob } from './operation/transfer-job.ts';
import { createRescale } from './rescale/rescale.ts';
import { createRestorePoints } from './restore-points/restore-points.ts';
import { createRetireRestorePoints } from './restore-points/retire-restore-points.ts';
import { createSavepoints } from './restore-points/savepoints.ts';
import { createSightJob } from './plan/sight-job.ts';
import { createSigning } from './operation/signing.ts';
import { createStandby } from './start/standby.ts';
import { createStart } from './start/start.ts';
import { createWatchCluster } from './watch-cluster/watch-cluster.ts';
import { createWatchNotifications } from './notify/watch-notifications.ts';
import { createWatchReleases } from './watch-releases/watch-releases.ts';

const assemble = (deps: Dependencies) => ({
  ...createClaimOperation(deps),
  ...createObserveInstance(deps),
  ...createProveJob(deps),
  ...createSightJob(deps),
  ...createPlanOperation(deps),
  ...createStart(deps),
  ...createStandby(deps),
  ...createFlinkApplication(deps),
  ...createAdoptApplication(deps),
  ...createLostOperations(deps),
  ...createAwaitRunning(deps),
  ...createSavepoints(deps),
  ...createRescale(deps),
  ...createEndApplication(deps),
  ...createGiveUp(deps),
  ...createRestorePoints(deps),
  ...createRetireRestorePoints(deps),
  ...createRecordOperations(deps),
  ...createTransferJob(deps),
  ...createSigning(deps),
  ...createWatchNotifications(deps),
  ...createCampaign(deps),
  ...createMakeClassArchives(deps),
});

/** Activities that carry notes in their heartbeats: a heartbeat without notes would wipe them out. */
const assembleNoting = (deps: Dependencies) => ({ ...createWatchCluster(deps), ...createWatchReleases(deps) });

export type Activities = ReturnType<typeof assemble> & ReturnType<typeof assembleNoting>;

export function createActivities(deps: Dependencies): Activities {
  const beats = Object.entries(assemble(deps)).map(([name, act]) => [name, translated(beating(act as Act))]);
  const notes = Object.entries(assembleNoting(deps)).map(([name, act]) => [name, translated(act as Act)]);
  const wrapped = [...beats, ...notes];
  return Object.fromEntries(wrapped) as Activities; // the same names with the same signatures
}

type Act = (input: never) => Promise<unknown>;

const beating = (act: Act): Act => {
  return async (input) => {
    const beat = setInterval(() => heartbeat(), timeLimits.heartbeatEvery);
    try {
      return await act(input);
    } finally {
      clearInterval(beat);
    }
  };
};

const translated = (act: Act): Act => {
  return async (input) => {
    try {
      return await act(input);
    } catch (error) {
      throw asFailure(error);
    }
  };
};

/** Details beside code and message: the wrong places of an input, the cause in words, whether tasks can have run, and whether the fence is untouched. */
function detailsOf({ errors, why, neverRan, untouched }: SluiceError): unknown[] {
  const details = {
    ...(errors.length > 0 ? { errors: errors.slice(0, 50) } : {}),
    ...(why === null ? {} : { why }),
    ...(neverRan ? { neverRan } : {}),
    ...(untouched ? { untouched } : {}),
  };
  return Object.keys(details).length === 0 ? [] : [details];
}

/** Only the code decides whether an activity is tried again. A defect is tried again too: a new worker may mend it. */
function asFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (!(error instanceof SluiceError)) return error;
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: !errorTable[error.code].retry,
    details: detailsOf(error),
    cause: error,
  });
}
