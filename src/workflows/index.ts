/** The entry of the workflow bundle: every workflow of Sluice. */
export { clusterWatch } from './cluster-watch.ts';
export { flinkJob } from './flink-job.ts';
export { plan } from './plan.ts';
export { periodicSavepoint } from './periodic-savepoint.ts';
export { releaseWatch } from './release-watch.ts';
