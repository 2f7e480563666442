/** Releases in S3: published once and never changed, read by API and worker. */
import { readRelease } from './read.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { parseReleaseName, Release } from '../domain/release/release.ts';
import { releaseFileKey, retiredKey } from '../domain/identity/storage-keys.ts';
import { prepareReleaseFiles, type PreparedRelease, type PreparedSource, type ReusedJar } from './files.ts';
import { storeRelease, type UploadProgress } from './upload.ts';
import type { S3Client } from '../clients/s3/s3.ts';
import { sha256Of } from '../clients/s3/checksum.ts';

/** A release as CI publishes it. */
export interface PublishRequest {
  readonly project: string;
  /** Or how it follows from the content (a sha256, hex): for builds that no commit describes. */
  readonly version: string | ((content: string) => string);
  readonly gitCommit?: string | null | undefined;
  readonly buildUrl?: string | null | undefined;
  /** Paths of JARs, deployment files and the base files that these extend. */
  readonly files: readonly string[];
  /** A release whose JARs go into this one too, such as `clicks/1.4.2`: its JARs need not be given. */
  readonly reuseJars?: string | undefined;
  readonly onProgress?: UploadProgress;
  readonly now?: () => Date;
}

export interface Published {
  readonly release: Release;
  /** `already`: the same content was published before; nothing was written. */
  readonly result: 'published' | 'already';
}

/**
 * Reads and checks everything, and writes nothing. The bucket is only asked for JARs that are reused.
 * @throws SluiceError `InvalidDeploymentFile` with all that is wrong, `InvalidRequest`, `ReleaseNotFound`.
 */
export async function prepareRelease(s3: S3Client | null, request: PublishRequest): Promise<PreparedRelease> {
  // A bad name is told before the JARs are read.
  if (typeof request.version === 'string') named(request.project, request.version);
  const files = await prepareReleaseFiles(request.files, await reusedJars(s3, request.reuseJars));
  const entries = files.map(({ entry }) => entry).sort(byName);
  const sources = distinct(files.flatMap((file) => (file.from === 'text' ? file.sources : [])));
  const content = { files: entries, ...(sources.length === 0 ? {} : { sources: sources.map(({ entry }) => entry) }) };
  const version =
    typeof request.version === 'string' ? request.version : request.version(sha256Of(JSON.stringify(content)));
  const release = Release.parse({
    apiVersion: 'sluice/v1',
    ...named(request.project, version),
    gitCommit: request.gitCommit ?? null,
    buildUrl: request.buildUrl ?? null,
    createdAt: (request.now?.() ?? new Date()).toISOString(),
    ...content,
  });
  return { release, files, sources };
}

/**
 * Publishes a release: every file by conditional PUT with its checksum, `release.json` last, so that a release is seen
 * whole or not at all. Publishing the same content again changes nothing. When two publish one version at the same
 * time with different content, the first to write `release.json` wins, and neither touches a file of the other.
 * @throws SluiceError as `prepareRelease`; `ReleaseConflict` when the version has other content.
 */
export async function publishRelease(s3: S3Client, request: PublishRequest): Promise<Published> {
  const prepared = await prepareRelease(s3, request);
  const { project, version } = prepared.release;
  const before = await readRelease(s3, project, version);
  if (before) return repeatOf(before, prepared.release);
  await refuseRetired(s3, project, version);
  const release = await storeRelease(s3, prepared, request.onProgress);
  if (release !== null) return { release, result: 'published' };
  const winner = await readRelease(s3, project, version);
  if (winner) return repeatOf(winner, prepared.release);
  throw new SluiceError(
    'Conflict',
    `release.json of ${project}/${version} appeared and vanished while it was published`,
  );
}

/** A version means one content, also when that content is gone. */
async function refuseRetired(s3: S3Client, project: string, version: string): Promise<void> {
  if ((await s3.get(retiredKey(project, version))) === null) return;
  throw new SluiceError('ReleaseConflict', `${project}/${version} was published before and has been retired since`);
}

function named(project: string, version: string): { project: string; version: string } {
  const name = `${project}/${version}`;
  const parsed = parseReleaseName(name);
  if (parsed) return parsed;
  throw new SluiceError('InvalidRequest', `${JSON.stringify(name)} is not a release name such as clicks/1.4.2`);
}

async function reusedJars(s3: S3Client | null, name: string | undefined): Promise<readonly ReusedJar[]> {
  if (name === undefined) return [];
  const parsed = parseReleaseName(name);
  const release = s3 !== null && parsed !== null ? await readRelease(s3, parsed.project, parsed.version) : null;
  if (s3 === null || release === null) throw new SluiceError('ReleaseNotFound', `There is no release ${name}`);
  return release.files
    .filter(({ kind }) => kind === 'jar')
    .map((jar) => {
      const { path: _elsewhere, ...entry } = jar;
      const key = releaseFileKey(release, jar);
      const read = async (offset: number, length: number) =>
        (await s3.getBytes(key, { offset, length })) ?? new Uint8Array();
      return { entry, key, read };
    });
}

/** A base that several files extend is one source. */
function distinct(sources: readonly PreparedSource[]): readonly PreparedSource[] {
  const byContent = new Map(sources.map((source) => [`${source.entry.name} ${source.entry.sha256}`, source]));
  return [...byContent.values()].sort((a, b) => byName(a.entry, b.entry));
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

function repeatOf(before: Release, wanted: Release): Published {
  const differences = [
    ...differencesOf(before.files, wanted.files, ''),
    ...differencesOf(before.sources ?? [], wanted.sources ?? [], 'the source of '),
  ];
  if (differences.length === 0) return { release: before, result: 'already' };
  throw new SluiceError(
    'ReleaseConflict',
    `${before.project}/${before.version} was published at ${before.createdAt} with other content: ${differences.join('; ')}`,
  );
}

type Named = readonly { readonly name: string; readonly sha256: string }[];

function differencesOf(before: Named, wanted: Named, what: string): string[] {
  const was = new Map(before.map((file) => [file.name, file]));
  const is = new Map(wanted.map((file) => [file.name, file]));
  const differences: string[] = [];
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const [old, next] = [was.get(name), is.get(name)];
    if (!old) differences.push(`${what}${name} is new`);
    else if (!next) differences.push(`${what}${name} is missing now`);
    else if (old.sha256 !== next.sha256) {
      differences.push(`${what}${name} had sha256 ${old.sha256.slice(0, 12)}…, has ${next.sha256.slice(0, 12)}… now`);
    }
  }
  return differences;
}
