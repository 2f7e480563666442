/** All activities; their errors cross into Temporal as codes of the table. */
import { heartbeat } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { SluiceError, errorTable } from '../domain/errors.ts';
import { createAwaitRunning } from './await-running.ts';
import { createCheckStart } from './check-start.ts';
import { createClaimOperation } from './claim-operation.ts';
import type { Dependencies } from './dependencies.ts';
import { createEndApplication } from './end-application.ts';
import { createEvidence } from './evidence.ts';
import { createProveJob } from './prove-job.ts';
import { createRecordOperations } from './record-operations.ts';
import { createRestorePoints } from './restore-points.ts';
import { createSavepoints } from './savepoints.ts';
import { createStart } from './start.ts';

const assemble = (deps: Dependencies) => ({
  ...createClaimOperation(deps),
  ...createProveJob(deps),
  ...createCheckStart(deps),
  ...createStart(deps),
  ...createAwaitRunning(deps),
  ...createSavepoints(deps),
  ...createEndApplication(deps),
  ...createEvidence(deps),
  ...createRestorePoints(deps),
  ...createRecordOperations(deps),
});

export type Activities = ReturnType<typeof assemble>;

export function createActivities(deps: Dependencies): Activities {
  const activities = assemble(deps);
  const wrapped = Object.entries(activities).map(([name, act]) => [name, translated(act as Act)]);
  return Object.fromEntries(wrapped) as Activities; // the same names with the same signatures
}

/** Shorter than the heartbeat time-outs: a worker that is gone is noticed, a slow answer is not taken for it. */
const HEARTBEAT_MS = 3_000;

type Act = (input: never) => Promise<unknown>;

const translated = (act: Act): Act => {
  return async (input) => {
    const beating = setInterval(() => heartbeat(), HEARTBEAT_MS);
    try {
      return await act(input);
    } catch (error) {
      throw asFailure(error);
    } finally {
      clearInterval(beating);
    }
  };
};

/** Only the code decides whether an activity is tried again. A defect is tried again too: a new worker may mend it. */
function asFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (!(error instanceof SluiceError)) return error;
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: !errorTable[error.code].retry,
    details: error.errors.length > 0 ? [{ errors: error.errors.slice(0, 50) }] : [],
    cause: error,
  });
}
