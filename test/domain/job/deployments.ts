/** A deployment as a job's memory holds it, for tests of the job's rules. */
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { deployment } from '../../support/deployment.ts';

const AT = '2026-01-01T00:00:00.000Z';

/** The first deployment of its job: it runs, is verified, and has completed a checkpoint. */
export const currentDeployment: Deployment = {
  ...deployment,
  job: 'clicks',
  jar: { key: 'releases/clicks/1.0.0/clicks.jar', name: 'clicks.jar', sha256: '0'.repeat(64), size: 1 },
  file: '0'.repeat(64),
  maxCheckpointAge: 300_000,
  number: 1,
  operationId: 'first',
  startKey: 'first/1',
  epoch: 1,
  applicationId: 'application_1700000000000_0001',
  flinkJobId: '0'.repeat(32),
  startedAt: AT,
  runningAt: AT,
  verifiedAt: AT,
  completedCheckpoint: 1,
};
