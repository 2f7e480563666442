/** Dependencies of the routes: `server.ts` makes the real ones, tests make fakes. */
import type { Logger } from 'pino';
import type { ReleaseCatalogue } from '../releases/catalogue.ts';
import type { Doctor } from './checkups.ts';
import type { AutoDeploys } from './jobs/auto-deploys.ts';
import type { ClusterItem } from './contract.ts';
import type { JobEvents } from './jobs/job-events.ts';
import type { JobGateway } from '../temporal/job-gateway.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { LinksOf } from './jobs/links.ts';
import type { InstanceReaders } from './instances/live-instance.ts';
import type { Metrics } from './http/metrics.ts';
import type { OldOperations } from './operations/old-operations.ts';
import type { RecordStore } from '../records/record-store.ts';
import type { Submissions } from './operations/submissions.ts';
import type { Watchers } from './jobs/watchers.ts';

export interface ApiDependencies {
  readonly gateway: JobGateway;
  readonly records: RecordStore;
  readonly releases: ReleaseCatalogue;
  /** Asks every cluster; the list names those that do not answer too. */
  readonly clusters: () => Promise<readonly ClusterItem[]>;
  readonly doctor: Doctor;
  /** Reads logs and exceptions of running instances. */
  readonly instances: InstanceReaders;
  readonly linksOf: LinksOf;
  /** Hosts, with their ports, under which the API answers beside loopback and the address at which a request arrives. */
  readonly hosts: readonly string[];
  readonly log: Logger;
  readonly version: string;
}

/** The dependencies that `createApp` adds and the routes share. */
export interface RouteDependencies extends ApiDependencies {
  readonly jobs: Jobs;
  readonly watchers: Watchers;
  readonly autoDeploys: AutoDeploys;
  readonly submissions: Submissions;
  readonly oldOperations: OldOperations;
  readonly metrics: Metrics;
  readonly events: JobEvents;
}
