/** `sluice doctor`: runs every check side by side, and changes nothing. */
import type { S3Client } from '../../clients/s3/s3.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import { broken, warning, type Finding } from '../checkups.ts';
import type { JobGateway } from '../../temporal/job-gateway.ts';
import type { RecordStore } from '../../records/record-store.ts';
import type { ReleaseCatalogue } from '../../releases/catalogue.ts';
import { checkCluster, type AskedYarn } from './cluster-setup.ts';
import { checkJobs } from './job-checks.ts';
import { checkRecords } from './record-checks.ts';
import { checkDistributions, checkStorage } from './storage-setup.ts';
import { checkTemporal, type TemporalSetup } from './temporal-setup.ts';

interface Patient {
  readonly temporal: TemporalSetup;
  readonly s3: S3Client;
  readonly records: RecordStore;
  readonly releases: ReleaseCatalogue;
  readonly gateway: Pick<JobGateway, 'list' | 'watchNotes'>;
  readonly clusters: ReadonlyMap<string, AskedYarn>;
  readonly distributions: Readonly<Record<string, string>>;
}

export const createDoctor = (patient: Patient) => async (): Promise<readonly Finding[]> => {
  const { temporal, s3, records, releases, gateway, clusters, distributions } = patient;
  const findings = await Promise.all([
    checkTemporal(temporal),
    checkStorage(s3),
    ...[...clusters].map(([name, yarn]) => checkCluster(name, yarn)),
    checkDistributions(s3, distributions),
    ...[...clusters.keys()].map((cluster) => checkComplaints(gateway, cluster)),
    checkRecords({ records, releases, clusters: [...clusters.keys()] }).catch((failure: unknown) => [
      broken('records', null, `the records could not be read: ${messageOf(failure)}`),
    ]),
    gateway
      .list()
      .then((jobs) => checkJobs({ records, jobs, clusters }))
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
