/** `sluice doctor`: runs every check side by side, and changes nothing. */
import type { S3Client } from '../../clients/s3/s3.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import { broken, warning, type Finding } from '../checkups.ts';
import type { JobGateway } from '../../temporal/job-gateway.ts';
import type { RecordStore } from '../../records/record-store.ts';
import { checkCluster, type AskedYarn } from './cluster-setup.ts';
import { checkJobs } from './job-checks.ts';
import { checkReleases } from './release-checks.ts';
import { checkDistributions, checkStorage } from './storage-setup.ts';
import { checkTemporal, type TemporalSetup } from './temporal-setup.ts';

interface Patient {
  readonly temporal: TemporalSetup;
  readonly s3: S3Client;
  readonly records: RecordStore;
  readonly gateway: Pick<JobGateway, 'list'>;
  readonly clusters: ReadonlyMap<string, AskedYarn>;
  readonly distributions: Readonly<Record<string, string>>;
  readonly releases: Parameters<typeof checkReleases>[0]['releases'];
}

export const createDoctor = (patient: Patient) => async (): Promise<readonly Finding[]> => {
  const { temporal, s3, records, gateway, clusters, distributions, releases } = patient;
  const findings = await Promise.all([
    checkTemporal(temporal),
    checkStorage(s3),
    ...[...clusters].map(([name, yarn]) => checkCluster(name, yarn)),
    checkDistributions(s3, distributions),
    checkReleases({ records, releases }).catch((failure: unknown) => [
      warning('foreignReleases', null, `the releases could not be checked: ${messageOf(failure)}`),
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
