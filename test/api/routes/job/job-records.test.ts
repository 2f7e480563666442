import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkpointsOf, deploymentKey, savepointsOf } from '../../../../src/domain/identity/storage-keys.ts';
import { deployment } from '../../../support/deployment.ts';
import { startApp, type App } from '../../start-app.ts';

let app: App;
beforeEach(async () => void (app = await startApp()));
afterEach(async () => await app.stop());

const metadata = (checkpointId: number): Uint8Array => {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0x4960672d, 0);
  head.writeBigInt64BE(BigInt(checkpointId), 8);
  return head;
};

/** Gives everything in S3 the same time, whatever the clock did meanwhile. */
function atOnce(): void {
  for (const object of app.s3.objects.values()) object.lastModified = Date.parse('2026-01-01T00:00:00Z');
}

describe('records of a job', () => {
  it('lists deployments, the newest as the job knows it', async () => {
    const first = { ...deployment, number: 1, epoch: 1, operationId: 'op-1', flinkJobId: 'e'.repeat(32) };
    await app.s3.put(deploymentKey('clicks-dev', 1), JSON.stringify(first));
    await app.s3.put(deploymentKey('clicks-dev', 2), JSON.stringify(deployment));
    app.gateway.put('clicks-dev', { state: 'running', current: { ...deployment, completedCheckpoint: 9 } });
    const { body } = await app.send('/api/v1/jobs/clicks-dev/deployments');
    expect(body.items.map((item) => [item.number, item.completedCheckpoint])).toEqual([
      [2, 9],
      [1, null],
    ]);
  });

  it('finds restore points in S3, newest first, says how large they are, and which are broken', async () => {
    await app.s3.put(deploymentKey('clicks-dev', 2), JSON.stringify(deployment));
    const chk = (id: number) => `${checkpointsOf('clicks-dev', deployment.flinkJobId)}chk-${id}/_metadata`;
    await app.s3.put(chk(7), metadata(7));
    await app.s3.put(chk(12), metadata(12));
    await app.s3.put(chk(13), 'not flink at all, but long enough');
    await app.s3.put(`${savepointsOf('clicks-dev', 'op-9')}savepoint-ffffff-abc/_metadata`, metadata(5));
    await app.s3.put(`${savepointsOf('clicks-dev', 'op-9')}savepoint-ffffff-abc/part-1`, 'x'.repeat(100));
    await app.s3.put(`${checkpointsOf('clicks-dev', deployment.flinkJobId)}shared/one`, 'x'.repeat(50));
    await app.s3.put(`${savepointsOf('clicks-dev', 'periodic-20260101T000000Z')}savepoint-ffffff-abc/part-1`, 'half');
    atOnce();
    const { body } = await app.send('/api/v1/jobs/clicks-dev/restore-points');
    const folders = `s3://fake/checkpoints/clicks-dev/${deployment.flinkJobId}`;
    expect(body.items.map(({ path, state, bytes, sharedBytes }) => [path, state, bytes, sharedBytes])).toEqual([
      [`${folders}/chk-13`, 'broken', 33, 50],
      [`${folders}/chk-12`, 'verified', 16, 50],
      [`${folders}/chk-7`, 'verified', 16, 50],
      ['s3://fake/savepoints/clicks-dev/op-9/savepoint-ffffff-abc', 'verified', 116, null],
      ['s3://fake/savepoints/clicks-dev/periodic-20260101T000000Z/savepoint-ffffff-abc', 'broken', 4, null],
    ]);
    expect(body.items[0]?.problem).toContain('not Flink');
    expect(body.items[4]).toMatchObject({
      taken: 'periodic',
      problem: expect.stringContaining('no _metadata') as string,
    });
    const first = await app.send('/api/v1/jobs/clicks-dev/restore-points?limit=2');
    const rest = await app.send(`/api/v1/jobs/clicks-dev/restore-points?limit=9&cursor=${first.body.nextCursor ?? ''}`);
    expect([...first.body.items, ...rest.body.items]).toEqual(body.items);
    expect(body.items[1]).toMatchObject({ epoch: 2, checkpointId: 12, deployment: 2, flinkVersion: '1.20.1' });
  });

  it('does not list the files that checkpoints share when they are very many', async () => {
    await app.s3.put(deploymentKey('clicks-dev', 2), JSON.stringify(deployment));
    const directory = checkpointsOf('clicks-dev', deployment.flinkJobId);
    await app.s3.put(`${directory}chk-7/_metadata`, metadata(7));
    await app.s3.put(`${directory}taskowned/one`, 'x');
    const object = app.s3.objects.get(`${directory}taskowned/one`)!;
    for (let file = 0; file < 50_000; file += 1) app.s3.objects.set(`${directory}shared/${file}`, object);
    atOnce();
    const before = app.s3.requests();
    const { body } = await app.send('/api/v1/jobs/clicks-dev/restore-points');
    expect(app.s3.requests() - before).toBeLessThan(20);
    expect(body.items).toMatchObject([{ checkpointId: 7, state: 'verified', sharedBytes: null }]);
  });
});

describe('restore points that were left behind', () => {
  const point = (epoch: number, checkpointId: number) => ({
    path: `s3://elsewhere/${epoch}-${checkpointId}`,
    kind: 'savepoint' as const,
    taken: 'stop' as const,
    epoch,
    checkpointId,
    completedAt: '2100-01-01T00:00:00.000Z',
    deployment: epoch,
    flinkVersion: '1.20.1',
    format: null,
    stateBackend: null,
    maxParallelism: null,
  });
  const started = (number: number, restorePoint: ReturnType<typeof point> | null) => ({
    ...deployment,
    number,
    epoch: number,
    flinkJobId: String(number).repeat(32),
    restorePoint,
  });

  it('are abandoned: by a zombie, and on a branch that was rolled back; of savepoints nobody knows whose', async () => {
    const all = [started(1, null), started(2, point(1, 10)), started(3, point(1, 10))];
    for (const one of all) await app.s3.put(deploymentKey('clicks-dev', one.number), JSON.stringify(one));
    app.gateway.put('clicks-dev', { state: 'running', current: all[2]! });
    const chk = (of: number, id: number) =>
      app.s3.put(`${checkpointsOf('clicks-dev', String(of).repeat(32))}chk-${id}/_metadata`, metadata(id));
    for (const [of, id] of [
      [1, 9],
      [1, 11],
      [2, 12],
      [3, 11],
    ] as const)
      await chk(of, id);
    await app.s3.put(`${savepointsOf('clicks-dev', 'op-a')}savepoint-222222-0123/_metadata`, metadata(13));
    await app.s3.put(`${savepointsOf('clicks-dev', 'op-b')}savepoint-999999-0123/_metadata`, metadata(14));
    atOnce();
    const { body } = await app.send('/api/v1/jobs/clicks-dev/restore-points');
    const seen = body.items.map(({ path, abandoned }) => [path.replace(/^.*clicks-dev\//, ''), abandoned]);
    expect(seen).toEqual([
      [`${'3'.repeat(32)}/chk-11`, false],
      [`${'2'.repeat(32)}/chk-12`, true],
      ['op-a/savepoint-222222-0123', true],
      ['s3://elsewhere/1-10', false],
      [`${'1'.repeat(32)}/chk-11`, true],
      [`${'1'.repeat(32)}/chk-9`, false],
      ['op-b/savepoint-999999-0123', null],
    ]);
  });
});
