/** `sluice doctor`: runs the checks side by side. */
import type { S3Client } from '../../clients/s3/s3.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import { broken, warning, type Doctor, type Finding } from '../checkups.ts';
import type { JobGateway } from '../../temporal/jobs/job-gateway.ts';
import type { RecordStore } from '../../records/record-store.ts';
import type { ReleaseCatalogue } from '../../releases/catalogue.ts';
import { checkCluster, type AskedYarn } from './cluster-setup.ts';
import { checkJobs, checkWorkflows } from './job-checks.ts';
import { checkNotifications, type Notified } from './notification-checks.ts';
import { checkRecords } from './record-checks.ts';
import { checkReleases } from './release-checks.ts';
import { checkDistributions, checkStorage } from './storage-setup.ts';
import { checkTemporal, type TemporalSetup } from './temporal-setup.ts';

interface Patient {
  readonly temporal: TemporalSetup;
  readonly s3: S3Client;
  readonly records: RecordStore;
  readonly releases: ReleaseCatalogue;
  readonly gateway: Pick<JobGateway, 'list' | 'watchNotes' | 'whyTasksFail'>;
  readonly clusters: ReadonlyMap<string, AskedYarn>;
  readonly distributions: Readonly<Record<string, string>>;
  readonly notified: Notified;
}

export const createDoctor =
  (patient: Patient): Doctor =>
  async (depth) => {
    const { temporal, s3, records, releases, gateway, clusters, distributions, notified } = patient;
    const findings = await Promise.all([
      checkTemporal(temporal),
      depth === 'probe' ? checkStorage(s3) : [],
      ...[...clusters].map(([name, yarn]) => checkCluster(name, yarn, depth)),
      checkDistributions(s3, distributions),
      ...[...clusters.keys()].map((cluster) => checkComplaints(gateway, cluster)),
      checkNotifications(s3, notified).catch((failure: unknown) => [
        broken('notifications', null, `the notifier could not be checked: ${messageOf(failure)}`),
      ]),
      checkReleases({ records, releases }).catch((failure: unknown) => [
        warning('foreignReleases', null, `the releases could not be checked: ${messageOf(failure)}`),
      ]),
      checkRecords({ records, releases, clusters: [...clusters.keys()] }).catch((failure: unknown) => [
        broken('records', null, `the records could not be read: ${messageOf(failure)}`),
      ]),
      gateway
        .list()
        .then(async (jobs) => [
          ...(await checkWorkflows(gateway, jobs)),
          ...(await checkJobs({ records, jobs, clusters })),
        ])
        .catch((failure: unknown) => [
          broken('disagreements', null, `the jobs could not be checked: ${messageOf(failure)}`),
        ]),
    ]);
    return findings.flat();
  };

/** Repeats what a watch says that it cannot do for single jobs and applications; `checkTemporal` tells of a silent watch. */
export async function checkComplaints(
  gateway: Pick<JobGateway, 'watchNotes'>,
  cluster: string,
): Promise<readonly Finding[]> {
  const notes = await gateway.watchNotes(cluster).catch(() => null);
  return (notes?.complaints ?? []).map((complaint) => warning('watch', cluster, complaint));
}
