/** Builds and publishes the releases of the example job, as CI would. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDocument } from 'yaml';
import { buildClicks, clicksDeploymentFiles } from '../examples/clicks/build.ts';
import { publishRelease } from '../src/releases/publish.ts';
import { createS3Client } from '../src/clients/s3/s3.ts';
import { SluiceError } from '../src/domain/errors/errors.ts';
import type { StackStatus } from '../stack/control.ts';
import type { StackSettings } from '../stack/settings.ts';
import { FLINK_VERSIONS } from '../stack/cache/pins.ts';

/** The releases of the story: the first, its upgrade, a broken one, and the repaired one. */
export const RELEASES = {
  first: 'clicks/1.0.0',
  second: 'clicks/1.1.0',
  broken: 'clicks/1.2.0',
  mended: 'clicks/1.2.1',
} as const;

/** Content of each release: the program by its version, and additional arguments in the deployment file. */
const contents = [
  { release: RELEASES.first, program: '1.0.0', args: [] },
  { release: RELEASES.second, program: '1.1.0', args: [] },
  // The broken release is the program of 1.1.0 with an argument that makes main() throw, as a typing mistake would.
  { release: RELEASES.broken, program: '1.1.0', args: ['--fail-on-start', 'true'] },
  { release: RELEASES.mended, program: '1.1.0', args: [] },
] as const;

const versionOf = (release: string): string => release.slice(release.indexOf('/') + 1);
const STORAGE_TRIES = 3;

/** Paths of the files of each release, by the release's name. */
export type BuiltReleases = ReadonlyMap<string, readonly string[]>;

/** Builds the programs with Maven. Returns at once when they were built before. */
export async function buildReleases({ cacheDirectory }: StackSettings): Promise<BuiltReleases> {
  const built = new Map<string, readonly string[]>();
  for (const { release, program, args } of contents) {
    const { jars } = await buildClicks({ version: program, flinkVersions: FLINK_VERSIONS, cacheRoot: cacheDirectory });
    const folder = join(cacheDirectory, 'demo', versionOf(release));
    built.set(release, [...jars.map(({ path }) => path), ...(await deploymentFiles(folder, args))]);
  }
  return built;
}

/**
 * Returns the example's deployment files. Copies and changes the file of clicks-dev if it gets additional arguments.
 */
async function deploymentFiles(folder: string, args: readonly string[]): Promise<string[]> {
  const files = await clicksDeploymentFiles();
  if (args.length === 0) return files.map(({ path }) => path);
  await mkdir(folder, { recursive: true });
  return Promise.all(
    files.map(async ({ name, path }) => {
      if (name !== 'clicks-dev.yaml') return path;
      const document = parseDocument(await readFile(path, 'utf8'));
      for (const arg of args) document.addIn(['job', 'args'], arg);
      const changed = join(folder, name);
      await writeFile(changed, document.toString());
      return changed;
    }),
  );
}

/** The result of publishing one release, in words. */
export interface PublishedRelease {
  readonly release: string;
  readonly result: string;
}

/**
 * Publishes all releases. Uses a release that exists already, even with other content, because releases never change.
 */
export async function publishReleases(built: BuiltReleases, { s3 }: StackStatus): Promise<PublishedRelease[]> {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const client = createS3Client({ endpoint, region, bucket, forcePathStyle: true, credentials });
  const published: PublishedRelease[] = [];
  for (const [release, files] of built) {
    const publish = () => publishRelease(client, { project: 'clicks', version: versionOf(release), files });
    published.push({ release, result: await inWords(publish) });
  }
  return published;
}

async function inWords(publish: () => ReturnType<typeof publishRelease>): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { release, result } = await publish();
      if (result === 'already') return 'was published before, with the same content';
      return `published: ${release.files.length} files with their sha256, and release.json`;
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      if (error.code === 'ReleaseConflict')
        return 'was published before from other sources; it stays, because a release never changes';
      if (error.code !== 'StorageUnavailable' || attempt === STORAGE_TRIES) throw error;
      await sleep(500 * attempt);
    }
  }
}
