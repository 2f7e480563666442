/** The platform of the world: clusters, distributions and launchers, as the activities get them. */
import type { Cluster } from '../../src/activities/dependencies/dependencies.ts';
import type { S3Client } from '../../src/clients/s3/s3.ts';
import { createYarnClient } from '../../src/clients/yarn/yarn.ts';
import { createDirectLauncher } from '../../src/launchers/direct.ts';
import { createDistributions } from '../../src/launchers/distribution.ts';
import { createShellRunner } from '../../src/launchers/shell-runner.ts';
import type { FakeS3 } from '../fakes/s3.ts';
import type { FakeYarn } from '../fakes/yarn.ts';
import { FLINK_VERSION } from './publish.ts';

const LAUNCHER_JAR = 'launcher/sluice-launcher.jar';
const JARS = { plugin: 'agent/plugins/sluice/sluice-agent.jar', entry: 'agent/lib/sluice-entry.jar' };
/** The lease of the world's jobs: as short as a test can wait for. */
export const SHORTEST_LEASE_MS = 2_000;
export const FLINK_VERSIONS = [FLINK_VERSION, '2.1.0'];

/** Puts Flink's distributions and the launcher into the bucket. */
export async function install(s3: FakeS3): Promise<void> {
  for (const version of FLINK_VERSIONS) {
    for (const path of [`lib/flink-dist-${version}.jar`, 'lib/log4j-core.jar', 'conf/log4j.properties']) {
      await s3.put(`flink/${version}/${path}`, path);
    }
  }
  await s3.put(LAUNCHER_JAR, 'launcher');
  for (const key of Object.values(JARS)) await s3.put(key, 'agent');
}

/** Connects to clusters, as an installation of Sluice does. */
export function connector(s3: S3Client, lease: number): (name: string, fake: FakeYarn) => Cluster {
  const prefixes = Object.fromEntries(FLINK_VERSIONS.map((version) => [version, `flink/${version}`]));
  const agent = { ...JARS, lease, signs: { checkpoints: SHORTEST_LEASE_MS } };
  const distributions = createDistributions(s3, prefixes, agent);
  return (name, fake) => {
    const yarn = createYarnClient({ name, resourceManager: fake.url, user: 'sluice' });
    const place = { scheme: 's3a', user: 'sluice', applicationClasspath: '/hadoop/*' };
    const common = { s3, yarn, distributions, agent, ...place };
    const launchers = {
      direct: createDirectLauncher(common),
      'shell-runner': createShellRunner({
        ...common,
        prefixes,
        clientClasspath: '',
        jar: LAUNCHER_JAR,
        memoryMb: 1024,
      }),
    };
    return { name, yarn, launchers, flinkConfig: {} };
  };
}
