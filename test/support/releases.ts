/** Publishes variants of the example job, each as a release of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { buildClicks, clicksDeploymentFiles } from '../../examples/clicks/build.ts';
import { publishRelease } from '../../src/releases/publish.ts';
import { bucketOf, runningStack } from './stack.ts';

/** Part of a deployment file, as a person would write it. */
export interface Fields {
  readonly [name: string]: unknown;
}

export interface Variant {
  readonly job: string;
  /** Project of the release; by default the name of the job. */
  readonly project?: string;
  /** Version of the release. */
  readonly version: string;
  readonly flinkVersion?: '1.20.1' | '2.1.0';
  /** Version that the program itself shows in each record; either has the same state. */
  readonly program?: '1.0.0' | '1.1.0';
  /** Arguments of the program beside those that make it count visibly. */
  readonly args?: readonly string[];
  /** Fields of the deployment file that differ; maps merge. */
  readonly fields?: Fields;
  /** Makes another JAR of the program's, of the same name and in this folder. */
  readonly remade?: (jar: string, folder: string) => Promise<string>;
}

/** JVMs that live for a minute: the optimizing compiler and a parallel collector cost more than they repay. */
const QUICK_JVMS: Fields = {
  'env.java.opts.jobmanager': '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
  'env.java.opts.taskmanager': '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
};

/** Deadlines that a machine under load meets too: no story of these is about how long a start takes. */
const PATIENT: Fields = { timeouts: { savepoint: '5m', stop: '5m', start: '8m' }, verify: { timeout: '8m' } };

/** Stories about failures go by the steps of an upgrade from one instance to the next; those about handovers name them. */
const ONE_AFTER_THE_OTHER: Fields = { handover: 'never' };

/** Deadlines for stories in which an upgrade waits until one of them is over. */
export const hurried: Fields = {
  upgrade: { timeouts: { savepoint: '90s', stop: '60s', start: '2m' }, verify: { timeout: '90s' } },
};

/** The deployment file of a variant: the example's base file and what makes it quick enough for a test. */
export function deploymentFileOf({ job, flinkVersion = '1.20.1', args = [], fields = {} }: Variant): Fields {
  const quick: Fields = {
    extends: 'clicks.base.yaml',
    name: job,
    environment: 'test',
    placement: { cluster: 'yarn-a' },
    flink: { version: flinkVersion, config: { 'execution.checkpointing.interval': '1s', ...QUICK_JVMS } },
    job: { jar: jarOf(flinkVersion), args: ['--observer', 'env:SLUICE_OBSERVER', '--rate', '20', ...args] },
    upgrade: { ...PATIENT, ...ONE_AFTER_THE_OTHER },
    // Stories about failures look at what is left of them, so only those about restarts let Sluice restart.
    recovery: { restart: { enabled: false } },
  };
  return merged(quick, fields);
}

/** Publishes a variant. @returns the release's name as `deploy` takes it. */
export async function publish(variant: Variant): Promise<string> {
  const { job, project = job, version, flinkVersion = '1.20.1', program = '1.0.0' } = variant;
  const { remade = (jar: string) => Promise.resolve(jar) } = variant;
  const { jars } = await buildClicks({ version: program, flinkVersions: [flinkVersion] });
  const bases = (await clicksDeploymentFiles()).filter(({ name }) => name === 'clicks.base.yaml');
  const folder = await mkdtemp(join(tmpdir(), 'sluice-release-'));
  try {
    const file = join(folder, `${job}.yaml`);
    await writeFile(file, stringify(deploymentFileOf(variant)));
    const programs = await Promise.all(jars.map(({ path }) => remade(path, folder)));
    const files = [file, ...bases.map(({ path }) => path), ...programs];
    await publishRelease(bucketOf(runningStack()), { project, version, files });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return `${project}/${version}`;
}

const jarOf = (flinkVersion: string): string => `clicks-flink-${flinkVersion.split('.').slice(0, 2).join('.')}.jar`;

function merged(below: Fields, above: Fields): Fields {
  const result: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const other = result[name];
    result[name] = isMap(other) && isMap(value) ? merged(other, value) : value;
  }
  return result;
}

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
