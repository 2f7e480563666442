/** The entry of the workflow bundle: every workflow of Sluice. */
export { flinkJob } from './flink-job.ts';
