/** Releases with the texts of their deployment files, for pages that show and edit them. */
import { releaseFileKey, releaseKey } from '../../../src/domain/identity/storage-keys.ts';
import type { Release, ReleaseFile } from '../../../src/domain/release/release.ts';
import { sha256Of } from '../../../src/clients/s3/checksum.ts';
import type { World } from './world.ts';

export const fileOf = (job: string, parallelism = 2): string => `# The clicks of all pages
apiVersion: sluice/v1
kind: FlinkJob
name: ${job}
environment: prod
owner:
  team: ads-streaming
placement:
  cluster: yarn-a
flink:
  version: "1.20.1"
  config:
    execution.checkpointing.interval: 10s # quick to see
job:
  jar: clicks.jar
  entryClass: com.example.Clicks
  parallelism: ${parallelism}
taskManager:
  memory: 2g
`;

/** Publishes a release with a deployment file for each job. */
export async function publishFiles(world: World, name: string, texts: Readonly<Record<string, string>>): Promise<void> {
  const [project = '', version = ''] = name.split('/');
  const { s3 } = world;
  const jar: ReleaseFile = { name: 'clicks.jar', kind: 'jar', size: 12_345_678, sha256: 'd'.repeat(64) };
  const files = Object.entries(texts).map(([job, text]): ReleaseFile => ({
    ...{ name: `${job}.yaml`, kind: 'deployment', size: text.length, sha256: sha256Of(text), job, environment: 'prod' },
  }));
  const release: Release = {
    apiVersion: 'sluice/v1',
    ...{ project, version, gitCommit: 'def456789abc', buildUrl: 'https://ci.example.com/builds/4711' },
    createdAt: '2026-01-01T00:00:00.000Z',
    files: [jar, ...files],
  };
  for (const file of files) await s3.put(releaseFileKey({ project, version }, file), texts[file.job ?? ''] ?? '');
  await s3.put(releaseKey(project, version), JSON.stringify(release));
}
