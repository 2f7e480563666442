/** Finding the one application that a job is to take over, and making sure that it is nobody else's. */
import { isTerminal, LIVE_STATES, type ApplicationReport } from '../../clients/yarn/replies.ts';
import type { DeploymentFile } from '../../domain/deployment-file/deployment-file.ts';
import { SluiceError, isCode } from '../../domain/errors/errors.ts';
import type { Fence } from '../../domain/lock/fence.ts';
import { identityOfTags } from '../../domain/identity/yarn-tags.ts';
import { JobName } from '../../domain/identity/job-name.ts';
import { clusterOf, type Cluster, type Dependencies } from '../dependencies/dependencies.ts';
import { readFence } from '../../records/fences.ts';
import { isOf, sweep } from '../check/sweep.ts';

interface Wanted {
  readonly job: string;
  readonly file: DeploymentFile;
  /** Null: all clusters are asked. */
  readonly cluster: string | null;
  readonly fence: Fence;
  /** Null: the application is found by the job's names. */
  readonly application: string | null;
}

interface Stranger {
  readonly cluster: string;
  readonly report: ApplicationReport;
  /** The epoch of its tags, where Sluice started it once and its records are lost; else 0. */
  readonly epoch: number;
  readonly warnings: readonly string[];
}

interface Candidate {
  readonly cluster: string;
  readonly report: ApplicationReport;
}

/** @throws SluiceError `NothingToAdopt`, `AdoptionRefused`, or `ForeignInstance` when it is not the only one of the job. */
export async function findStranger(deps: Dependencies, wanted: Wanted): Promise<Stranger> {
  const { job, file, application } = wanted;
  const places = wanted.cluster === null ? [...deps.clusters.values()] : [clusterOf(deps, wanted.cluster)];
  const { found, silent } = await candidatesOn(places, wanted);
  const [only, other] = found;
  if (!only) return await nothing(places, wanted, silent);
  if (other) {
    const names = found.map(({ cluster, report }) => `${report.id} of ${report.user} on ${cluster}`).join(' and ');
    throw new SluiceError(
      'AdoptionRefused',
      `${names} carry the name of ${job}; it can have one instance only: end all but one of them`,
    );
  }
  if (application === null && silent.length > 0) {
    throw new SluiceError(
      'ClusterUnreachable',
      `cluster ${silent.join(', ')} does not answer, so it is not sure that ${only.report.id} is the only one; name it with its application id`,
    );
  }
  const { legacyNames } = file.yarn;
  const warnings = await sweep(deps, {
    job,
    fence: wanted.fence,
    legacyNames,
    places: [only.cluster],
    known: [only.report.id],
    knownStart: undefined,
  });
  const epoch = await refuseIfNotFree(deps, wanted, only.report);
  return { ...only, epoch, warnings };
}

async function candidatesOn(
  places: readonly Cluster[],
  { job, file, application }: Wanted,
): Promise<{ found: readonly Candidate[]; silent: readonly string[] }> {
  const silent: string[] = [];
  const found = await Promise.all(
    places.map(async ({ name: cluster, yarn }) => {
      const live = await yarn.applications({ states: [...LIVE_STATES] }).catch((error: unknown) => {
        if (places.length === 1 || !isCode(error, 'ClusterUnreachable')) throw error;
        silent.push(cluster);
        return [];
      });
      const isWanted = (app: ApplicationReport): boolean =>
        application === null ? isOf(app, job, file.yarn.legacyNames) : app.id === application && !isTerminal(app.state);
      return live.filter(isWanted).map((report) => ({ cluster, report }));
    }),
  );
  return { found: found.flat(), silent };
}

/** Tells what there is in place of the application that was asked for. */
async function nothing(
  places: readonly Cluster[],
  { job, file, application }: Wanted,
  silent: readonly string[],
): Promise<never> {
  const where = places.map(({ name }) => name).join(', ');
  const but = silent.length > 0 ? `; ${silent.join(', ')} does not answer` : '';
  if (application === null) {
    const names = [job, ...file.yarn.legacyNames].join(' or ');
    throw new SluiceError('NothingToAdopt', `no live application on ${where} is called ${names}${but}`);
  }
  const answering = places.filter(({ name }) => !silent.includes(name));
  const reports = await Promise.all(answering.map(({ yarn }) => yarn.application(application)));
  const over = reports.find((report) => report !== null);
  throw new SluiceError(
    'NothingToAdopt',
    over
      ? `application ${application} is ${over.state}; only one that lives can be adopted`
      : `${where} does not know application ${application}${but}`,
  );
}

/** @returns the epoch of its tags. */
async function refuseIfNotFree(
  { s3 }: Dependencies,
  { job, file }: Wanted,
  { id, name, state, type, tags, amAddress }: ApplicationReport,
): Promise<number> {
  const refuse = (why: string): never => {
    throw new SluiceError('AdoptionRefused', `application ${id} ${why}`);
  };
  if (!/flink/i.test(type)) refuse(`is of type ${type}, not Apache Flink`);
  const tagged = identityOfTags(tags);
  if (tagged.job !== null && tagged.job !== job) refuse(`belongs to job ${tagged.job} of Sluice, by its tags`);
  const isNamedSo = [job, ...file.yarn.legacyNames].includes(name);
  const isNameOfJob = !isNamedSo && JobName.safeParse(name).success && (await readFence(s3, name)).etag !== null;
  if (isNameOfJob) refuse(`carries the name of ${name}, which is another job of Sluice`);
  if (state !== 'RUNNING' || amAddress === null) refuse(`is ${state}, and its JobManager is not up yet`);
  return tagged.epoch ?? 0;
}
