/** Dependencies of the routes: `server.ts` makes the real ones, tests make fakes. */
import type { Logger } from 'pino';
import type { S3Client } from '../clients/s3/s3.ts';
import type { Binding } from '../domain/access/decide.ts';
import type { WarmUpInput } from '../domain/distribution/distribution.ts';
import type { Policy } from '../domain/access/permissions.ts';
import type { ConfirmSettings } from '../domain/access/settings.ts';
import type { Delivery } from '../domain/notification/channel-state.ts';
import type { NotificationSettings } from '../domain/notification/settings.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { ConsoleFiles } from './console/files.ts';
import type { FlinkPages } from './flink-pages/flink-pages.ts';
import type { Callers } from './access/callers.ts';
import type { LoginDependencies } from './login/browser-login.ts';
import type { LoginSettings } from './login/logins.ts';
import type { ReleaseCatalogue } from '../releases/catalogue.ts';
import type { Doctor } from './checkups.ts';
import type { AutoDeploys } from './jobs/auto-deploys.ts';
import type { ClusterItem } from './cluster-contract.ts';
import type { DeclaredFiles } from '../releases/declared.ts';
import type { NewestReleases } from './jobs/index/newest-releases.ts';
import type { EventStreams } from './http/event-stream.ts';
import type { JobStreams } from './jobs/job-streams.ts';
import type { CampaignGateway } from '../temporal/campaigns/campaign-gateway.ts';
import type { JobGateway } from '../temporal/jobs/job-gateway.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { LinksOf } from './jobs/links.ts';
import type { InstanceReaders } from './instances/live-instance.ts';
import type { Metrics } from './http/metrics.ts';
import type { OldOperations } from './operations/old-operations.ts';
import type { RecordStore } from '../records/record-store.ts';
import type { Submissions } from './operations/submissions.ts';
import type { UsualTimes } from './operations/usual-times.ts';
import type { ReleaseNews } from './jobs/release-news.ts';
import type { Watchers } from './jobs/watchers.ts';

export interface ApiDependencies {
  readonly gateway: JobGateway;
  readonly campaigns: CampaignGateway;
  readonly records: RecordStore;
  readonly releases: ReleaseCatalogue;
  /** Asks every cluster, or the named one; the list names those that do not answer too. */
  readonly clusters: (name?: string) => Promise<readonly ClusterItem[]>;
  /** The bucket, as far as the records of clusters need it. */
  readonly cordons: Pick<S3Client, 'get' | 'putIfAbsent' | 'putIfMatch'>;
  /** Distributions of Flink, in the bucket and by the configuration. */
  readonly distributions: Distributions;
  readonly doctor: Doctor;
  /** Reads logs and exceptions of running instances. */
  readonly instances: InstanceReaders;
  readonly linksOf: LinksOf;
  /** Hosts, with their ports, under which the API answers beside loopback and the address at which a request arrives. */
  readonly hosts: readonly string[];
  readonly access: Access;
  readonly audit: AuditLog;
  readonly notifications: Notifications;
  /** Addresses of the proxies whose `X-Forwarded-For` is taken; default none. */
  readonly proxies?: readonly string[];
  /** Absent where the console was not built. */
  readonly console?: ConsoleFiles | null;
  /** Flink's own pages, which need the console around them. */
  readonly flinkPages?: FlinkPages | null;
  readonly log: Logger;
  readonly version: string;
}

/** The API's part of distributions. */
export interface Distributions {
  readonly s3: Pick<S3Client, 'get' | 'list' | 'head' | 'putIfAbsent' | 'putIfMatch'>;
  /** Folder in the bucket of each Flink version, as the configuration names them. */
  readonly configured: Readonly<Record<string, string>>;
  /** Has a worker make class archives. @throws SluiceError `TemporalUnavailable`. */
  readonly warm: (input: WarmUpInput) => Promise<'started' | 'running'>;
}

/** The channels by which people are notified. */
export interface Notifications {
  readonly settings: NotificationSettings;
  readonly installation: string;
  /** Has a worker send a test message. @throws SluiceError `TemporalUnavailable`. */
  readonly test: (channel: string, id: string) => Promise<Delivery>;
}

/** Decides who may do what, together with the tokens in S3. */
export interface Access {
  /** The rights of a caller who shows nothing. */
  readonly anonymous: readonly Binding[];
  readonly policy: Policy;
  /** Where the console asks for more before it sends a request; absent for the usual environments. */
  readonly confirm?: ConfirmSettings;
  /** The bucket, as far as tokens and sessions need it. */
  readonly tokens: Pick<S3Client, 'get' | 'list' | 'put' | 'putIfAbsent' | 'putIfMatch' | 'remove'>;
  /** Absent where tokens are the only way in. */
  readonly login?: LoginSettings;
}

/** The dependencies that `createApp` adds and the routes share. */
export interface RouteDependencies extends ApiDependencies {
  readonly jobs: Jobs;
  readonly newest: NewestReleases;
  readonly declared: DeclaredFiles;
  readonly watchers: Watchers;
  readonly autoDeploys: AutoDeploys;
  readonly submissions: Submissions;
  readonly oldOperations: OldOperations;
  readonly usual: UsualTimes;
  readonly releaseNews: ReleaseNews;
  readonly metrics: Metrics;
  readonly streams: EventStreams;
  readonly jobStreams: JobStreams;
  readonly callers: Callers;
  readonly login: LoginDependencies;
}
