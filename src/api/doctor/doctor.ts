/** `sluice doctor`: runs the checks side by side. */
import type { S3Client } from '../../clients/s3/s3.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import { broken, type Doctor } from '../checkups.ts';
import type { JobGateway } from '../../temporal/job-gateway.ts';
import type { RecordStore } from '../../records/record-store.ts';
import { checkCluster, type AskedYarn } from './cluster-setup.ts';
import { checkJobs } from './job-checks.ts';
import { checkDistributions, checkStorage } from './storage-setup.ts';
import { checkTemporal, type TemporalSetup } from './temporal-setup.ts';

interface Patient {
  readonly temporal: TemporalSetup;
  readonly s3: S3Client;
  readonly records: RecordStore;
  readonly gateway: Pick<JobGateway, 'list'>;
  readonly clusters: ReadonlyMap<string, AskedYarn>;
  readonly distributions: Readonly<Record<string, string>>;
}

export const createDoctor =
  (patient: Patient): Doctor =>
  async (depth) => {
    const { temporal, s3, records, gateway, clusters, distributions } = patient;
    const findings = await Promise.all([
      checkTemporal(temporal),
      depth === 'probe' ? checkStorage(s3) : [],
      ...[...clusters].map(([name, yarn]) => checkCluster(name, yarn, depth)),
      checkDistributions(s3, distributions),
      gateway
        .list()
        .then((jobs) => checkJobs({ records, jobs, clusters }))
        .catch((failure: unknown) => [
          broken('disagreements', null, `the jobs could not be checked: ${messageOf(failure)}`),
        ]),
    ]);
    return findings.flat();
  };
