/** Client of a Flink JobManager's REST API. The address comes with each call: it changes with each attempt on YARN. */
import type { FlinkClient } from './flink-client.ts';
import { jobManager } from './job-manager.ts';
import { jobs } from './jobs.ts';
import { resources } from './resources.ts';
import { snapshots } from './snapshots.ts';

export type { FlinkClient } from './flink-client.ts';

export const createFlinkClient = (): FlinkClient => ({ ...jobs, ...snapshots, ...resources, ...jobManager });
