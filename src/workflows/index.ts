/** The entry of the workflow bundle: every workflow of Sluice. */
export { campaign } from './campaign/campaign.ts';
export { clusterWatch } from './watch/cluster-watch.ts';
export { notificationWatch } from './watch/notification-watch.ts';
export { notificationTest } from './watch/notification-test.ts';
export { clusterTurns } from './turns/cluster-turns.ts';
export { flinkJob } from './job/flink-job.ts';
export { plan } from './plan.ts';
export { periodicSavepoint } from './periodic-savepoint.ts';
export { releaseWatch } from './watch/release-watch.ts';
export { warmUp } from './warm-up.ts';
