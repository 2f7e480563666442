/**
 * Distributions through the API: what is taken for one, who may, what is shown, and when one may be retired.
 *
 * Seen to fail: a folder without the plugin for S3 taken; an operator lets in; a distribution retired that jobs need; a second warm-up
 * of a cluster said to have begun; an object that was replaced shown as unchanged.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import type { DistributionItem } from '../../../src/api/distributions/contract.ts';
import type { WarmUpInput } from '../../../src/domain/distribution/distribution.ts';
import { readDistribution } from '../../../src/records/distributions/distributions.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { firstTokenOf } from '../first-token.ts';
import { startApp, type App } from '../start-app.ts';

const s3 = createFakeS3();
const FOLDER = 'dist/flink-1.20.1-0';
let app: App;
let admin: { authorization: string };
let begun: WarmUpInput[];
let isWarming: boolean;

beforeEach(async () => {
  s3.healthy();
  s3.objects.clear();
  begun = [];
  isWarming = false;
  const warm = (input: WarmUpInput) => {
    if (!isWarming) begun.push(input);
    return Promise.resolve(isWarming ? ('running' as const) : ('started' as const));
  };
  const yarn = createYarnClient({ name: 'yarn-a', resourceManager: 'http://127.0.0.1:1', user: 'sluice' });
  app = await startApp({
    access: { anonymous: [{ role: 'operator' }], policy: {}, tokens: s3 },
    distributions: { s3, configured: { '2.1.0': 'dist/flink-2.1.0' }, warm },
    instances: { flink: createFlinkClient(), yarn: new Map([['yarn-a', yarn]]) },
  });
  admin = { authorization: `Bearer ${await firstTokenOf(s3)}` };
  for (const path of ['lib/flink-dist-1.20.1.jar', 'conf/log4j.properties', 'plugins/s3-fs-hadoop/s3.jar', 'flink.tgz'])
    await s3.put(`${FOLDER}/${path}`, 'abc');
});
afterEach(async () => {
  await app.stop();
});

const act = async (path: string, body: unknown, headers: Record<string, string> = admin) => {
  const { status, text, body: problem } = await app.post(`/api/v1/distributions${path}`, body, headers);
  return { status, problem, answer: JSON.parse(text) as DistributionItem };
};
const publish = () => act('', { folder: FOLDER });
const listed = async () =>
  (JSON.parse((await app.send('/api/v1/distributions', { headers: admin })).text) as { items: DistributionItem[] })
    .items;

describe('a distribution', () => {
  it('is taken from its folder, and listed with those of the configuration', async () => {
    const { status, answer } = await publish();
    expect([status, answer]).toEqual([
      200,
      expect.objectContaining({ flinkVersion: '1.20.1', files: 4, bytes: 12, publishedBy: 'admin' }) as unknown,
    ]);
    expect((await listed()).map(({ flinkVersion, source }) => [flinkVersion, source])).toEqual([
      ['2.1.0', 'configuration'],
      ['1.20.1', 'published'],
    ]);
    expect(answer.archive).toEqual({ bytes: 3, unchanged: true });
    await s3.put(`${FOLDER}/flink.tgz`, 'new');
    expect((await listed())[1]?.archive).toEqual({ bytes: 3, unchanged: false });
  });

  it.each(['lib/flink-dist-1.20.1.jar', 'conf/log4j.properties', 'plugins/s3-fs-hadoop/s3.jar'])(
    'is none without %s',
    async (path) => {
      await s3.remove(`${FOLDER}/${path}`);
      expect(await publish()).toMatchObject({ status: 422, problem: { code: 'InvalidRequest' } });
      expect(await readDistribution(s3, '1.20.1')).toBeNull();
    },
  );

  it('is published, warmed and retired by admins only', async () => {
    await publish();
    for (const [path, body] of [
      ['', { folder: FOLDER }],
      ['/1.20.1/warm', { cluster: 'yarn-a' }],
      ['/1.20.1/retire', { reason: 'old' }],
    ] as const)
      expect(await act(path, body, {})).toMatchObject({ status: 401 });
  });
});

describe('a warm-up', () => {
  const warm = (body: object = { cluster: 'yarn-a' }) => act('/1.20.1/warm', body);

  it('begins with the name of its asker', async () => {
    await publish();
    expect((await warm({ cluster: 'yarn-a', queue: 'platform' })).status).toBe(202);
    expect(begun).toMatchObject([{ flinkVersion: '1.20.1', cluster: 'yarn-a', queue: 'platform', by: 'admin' }]);
  });

  it('of an unknown cluster, or of a version that nobody published, is refused', async () => {
    expect((await warm()).status).toBe(404);
    await publish();
    expect((await warm({ cluster: 'yarn-x' })).status).toBe(404);
    expect(begun).toEqual([]);
  });

  it('is refused while another one of the cluster runs, and without flink.tgz', async () => {
    await publish();
    isWarming = true;
    expect(await warm()).toMatchObject({ status: 409, problem: { code: 'Conflict' } });
    isWarming = false;
    await s3.remove(`${FOLDER}/flink.tgz`);
    await publish();
    expect(await warm()).toMatchObject({ status: 409, problem: { code: 'Conflict' } });
    expect(begun).toEqual([]);
  });
});

describe('retiring', () => {
  it('takes it from new starts until it is published again', async () => {
    await publish();
    expect((await act('/1.20.1/retire', { reason: 'old' })).answer.retired).toMatchObject({
      by: 'admin',
      reason: 'old',
    });
    expect((await act('/1.20.1/retire', { reason: 'old' })).status).toBe(404);
    expect((await publish()).answer).toMatchObject({ retired: null, retirements: [{ reason: 'old' }] });
    expect((await publish()).answer.retirements).toHaveLength(1);
  });
});
