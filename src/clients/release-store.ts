/** Releases in S3: published once and never changed, read by API and worker. */
import { SluiceError } from '../domain/errors.ts';
import { parseReleaseName, Release } from '../domain/release.ts';
import { releaseKey, releasePrefix } from '../domain/storage-keys.ts';
import { prepareReleaseFiles, type PreparedFile } from './release-files.ts';
import type { S3Client } from './s3.ts';

/** What CI publishes. */
export interface PublishRequest {
  readonly project: string;
  readonly version: string;
  readonly gitCommit?: string | null | undefined;
  readonly buildUrl?: string | null | undefined;
  /** Paths of JARs, deployment files and the base files that these extend. */
  readonly files: readonly string[];
  /** Told about each file before it is uploaded. */
  readonly onFile?: (file: { readonly name: string; readonly size: number }) => void;
  readonly now?: () => Date;
}

export interface Published {
  readonly release: Release;
  /** `already`: the same content was published before; nothing was written. */
  readonly result: 'published' | 'already';
}

/** A release as it is listed. */
export interface ListedRelease {
  readonly release: Release;
  /** When its release.json appeared in S3: ms since 1970. */
  readonly publishedAt: number;
}

type Bucket = Pick<S3Client, 'get' | 'list'>;

/**
 * Publishes a release: every file by conditional PUT with its checksum, `release.json` last, so that a release is seen
 * whole or not at all. Publishing the same content again changes nothing.
 * @throws SluiceError `InvalidDeploymentFile`, `InvalidRequest`; `ReleaseConflict` when the version has other content.
 */
export async function publishRelease(s3: S3Client, request: PublishRequest): Promise<Published> {
  const name = `${request.project}/${request.version}`;
  const named = parseReleaseName(name);
  if (!named) {
    throw new SluiceError('InvalidRequest', `${JSON.stringify(name)} is not a release name such as clicks/1.4.2`);
  }
  const files = await prepareReleaseFiles(request.files);
  const release = Release.parse({
    apiVersion: 'sluice/v1',
    project: named.project,
    version: named.version,
    gitCommit: request.gitCommit ?? null,
    buildUrl: request.buildUrl ?? null,
    createdAt: (request.now?.() ?? new Date()).toISOString(),
    files: files.map(({ entry }) => entry).sort((a, b) => (a.name < b.name ? -1 : 1)),
  });
  const before = await readRelease(s3, named.project, named.version);
  if (before) return repeatOf(before, release);
  for (const file of files) {
    request.onFile?.(file.entry);
    await upload(s3, release, file);
  }
  const body = `${JSON.stringify(release, null, 2)}\n`;
  if ((await s3.putIfAbsent(releaseKey(release.project, release.version), body)) === 'created') {
    return { release, result: 'published' };
  }
  const winner = await readRelease(s3, named.project, named.version);
  if (!winner)
    throw new SluiceError('Conflict', `release.json of ${name} appeared and vanished while it was published`);
  return repeatOf(winner, release);
}

async function upload(s3: S3Client, release: Release, file: PreparedFile): Promise<void> {
  const { name, sha256 } = file.entry;
  const key = releasePrefix(release.project, release.version) + name;
  const result =
    file.from === 'disk'
      ? await s3.putFile(key, file.path, sha256, { ifAbsent: true })
      : await s3.putIfAbsent(key, file.text, 'application/yaml');
  if (result === 'created') return;
  throw new SluiceError(
    'ReleaseConflict',
    `${key} exists with other content, from a publish of ${release.project}/${release.version} that did not finish`,
  );
}

function repeatOf(before: Release, wanted: Release): Published {
  const differences = differencesOf(before, wanted);
  if (differences.length === 0) return { release: before, result: 'already' };
  throw new SluiceError(
    'ReleaseConflict',
    `${before.project}/${before.version} was published at ${before.createdAt} with other content: ${differences.join('; ')}`,
  );
}

function differencesOf(before: Release, wanted: Release): string[] {
  const was = new Map(before.files.map((file) => [file.name, file]));
  const is = new Map(wanted.files.map((file) => [file.name, file]));
  const differences: string[] = [];
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const [old, next] = [was.get(name), is.get(name)];
    if (!old) differences.push(`${name} is new`);
    else if (!next) differences.push(`${name} is missing now`);
    else if (old.sha256 !== next.sha256) {
      differences.push(`${name} had sha256 ${old.sha256.slice(0, 12)}…, has ${next.sha256.slice(0, 12)}… now`);
    }
  }
  return differences;
}

/** @throws SluiceError `ReleaseInvalid` when release.json is not what Sluice writes. */
export async function readRelease(
  s3: Pick<S3Client, 'get'>,
  project: string,
  version: string,
): Promise<Release | null> {
  const found = await s3.get(releaseKey(project, version));
  return found === null ? null : parseRelease(found.body, releaseKey(project, version));
}

function parseRelease(body: string, key: string): Release {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new SluiceError('ReleaseInvalid', `${key} is not JSON`, { cause });
  }
  const parsed = Release.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new SluiceError('ReleaseInvalid', `${key} is not a release: ${issues.join('; ')}`);
}

/** The catalogue: what is published, newest first. Releases never change, so each release.json is read once. */
export class ReleaseCatalogue {
  readonly #s3: Bucket;
  readonly #read = new Map<string, ListedRelease | null>();

  constructor(s3: Bucket) {
    this.#s3 = s3;
  }

  /** All releases, or those of one project. One whose release.json cannot be read is left out. */
  async list(project?: string): Promise<readonly ListedRelease[]> {
    const prefix = project === undefined ? 'releases/' : `releases/${project}/`;
    const found: { key: string; etag: string; lastModified: number }[] = [];
    for await (const entry of this.#s3.list(prefix)) {
      if (entry.kind === 'object' && /^releases\/[^/]+\/[^/]+\/release\.json$/.test(entry.key)) found.push(entry);
    }
    const releases: ListedRelease[] = [];
    for (let first = 0; first < found.length; first += READ_AT_ONCE) {
      const read = await Promise.all(found.slice(first, first + READ_AT_ONCE).map((entry) => this.#one(entry)));
      releases.push(...read.filter((release) => release !== null));
    }
    return releases.sort(newestFirst);
  }

  async #one({ key, etag, lastModified }: { key: string; etag: string; lastModified: number }) {
    const identity = `${key}\n${etag}`;
    const known = this.#read.get(identity);
    if (known !== undefined) return known;
    const object = await this.#s3.get(key);
    let listed: ListedRelease | null = null;
    try {
      if (object) listed = { release: parseRelease(object.body, key), publishedAt: lastModified };
    } catch {
      // `GET /releases/{project}/{version}` says what is wrong with it; the list shows what can be deployed.
    }
    this.#read.set(identity, listed);
    return listed;
  }
}

const READ_AT_ONCE = 16;

const newestFirst = (a: ListedRelease, b: ListedRelease): number =>
  b.publishedAt - a.publishedAt || (orderOf(a) < orderOf(b) ? 1 : -1);

const orderOf = ({ release }: ListedRelease): string => `${release.createdAt} ${release.project}/${release.version}`;
