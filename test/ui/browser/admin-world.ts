/** A world for releases, clusters and settings: two releases of a project, a cluster that answers and a silent one. */
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { createClusterList } from '../../../src/api/instances/clusters.ts';
import { sha256Of } from '../../../src/clients/s3/checksum.ts';
import { releaseKey, releasePrefix } from '../../../src/domain/identity/storage-keys.ts';
import { createFakeYarn } from '../../fakes/yarn.ts';
import { deployment } from '../../support/deployment.ts';
import { yarnA } from '../../api/start-app.ts';
import { openWorld } from './world.ts';

export const JOB = 'clicks-prod';
const ownership = { project: 'clicks', team: 'ads-streaming', environment: 'prod' };

export async function openAdminWorld(browser: Browser, options: BrowserContextOptions = {}) {
  const yarn = await createFakeYarn();
  const clientOf = (name: string, resourceManager: string) =>
    createYarnClient({ name, resourceManager, user: 'sluice' });
  const [client, silent] = [clientOf('yarn-a', yarn.url), clientOf('yarn-b', 'http://127.0.0.1:1')];
  const clusters = [yarnA, { ...yarnA, name: 'yarn-b', zone: 'b' }];
  const world = await openWorld(browser, options, {
    instances: {
      flink: createFlinkClient(),
      yarn: new Map([
        ['yarn-a', client],
        ['yarn-b', silent],
      ]),
    },
    clusters: createClusterList(clusters, ({ name }) => (name === 'yarn-a' ? client : silent)),
  });
  const { s3, gateway } = world;
  gateway.visibility.hasDigests = true;
  gateway.put(JOB, { state: 'running', current: { ...deployment, job: JOB, release: 'clicks/1.0.0' }, ownership });
  yarn.addApplication({ id: 'application_1_0099', name: 'clicks-by-hand', type: 'Apache Flink' });

  /** Publishes a release of a JAR and a deployment file for each job, with that parallelism. */
  const publish = async (version: string, parallelism: number, jobs: readonly string[] = [JOB]): Promise<void> => {
    const files = await Promise.all(
      jobs.map(async (job) => {
        const text = `name: ${job}\nenvironment: prod\njob:\n  jar: clicks.jar\n  parallelism: ${parallelism}\n`;
        const name = `${job}.yaml`;
        await s3.put(`${releasePrefix('clicks', version)}${name}`, text);
        const size = Buffer.byteLength(text);
        return { name, kind: 'deployment', size, sha256: sha256Of(text), job, environment: 'prod' };
      }),
    );
    const jar = { name: 'clicks.jar', kind: 'jar', size: 42_000_000, sha256: sha256Of(version) };
    const origin = {
      gitCommit: 'abc1234567890def',
      buildUrl: 'https://ci.example.com/1',
      createdAt: new Date().toISOString(),
    };
    const release = { apiVersion: 'sluice/v1', project: 'clicks', version, ...origin, files: [jar, ...files] };
    await s3.put(releaseKey('clicks', version), JSON.stringify(release));
  };
  await publish('1.0.0', 4);
  s3.age('releases/', 3_600_000);
  await publish('1.1.0', 8, [JOB, 'clicks-new']);
  s3.age('releases/', 60_000);
  return {
    ...world,
    yarn,
    publish,
    close: async (): Promise<void> => {
      await world.close();
      await yarn.close();
    },
  };
}
