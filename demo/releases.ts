/** Two releases of the example job, built and published as CI would. */
import { setTimeout as sleep } from 'node:timers/promises';
import { buildClicks, clicksDeploymentFiles } from '../examples/clicks/build.ts';
import { publishRelease } from '../src/clients/release-store.ts';
import { createS3Client } from '../src/clients/s3.ts';
import { SluiceError } from '../src/domain/errors.ts';
import type { StackStatus } from '../stack/control.ts';
import type { StackSettings } from '../stack/settings.ts';
import { FLINK_VERSIONS } from '../stack/cache/pins.ts';

/** The release that is deployed first, and the one that it is upgraded to. */
export const RELEASES = { first: 'clicks/1.0.0', second: 'clicks/1.1.0' } as const;

const versionOf = (release: string): string => release.slice(release.indexOf('/') + 1);
const STORAGE_TRIES = 3;

/** Paths of what belongs to each release, by its name. */
export type BuiltReleases = ReadonlyMap<string, readonly string[]>;

/** Builds both releases with Maven; at once when they were built before. */
export async function buildReleases({ cacheDirectory }: StackSettings): Promise<BuiltReleases> {
  const deploymentFiles = await clicksDeploymentFiles();
  const built = new Map<string, readonly string[]>();
  for (const release of Object.values(RELEASES)) {
    const version = versionOf(release);
    const { jars } = await buildClicks({ version, flinkVersions: FLINK_VERSIONS, cacheRoot: cacheDirectory });
    built.set(
      release,
      [...jars, ...deploymentFiles].map(({ path }) => path),
    );
  }
  return built;
}

/** What became of publishing one release, in words. */
export interface PublishedRelease {
  readonly release: string;
  readonly said: string;
}

/** Publishes both. A release never changes: what was published before, also with other content, is left and used. */
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
