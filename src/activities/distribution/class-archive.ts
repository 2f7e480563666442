/** Decides which distribution a start takes, and whether its JVMs use class archives: first in `checking`, again at the submit. */
import {
  without,
  type ClassArchives,
  type ClassArchiveUse,
  type DistributionRecord,
  type RecordedObject,
} from '../../domain/distribution/distribution.ts';
import { archivesThatFit, shadowed } from '../../domain/distribution/fit.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { allOf, type ShippedFiles, type StoredFile } from '../../domain/deployment/shipped-files.ts';
import type { DeploymentFile } from '../../domain/deployment-file/deployment-file.ts';
import { errorTable, SluiceError } from '../../domain/errors/errors.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import type { LauncherName } from '../../domain/identity/launcher-name.ts';
import { stagedConfigKey } from '../../domain/identity/storage-keys.ts';
import { memoryMegabytes } from '../../domain/input/memory-size.ts';
import { CLASS_PATH_SCRIPT } from '../../launchers/class-path-script.ts';
import type { ArchivedFlink, Located } from '../../launchers/distribution.ts';
import { readDistribution, readDistributions } from '../../records/distributions/distributions.ts';
import { jarClasses } from '../../releases/jar.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';

export interface FoundDistribution {
  /** The folder of the published distribution; null for the one that the configuration names. */
  readonly folder: string | null;
  readonly record: DistributionRecord | null;
}

/** @throws SluiceError `UnknownFlinkVersion`. */
export async function findDistribution(
  { s3, flinkVersions }: Pick<Dependencies, 's3' | 'flinkVersions'>,
  version: string,
): Promise<FoundDistribution> {
  const record = await readDistribution(s3, version);
  if (record?.retired === null) return { folder: record.folder, record };
  if (flinkVersions.includes(version)) return { folder: null, record: null };
  const published = (await readDistributions(s3)).filter(({ retired }) => retired === null);
  const known = [...new Set([...flinkVersions, ...published.map(({ flinkVersion }) => flinkVersion)])].sort();
  const why = record === null ? 'is not provided' : `is retired: ${record.retired.reason}`;
  throw new SluiceError('UnknownFlinkVersion', `Flink ${version} ${why}; there are ${known.join(', ')}`);
}

export interface Candidate {
  readonly cluster: string;
  readonly launcher: LauncherName;
  readonly file: DeploymentFile;
  readonly jar: StoredFile;
  readonly shipped: ShippedFiles;
  readonly options: Readonly<Record<string, string>>;
}

/** Starts go on without class archives where anything stands in the way, because these only make them quicker. */
export async function chooseClassArchive(
  deps: Dependencies,
  { record }: FoundDistribution,
  { cluster, launcher, file, jar, shipped, options }: Candidate,
): Promise<ClassArchiveUse> {
  const memory = {
    jobManager: memoryMegabytes(file.jobManager.memory),
    taskManager: memoryMegabytes(file.taskManager.memory),
  };
  const fit = archivesThatFit({ record, flinkVersion: file.flink.version, cluster, launcher, memory, options });
  if ('reason' in fit) return without(fit.reason);
  try {
    const jars = [jar, ...allOf({ jars: shipped.jars, files: [] })];
    const reason = await shadowing(deps, fit.archives, jars);
    return reason === null ? { used: true, id: fit.archives.id, reason: null } : without(reason);
  } catch (failure) {
    return without(`whether they fit could not be read: ${messageOf(failure)}`);
  }
}

/** Answers by JAR and class archives, whose contents never change; the lists behind them are large. */
const known = new Map<string, string | null>();
const MOST_KNOWN = 500;

/** Says which class of a JAR would come from another JAR, because the program stands last on the class path of class archives. */
async function shadowing(
  { s3 }: Dependencies,
  { id, classNames }: ClassArchives,
  jars: readonly StoredFile[],
): Promise<string | null> {
  const keyOf = ({ sha256, name }: StoredFile): string => `${id} ${sha256} ${name}`;
  if (jars.some((jar) => !known.has(keyOf(jar)))) {
    const text = (await s3.get(classNames.key))?.body;
    if (text === undefined) return `${classNames.key} is not in the bucket; warm the cluster again`;
    const others = new Set(text.split('\n'));
    for (const jar of jars) {
      const read = async (offset: number, length: number) =>
        (await s3.getBytes(jar.key, { offset, length })) ?? new Uint8Array();
      const both = (await jarClasses(read, jar.size)).find((name) => others.has(name));
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(keyOf(jar), both === undefined ? null : shadowed(jar.name, both));
    }
  }
  return jars.map((jar) => known.get(keyOf(jar)) ?? null).find((reason) => reason !== null) ?? null;
}

export interface ConfirmedArchives {
  readonly classArchive: ClassArchiveUse | null;
  /** Null: the start goes without. */
  readonly archived: ArchivedFlink | null;
}

/**
 * Looks again at what was decided in `checking`, because objects may have been replaced since. The configuration that an earlier
 * attempt has staged decides for this one, since TaskManagers read it.
 */
export async function confirmClassArchive(deps: Dependencies, deployment: Deployment): Promise<ConfirmedArchives> {
  try {
    return await confirmed(deps, deployment);
  } catch (failure) {
    // The old instance may be gone by now, so only what a retry can heal may hold the start up.
    if (!(failure instanceof SluiceError) || errorTable[failure.code].retry) throw failure;
    return goWithout(`they could not be read: ${messageOf(failure)}`);
  }
}

async function confirmed({ s3 }: Dependencies, deployment: Deployment): Promise<ConfirmedArchives> {
  const { classArchive, flinkVersion, cluster, job, flinkJobId } = deployment;
  if (!classArchive?.used) return { classArchive: classArchive ?? null, archived: null };
  const [record, staged] = await Promise.all([
    readDistribution(s3, flinkVersion),
    s3.get(stagedConfigKey(job, flinkJobId)),
  ]);
  const isStaged = staged === null ? null : staged.body.includes(CLASS_PATH_SCRIPT);
  if (isStaged === false) return goWithout('an earlier attempt of this start had begun without them');
  const archives = record?.clusters[cluster]?.archives ?? null;
  if (!record?.archive || archives?.id !== classArchive.id || archives.distribution !== record.archive.etag)
    return goWithout('distribution or class archives were replaced since the start was checked');
  const found = await Promise.all(
    [record.archive, archives.script, archives.jobManager, archives.taskManager].map((object) => unchanged(s3, object)),
  );
  const [flink, script, jm, tm] = found;
  if (flink && script && jm && tm) return { classArchive, archived: { flink, script, classes: { jm, tm } } };
  return goWithout('an object of theirs is not the one that was recorded');
}

const goWithout = (reason: string): ConfirmedArchives => ({ classArchive: without(reason), archived: null });

/** Null for an object of other size or content: a truncated class archive crashes the JVM that opens it. */
async function unchanged(
  s3: Pick<Dependencies['s3'], 'head'>,
  { key, size, etag }: RecordedObject,
): Promise<Located | null> {
  const head = await s3.head(key);
  return head?.size === size && head.etag === etag ? { key, size, timestamp: head.lastModified } : null;
}
