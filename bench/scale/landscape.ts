/** The jobs of the bench: of projects, teams and environments, spread over clusters. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Client } from '../../src/clients/s3/s3.ts';
import { inTurns } from '../../src/concurrency/in-turns.ts';
import { publishRelease } from '../../src/releases/publish.ts';
import { jarWith } from '../../test/world/jar.ts';

export const FLINK_VERSION = '1.20.1';
export const DISTRIBUTION = `flink/${FLINK_VERSION}`;
const RELEASE_VERSION = '1.0.0';
const JOBS_OF_A_PROJECT = 50;
/** As many as fit a large cluster of YARN. */
const JOBS_OF_A_CLUSTER = 1_000;
const FEWEST_CLUSTERS = 2;
const ENTRY_CLASS = 'com.example.Clicks';
/** Projects that are published at a time. */
const AT_ONCE = 4;
export const TEAMS = ['ads', 'search', 'payments', 'fraud', 'feed', 'maps', 'mail', 'core'] as const;
export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;

/** Marks the line in which the process of the fakes says where its ResourceManagers are. */
export const ADDRESSES = 'addresses ';

/** Tells the process of the fakes what to fake. */
export interface FakesOrder {
  /** How many jobs there are, and how many of them Sluice deploys: the others run already. */
  readonly jobs: number;
  readonly deployed: number;
  /** Part of the ids of all applications: the first cluster's, the next has one more. */
  readonly clusterTimestamp: number;
  readonly s3: { readonly endpoint: string; readonly region: string; readonly bucket: string };
}

export interface BenchJob {
  readonly name: string;
  readonly project: string;
  readonly release: string;
  readonly cluster: string;
  readonly environment: string;
  readonly team: string;
}

export interface Landscape {
  readonly clusters: readonly string[];
  readonly jobs: readonly BenchJob[];
  /** Sluice deploys these, and operates them in the phases of load. */
  readonly deployed: readonly BenchJob[];
  /** The others run already: their workflows carry the memory of it. */
  readonly carried: readonly BenchJob[];
}

export function landscapeOf(count: number, deployed: number): Landscape {
  const clusters = Array.from(
    { length: Math.max(FEWEST_CLUSTERS, Math.ceil(count / JOBS_OF_A_CLUSTER)) },
    (_none, index) => `yarn-${index + 1}`,
  );
  const jobs = Array.from({ length: count }, (_none, number): BenchJob => {
    const project = `project-${String(Math.floor(number / JOBS_OF_A_PROJECT)).padStart(3, '0')}`;
    const environment = pick(ENVIRONMENTS, number);
    return {
      name: `job-${String(number).padStart(5, '0')}-${environment}`,
      project,
      release: `${project}/${RELEASE_VERSION}`,
      cluster: pick(clusters, number),
      environment,
      // All jobs of a project belong to one team.
      team: pick(TEAMS, Math.floor(number / JOBS_OF_A_PROJECT)),
    };
  });
  return { clusters, jobs, deployed: jobs.slice(0, deployed), carried: jobs.slice(deployed) };
}

/** Far above the numbers that a cluster gives to what Sluice submits. */
const FIRST_CARRIED = 500_000;

/** The id of the application of a job that runs already. */
export function carriedApplication(
  { clusters }: Landscape,
  clusterTimestamp: number,
  { name, cluster }: BenchJob,
): string {
  const number = FIRST_CARRIED + Number(/\d+/.exec(name)?.[0]);
  return `application_${clusterTimestamp + clusters.indexOf(cluster)}_${number}`;
}

const pick = <T>(all: readonly T[], number: number): T => all[number % all.length] as T; // within its bounds

/** Puts a distribution of Flink by name only, and a release of each project with a file for each of its jobs. */
export async function publishAll(s3: S3Client, folder: string, { jobs }: Landscape): Promise<void> {
  for (const path of [`lib/flink-dist-${FLINK_VERSION}.jar`, 'lib/log4j-core.jar', 'conf/log4j.properties'])
    await s3.put(`${DISTRIBUTION}/${path}`, path);
  const home = join(folder, 'releases');
  await mkdir(home, { recursive: true });
  const jar = join(home, 'clicks.jar');
  await writeFile(jar, jarWith(ENTRY_CLASS));
  const projects = new Set(jobs.map(({ project }) => project));
  await inTurns(
    [...projects],
    async (project) => {
      const theirs = jobs.filter((job) => job.project === project);
      const files = theirs.map((job) => ({ path: join(home, `${job.name}.yaml`), text: deploymentFile(job) }));
      for (const { path, text } of files) await writeFile(path, text);
      await publishRelease(s3, { project, version: RELEASE_VERSION, files: [jar, ...files.map(({ path }) => path)] });
    },
    AT_ONCE,
  );
  await rm(home, { recursive: true });
}

/** Checkpoints are rare, because they load the S3 of the bench and none of Sluice's processes. */
const deploymentFile = ({ name, cluster, environment, team }: BenchJob): string => `apiVersion: sluice/v1
kind: FlinkJob
name: ${name}
environment: ${environment}
owner: { team: ${team} }
labels: { tier: '${name.length % 3}' }
placement: { cluster: ${cluster} }
flink:
  version: '${FLINK_VERSION}'
  config:
    execution.checkpointing.interval: 30min
    execution.checkpointing.timeout: 30s
job:
  jar: clicks.jar
  entryClass: ${ENTRY_CLASS}
  parallelism: 1
upgrade:
  timeouts: { savepoint: 2m }
`;
