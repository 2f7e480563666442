/** Arbitrary names of jobs, clusters and Flink jobs, for tests that build a name and read it back. */
import fc from 'fast-check';

export const jobNames = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
export const flinkJobIds = fc.stringMatching(/^[0-9a-f]{32}$/);
export const operationIds = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
