/** Releases of the world, each with the job's JAR, a deployment file for each job, and further JARs and files. */
import { releaseKey, releasePrefix } from '../../src/domain/identity/storage-keys.ts';
import type { Release } from '../../src/domain/release/release.ts';
import type { FakeS3 } from '../fakes/s3.ts';
import { sha256, store } from './bucket.ts';
import { jarWith } from './jar.ts';

const ENTRY_CLASS = 'com.example.Clicks';
export const FLINK_VERSION = '1.20.1';

/** Text of a deployment file; `lines` adds or replaces whole top-level entries. */
function deploymentFile(job: string, lines: Readonly<Record<string, string>> = {}): string {
  const entries: Record<string, string> = {
    apiVersion: 'sluice/v1',
    kind: 'FlinkJob',
    name: job,
    environment: 'test',
    owner: '{team: ads-streaming}',
    placement: '{cluster: yarn-a}',
    flink: `{version: "${FLINK_VERSION}", config: {execution.checkpointing.interval: 1s, execution.checkpointing.timeout: 30s}}`,
    job: `{jar: clicks.jar, entryClass: ${ENTRY_CLASS}}`,
    upgrade: '{timeouts: {savepoint: 2m, stop: 10s, start: 10s}, verify: {timeout: 10s}}',
    // Stories about failures look at what is left of them, so only those about restarts let Sluice restart.
    recovery: '{restart: {enabled: false}}',
    ...lines,
  };
  // Stories about single steps of an upgrade take them one after the other, so only those about handovers hand over.
  const { upgrade = '{}' } = entries;
  if (!upgrade.includes('handover:')) entries['upgrade'] = upgrade.replace(/\}$/, ', handover: never}');
  return Object.entries(entries)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

export function publish(
  s3: FakeS3,
  name: string,
  jobs: readonly string[],
  lines: Readonly<Record<string, string>>,
  further: Readonly<Record<string, Buffer>> = {},
): void {
  const [project = '', version = ''] = name.split('/');
  const files = [
    { name: 'clicks.jar', kind: 'jar' as const, body: jarWith(ENTRY_CLASS) },
    ...Object.entries(further).map(([file, body]) => ({
      name: file,
      kind: file.endsWith('.jar') ? ('jar' as const) : ('file' as const),
      body,
    })),
    ...jobs.map((job) => ({
      name: `${job}.yaml`,
      kind: 'deployment' as const,
      job,
      environment: 'test',
      ...(lines['autoDeploy']?.includes('enabled: true') === true ? { autoDeploy: true as const } : {}),
      body: Buffer.from(deploymentFile(job, lines)),
    })),
  ];
  for (const { name: file, body } of files) store(s3, releasePrefix(project, version) + file, body);
  const release: Release = {
    apiVersion: 'sluice/v1',
    project,
    version,
    gitCommit: 'abcdef0',
    buildUrl: null,
    createdAt: '2026-01-01T00:00:00Z',
    files: files.map(({ body, ...file }) => ({ ...file, size: body.length, sha256: sha256(body) })),
  };
  store(s3, releaseKey(project, version), Buffer.from(JSON.stringify(release)));
}
