/** Releases of the example job, built and published as CI would. */
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

/** Deployed first, upgraded to, the one that cannot start, and the one that can again. */
export const RELEASES = {
  first: 'clicks/1.0.0',
  second: 'clicks/1.1.0',
  broken: 'clicks/1.2.0',
  mended: 'clicks/1.2.1',
} as const;

/** What a release is made of: the program by its version, and arguments that its deployment file adds. */
const contents = [
  { release: RELEASES.first, program: '1.0.0', args: [] },
  { release: RELEASES.second, program: '1.1.0', args: [] },
  // The program of 1.1.0, told to throw in main(): what a typing mistake in a release does.
  { release: RELEASES.broken, program: '1.1.0', args: ['--fail-on-start', 'true'] },
  { release: RELEASES.mended, program: '1.1.0', args: [] },
] as const;

const versionOf = (release: string): string => release.slice(release.indexOf('/') + 1);
const STORAGE_TRIES = 3;

/** Paths of what belongs to each release, by its name. */
export type BuiltReleases = ReadonlyMap<string, readonly string[]>;

/** Builds the programs with Maven; at once when they were built before. */
export async function buildReleases({ cacheDirectory }: StackSettings): Promise<BuiltReleases> {
  const built = new Map<string, readonly string[]>();
  for (const { release, program, args } of contents) {
    const { jars } = await buildClicks({ version: program, flinkVersions: FLINK_VERSIONS, cacheRoot: cacheDirectory });
    const folder = join(cacheDirectory, 'demo', versionOf(release));
    built.set(release, [...jars.map(({ path }) => path), ...(await deploymentFiles(folder, args))]);
  }
  return built;
}

/** The example's deployment files; with arguments that clicks-dev gets besides, a changed copy of its file. */
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

/** What became of publishing one release, in words. */
export interface PublishedRelease {
  readonly release: string;
  readonly said: string;
}

/** Publishes all. A release never changes: what was published before, also with other content, is left and used. */
export async function publishReleases(built: BuiltReleases, { s3 }: StackStatus): Promise<PublishedRelease[]> {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const client = createS3Client({ endpoint, region, bucket, forcePathStyle: true, credentials });
  const published: PublishedRelease[] = [];
  for (const [release, files] of built) {
    const publish = () => publishRelease(client, { project: 'clicks', version: versionOf(release), files });
    published.push({ release, said: await inWords(publish) });
  }
  return published;
}

async function inWords(publish: () => ReturnType<typeof publishRelease>): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { release, result } = await publish();
      if (result === 'already') return 'was published before, with this very content';
      return `published: ${release.files.length} files with their sha256, and release.json`;
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      if (error.code === 'ReleaseConflict')
        return 'was published before from other sources, and a release never changes';
      if (error.code !== 'StorageUnavailable' || attempt === STORAGE_TRIES) throw error;
      await sleep(500 * attempt);
    }
  }
}
