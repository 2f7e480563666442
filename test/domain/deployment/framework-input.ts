/** Input of the framework settings: the values that Sluice itself gives a start, with arguments that need quoting. */
import type { FrameworkInput } from '../../../src/domain/deployment/framework-settings.ts';

export const args = ['--topic', 'a b; $c "d" \'e\' : # é 😀\n'];

export const input: FrameworkInput = {
  job: 'clicks-prod',
  flinkVersion: '1.20.1',
  flinkJobId: '0123456789abcdef0123456789abcdef',
  applicationName: 'clicks-prod',
  tags: ['sluice', 'sluice-job-clicks-prod'],
  launcher: {
    'high-availability.cluster-id': 'application_1_0001',
    '$internal.application.program-args': args,
    'pipeline.jars': ['s3a://bucket/clicks.jar'],
  },
  checkpointsDir: 's3://bucket/checkpoints/clicks-prod',
  savepointsDir: 's3://bucket/savepoints/clicks-prod',
  restorePath: 's3://bucket/savepoints/clicks-prod/op/savepoint-1',
  allowNonRestoredState: false,
  deploymentNumber: 7,
  epoch: 9,
};
