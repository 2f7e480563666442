/** Finds for each job of a campaign what its operation would do: the release of an upgrade, the cluster of a move. */
import { choicesFrom } from '../../domain/deployment/placed-words.ts';
import type { CampaignRequest } from '../../domain/campaign/request.ts';
import type { Release } from '../../domain/release/release.ts';
import { readCluster } from '../../records/clusters/cordons.ts';
import { readDeployment } from '../../records/deployments.ts';
import { readRelease } from '../../releases/read.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { newestFor } from '../jobs/index/newest-releases.ts';
import type { JobItem } from '../job-list-contract.ts';

/** The part of a request that depends on its job, or why the job is not asked. */
export type Target = { readonly release?: string; readonly to?: string | null } | { readonly why: string };

export type FindTarget = (item: JobItem) => Promise<Target>;

type Parts = Pick<RouteDependencies, 'records' | 'cordons' | 'instances' | 'newest'>;

export function targetsOf(parts: Parts, { kind, release, to }: CampaignRequest): FindTarget {
  switch (kind) {
    case 'restart':
    case 'savepoint':
      return () => Promise.resolve({});
    case 'upgrade':
      return release === undefined ? newestOf(parts) : versionOf(parts, release);
    case 'move':
      return clusterOf(parts, to ?? null);
  }
}

const noProject = { why: 'it belongs to no project yet' };
const runs = (release: string): Target => ({ why: `it runs ${release} already` });

function newestOf({ newest }: Parts): FindTarget {
  return async ({ name, project, release }) => {
    if (project === null) return noProject;
    const wanted = newestFor(await newest.get(), name, project);
    if (wanted === null) return { why: `no release of ${project} has a deployment file for it` };
    return wanted === release ? runs(wanted) : { release: wanted };
  };
}

/** The same version of each project. */
function versionOf({ records }: Parts, version: string): FindTarget {
  const releases = new Map<string, Promise<Release | null>>();
  return async ({ name, project, release: now }) => {
    if (project === null) return noProject;
    const reading = releases.get(project) ?? readRelease(records.bucket, project, version);
    releases.set(project, reading);
    const wanted = `${project}/${version}`;
    const release = await reading;
    if (!release) return { why: `there is no release ${wanted}` };
    if (!release.files.some((file) => file.kind === 'deployment' && file.job === name))
      return { why: `release ${wanted} has no deployment file for it` };
    return now === wanted ? runs(wanted) : { release: wanted };
  };
}

/** The clusters that the last start of a job recorded are those of its file, with its hotfix. */
function clusterOf({ records, cordons, instances }: Parts, to: string | null): FindTarget {
  const known = new Map<string, Promise<boolean>>();
  const isCordoned = async (name: string): Promise<boolean> => {
    const reading = known.get(name) ?? readCluster(cordons, name).then(({ cordoned }) => cordoned !== null);
    known.set(name, reading);
    return await reading;
  };
  return async ({ name, deployment }) => {
    const record = deployment && (await readDeployment(records.bucket, name, deployment.number));
    // A deployment of before Sluice moved jobs has no record of it, and the checks of the operation decide.
    if (!record?.placed) return { to };
    const choices = choicesFrom(record.placed, record.cluster);
    if (choices.length === 0) return { why: `its deployment file names no cluster besides ${record.cluster}` };
    if (to !== null)
      return choices.includes(to)
        ? { to }
        : { why: to === record.cluster ? `it is on ${to} already` : `its deployment file does not name cluster ${to}` };
    for (const choice of choices) if (instances.yarn.has(choice) && !(await isCordoned(choice))) return { to: choice };
    return { why: `no cluster that its deployment file names takes starts: ${choices.join(', ')}` };
  };
}
