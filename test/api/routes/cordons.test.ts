/**
 * Cordons through the API: who may, what is kept, and what the list of clusters shows.
 *
 * Seen to fail: an operator lets in; the reason left out; the name of a cluster that is not configured taken; the list that
 * fails with the bucket.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAuditPage } from '../../../src/api/audit/read-audit.ts';
import type { ClusterItem, CordonBody } from '../../../src/api/cluster-contract.ts';
import { createClusterList } from '../../../src/api/instances/clusters.ts';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { clusterKey } from '../../../src/domain/identity/storage-keys.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { createFakeYarn, type FakeYarn } from '../../fakes/yarn.ts';
import { firstTokenOf } from '../first-token.ts';
import { startApp, yarnA, type App } from '../start-app.ts';

const s3 = createFakeS3();
let yarn: FakeYarn;
let app: App;
let admin: { authorization: string };

beforeEach(async () => {
  s3.healthy();
  s3.objects.clear();
  yarn = await createFakeYarn();
  const client = createYarnClient({ name: 'yarn-a', resourceManager: yarn.url, user: 'sluice' });
  app = await startApp({
    access: { anonymous: [], policy: {}, tokens: s3 },
    cordons: s3,
    clusters: createClusterList([yarnA], () => client),
    instances: { flink: createFlinkClient(), yarn: new Map([['yarn-a', client]]) },
  });
  admin = { authorization: `Bearer ${await firstTokenOf(s3)}` };
});
afterEach(async () => {
  await app.stop();
  await yarn.close();
});

const act = async (path: string, body: unknown, headers: Record<string, string> = admin) => {
  const { status, text, body: problem } = await app.post(`/api/v1/clusters/${path}`, body, headers);
  return { status, problem, answer: JSON.parse(text) as CordonBody };
};
const listed = async (): Promise<ClusterItem | undefined> =>
  (JSON.parse((await app.send('/api/v1/clusters', { headers: admin })).text) as { items: ClusterItem[] }).items[0];

describe('a cordon', () => {
  it('is kept in the bucket and shown until it is taken away', async () => {
    expect(await listed()).toMatchObject({ cordoned: null });
    const { status, answer } = await act('yarn-a/cordon', { reason: 'new disks' });
    expect(status).toBe(200);
    expect(answer).toMatchObject({ name: 'yarn-a', cordoned: { by: 'admin', reason: 'new disks' } });
    expect((await listed())?.cordoned).toEqual(answer.cordoned);
    expect(JSON.parse(s3.objects.get(clusterKey('yarn-a'))?.body.toString() ?? '')).toEqual({
      ...{ version: 1, cluster: 'yarn-a', cordoned: answer.cordoned },
    });
    const again = await act('yarn-a/cordon', { reason: 'once more' });
    expect(again.answer).toEqual(answer);
    expect((await act('yarn-a/uncordon', undefined)).answer).toEqual({ name: 'yarn-a', cordoned: null });
    expect(await listed()).toMatchObject({ cordoned: null });
  });

  it('needs a reason, and a cluster of the configuration', async () => {
    expect(await act('yarn-a/cordon', {})).toMatchObject({ status: 422, problem: { errors: [{ path: 'reason' }] } });
    expect(await act('yarn-a/cordon', { reason: ' ' })).toMatchObject({ status: 422 });
    expect(await act('yarn-x/cordon', { reason: 'gone' })).toMatchObject({ status: 404 });
    expect([...s3.objects.keys()].filter((key) => key.startsWith('clusters/'))).toEqual([]);
  });

  it('is for admins of the whole installation, and the audit log names the cluster', async () => {
    const limited = { name: 'ads', bindings: [{ role: 'admin', teams: ['ads'] }] };
    const { text } = await app.post('/api/v1/tokens', limited, admin);
    const ads = { authorization: `Bearer ${(JSON.parse(text) as { token: string }).token}` };
    expect(await act('yarn-a/cordon', { reason: 'mine' }, ads)).toMatchObject({ status: 403 });
    await act('yarn-a/cordon', { reason: 'new disks' });
    await app.audit.close();
    const { items } = await readAuditPage(s3, { limit: 10 });
    expect(items.slice(0, 2)).toMatchObject([
      { action: 'cordon', target: 'yarn-a', subject: 'admin', outcome: 'accepted' },
      { action: 'cordon', target: 'yarn-a', subject: 'ads', outcome: 'denied', lacks: 'cordon' },
    ]);
  });

  it('is absent from the list while the bucket does not answer', async () => {
    await listed();
    s3.unavailable();
    const { authorization } = admin;
    const { status, text } = await app.send('/api/v1/clusters', { headers: { authorization } });
    expect([status, Object.keys((JSON.parse(text) as { items: object[] }).items[0] ?? {})]).toEqual([
      200,
      expect.not.arrayContaining(['cordoned']),
    ]);
  });
});
