/** Reading what is to be started: the release, its deployment file, its JAR. */
import { createHash } from 'node:crypto';
import { jarHasClass } from '../clients/jar.ts';
import type { Deployment, DeploymentPlan } from '../domain/deployment.ts';
import type { DeploymentFile } from '../domain/deployment-file.ts';
import { formatInputErrors, parseDeploymentFile } from '../domain/deployment-file-parse.ts';
import { durationMs } from '../domain/durations.ts';
import { SluiceError } from '../domain/errors.ts';
import { flattenConfig } from '../domain/flink-config.ts';
import { parseReleaseName, Release, type ReleaseFile } from '../domain/release.ts';
import { releaseKey, releasePrefix, textKey } from '../domain/storage-keys.ts';
import type { Dependencies } from './dependencies.ts';

/** A release by name, or a deployment that is to be started once more. */
export type StartSource =
  | { readonly release: string; readonly launcher: 'auto' | 'direct' | null }
  | { readonly again: Deployment | DeploymentPlan };

interface Source {
  readonly text: string;
  readonly file: DeploymentFile;
  readonly plan: Omit<DeploymentPlan, 'file' | 'allowNonRestoredState'>;
}

export async function readSource(deps: Dependencies, job: string, source: StartSource): Promise<Source> {
  return 'again' in source ? readAgain(deps, source.again) : readRelease(deps, job, source.release);
}

async function readAgain({ s3 }: Dependencies, again: DeploymentPlan): Promise<Source> {
  const found = await s3.get(textKey(again.file));
  if (!found)
    throw new SluiceError(
      'DeploymentFileNotFound',
      `the deployment file ${again.file} of release ${again.release} is not in S3`,
    );
  const file = parse(found.body, again.release);
  return { text: found.body, file, plan: planOf(file, again.release, again.gitCommit, again.jar) };
}

async function readRelease({ s3 }: Dependencies, job: string, name: string): Promise<Source> {
  const parsed = parseReleaseName(name);
  if (!parsed) throw new SluiceError('ReleaseNotFound', `${name} is no release name`);
  const { project, version } = parsed;
  const found = await s3.get(releaseKey(project, version));
  if (!found) throw new SluiceError('ReleaseNotFound', `release ${name} does not exist`);
  const release = Release.safeParse(json(found.body));
  if (!release.success)
    throw new SluiceError('ReleaseInvalid', `release.json of ${name} cannot be read`, { cause: release.error });
  const { files, gitCommit } = release.data;
  const entry = files.find((file) => file.kind === 'deployment' && file.job === job);
  if (!entry) {
    const jobs = files.flatMap((file) => (file.kind === 'deployment' && file.job ? [file.job] : []));
    throw new SluiceError(
      'DeploymentFileNotFound',
      `release ${name} has no deployment file for ${job}; it has ${jobs.join(', ') || 'none'}`,
    );
  }
  const text = await s3.get(releasePrefix(project, version) + entry.name);
  if (!text) throw new SluiceError('DeploymentFileNotFound', `${entry.name} of release ${name} is not in S3`);
  if (createHash('sha256').update(text.body).digest('hex') !== entry.sha256) {
    throw new SluiceError('ReleaseInvalid', `${entry.name} of release ${name} is not the file that was published`);
  }
  const file = parse(text.body, entry.name);
  if (file.name !== job)
    throw new SluiceError(
      'DeploymentFileNotFound',
      `${entry.name} of release ${name} describes ${file.name}, not ${job}`,
    );
  const jar = files.find((candidate) => candidate.kind === 'jar' && candidate.name === file.job.jar);
  if (!jar) throw new SluiceError('JarMissing', `release ${name} has no JAR ${file.job.jar}`);
  return { text: text.body, file, plan: planOf(file, name, gitCommit, located(jar, releasePrefix(project, version))) };
}

const located = ({ name, sha256, size }: ReleaseFile, prefix: string) => ({ key: prefix + name, name, sha256, size });

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parse(text: string, fileName: string): DeploymentFile {
  const parsed = parseDeploymentFile(text, { fileName });
  if (parsed.ok) return parsed.file;
  throw new SluiceError('InvalidDeploymentFile', formatInputErrors(parsed.errors, fileName), { errors: parsed.errors });
}

function planOf(
  file: DeploymentFile,
  release: string,
  gitCommit: string | null,
  jar: DeploymentPlan['jar'],
): Source['plan'] {
  const { timeouts, verify } = file.upgrade;
  const checkpointing = 'execution.checkpointing.interval' in flattenConfig(file.flink.config).config;
  return {
    job: file.name,
    release,
    gitCommit,
    environment: file.environment,
    owner: file.owner.team,
    flinkVersion: file.flink.version,
    cluster: file.placement.cluster,
    launcher: 'direct',
    jar,
    parallelism: file.job.parallelism,
    checkpointing,
    verify: { checkpoints: verify.checkpoints, maxRestarts: verify.maxRestarts },
    onFailedStart: file.upgrade.onFailedStart,
    deadlines: {
      savepoint: durationMs(timeouts.savepoint),
      stop: durationMs(timeouts.stop),
      start: durationMs(timeouts.start),
      // Without checkpoints a job proves itself by running for a minute, which must fit.
      verify: Math.max(durationMs(verify.timeout), checkpointing ? 0 : 120_000),
    },
  };
}

/** The JAR has the recorded size and sha256, and contains the entry class. */
export async function checkJar({ s3 }: Dependencies, jar: DeploymentPlan['jar'], entryClass: string): Promise<void> {
  const head = await s3.head(jar.key);
  if (!head) throw new SluiceError('JarMissing', `${jar.key} is not in bucket ${s3.bucket}`);
  const sha256 = head.sha256 ?? (await s3.sha256Of(jar.key))?.sha256;
  if (head.size !== jar.size || sha256 !== jar.sha256) {
    throw new SluiceError(
      'JarMismatch',
      `${jar.key} has ${head.size} bytes and sha256 ${sha256 ?? 'unknown'}; the release recorded ${jar.size} bytes and ${jar.sha256}`,
    );
  }
  const read = async (offset: number, length: number) =>
    (await s3.getBytes(jar.key, { offset, length })) ?? new Uint8Array();
  if (!(await jarHasClass(read, jar.size, entryClass))) {
    throw new SluiceError('EntryClassMissing', `${jar.name} does not contain ${entryClass}`);
  }
}
