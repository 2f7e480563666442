/**
 * A record that cannot be read, over HTTP: lists name it beside the others, and whoever asks for it alone is told its key.
 *
 * Seen to fail: with `Promise.all` or `inTurns` in place of `readEach`, each list is a 500.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  adoptionKey,
  auditKey,
  checkpointsOf,
  claimKey,
  deploymentKey,
  fenceKey,
  releaseKey,
} from '../../../src/domain/identity/storage-keys.ts';
import { READER } from '../../../src/domain/compatibility/reader.ts';
import { checkComplaints } from '../../../src/api/doctor/doctor.ts';
import { checkRecords } from '../../../src/api/doctor/record-checks.ts';
import { emptyNotes } from '../../../src/domain/watch/notes.ts';
import { RecordStore } from '../../../src/records/record-store.ts';
import { ReleaseCatalogue } from '../../../src/releases/catalogue.ts';
import { deployment } from '../../support/deployment.ts';
import { recordOf } from '../fake-gateway.ts';
import { startApp, type App } from '../start-app.ts';

let app: App;
beforeEach(async () => void (app = await startApp()));
afterEach(async () => await app.stop());

const JOB = 'clicks-dev';
const day = (number: number) => `2026-01-0${number}T00:00:00.000Z`;
const ended = (id: string, number: number) => ({
  ...recordOf({
    job: JOB,
    kind: 'deploy',
    request: { id, release: 'clicks/1.0.0' },
    start: false,
    sender: { door: 'api', actor: null },
  }),
  outcome: 'succeeded',
  endedAt: day(number),
});
const tooNew = { minReader: READER + 1 };

describe('the history', () => {
  it.each([['/api/v1/operations'], [`/api/v1/jobs/${JOB}/operations`]])(
    '%s shows what can be read, and names the rest with its key and why',
    async (path) => {
      await app.s3.put(auditKey(JOB, day(1), 'first'), JSON.stringify(ended('first', 1)));
      await app.s3.put(auditKey(JOB, day(2), 'second'), '{"id": "sec');
      await app.s3.put(auditKey(JOB, day(3), 'third'), JSON.stringify({ ...ended('third', 3), ...tooNew }));
      await app.s3.put(
        auditKey(JOB, day(4), 'fourth'),
        JSON.stringify({ ...ended('fourth', 4), authenticatedBy: 'x' }),
      );
      const { status, body } = await app.send(path);
      expect([status, body.items.map(({ id }) => id)]).toEqual([200, ['fourth', 'first']]);
      expect(body.unreadable).toEqual([
        { key: auditKey(JOB, day(3), 'third'), problem: expect.stringContaining('update this Sluice') as string },
        { key: auditKey(JOB, day(2), 'second'), problem: expect.stringContaining('is not JSON') as string },
      ]);
    },
  );

  it('of a job whose records are all unreadable is no history of a job that never was', async () => {
    await app.s3.put(auditKey(JOB, day(1), 'first'), 'x');
    const { status, body } = await app.send(`/api/v1/jobs/${JOB}/operations`);
    expect([status, body.items, body.unreadable?.length]).toEqual([200, [], 1]);
  });
});

it('one operation whose claim cannot be read is RecordInvalid, with its key', async () => {
  await app.s3.put(claimKey(JOB, 'first'), '{"version": 1}');
  const { status, body } = await app.send(`/api/v1/jobs/${JOB}/operations/first`);
  expect([status, body.code]).toEqual([500, 'RecordInvalid']);
  expect(body.detail).toContain(claimKey(JOB, 'first'));
});

it('deployments and restore points come with the deployments that cannot be read; then no branch is called abandoned', async () => {
  await app.s3.put(deploymentKey(JOB, 1), JSON.stringify({ ...deployment, number: 1, epoch: 1, ...tooNew }));
  await app.s3.put(deploymentKey(JOB, 2), JSON.stringify(deployment));
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0x4960672d, 0);
  await app.s3.put(`${checkpointsOf(JOB, deployment.flinkJobId)}chk-1/_metadata`, head);
  const unreadable = [{ key: deploymentKey(JOB, 1) }];
  const deployments = (await app.send(`/api/v1/jobs/${JOB}/deployments`)).body;
  expect(deployments).toMatchObject({ items: [{ number: 2 }], unreadable });
  const points = (await app.send(`/api/v1/jobs/${JOB}/restore-points`)).body;
  expect(points).toMatchObject({ items: [{ abandoned: null }], unreadable });
});

it('the catalogue names a release that cannot be read', async () => {
  await app.s3.put(releaseKey('clicks', 'broken'), '{');
  const { body } = await app.send('/api/v1/releases');
  expect(body).toMatchObject({ items: [], unreadable: [{ key: releaseKey('clicks', 'broken') }] });
});

it('a fence that cannot be read is still that of a job that was started', async () => {
  await app.s3.put(fenceKey(JOB), 'x');
  expect((await app.operate(JOB, { kind: 'savepoint' })).status).not.toBe(404);
});

it('the doctor names unreadable fences, adoptions and releases, and what a watch complains of', async () => {
  const adoption = adoptionKey('yarn-a', 'application_1_0009');
  for (const key of [fenceKey(JOB), adoption, releaseKey('clicks', 'broken')]) await app.s3.put(key, 'x');
  const stores = { records: new RecordStore(app.s3), releases: new ReleaseCatalogue(app.s3), clusters: ['yarn-a'] };
  const findings = await checkRecords(stores);
  expect(findings.map(({ check, level, subject }) => [check, level, subject])).toEqual(
    [fenceKey(JOB), adoption, releaseKey('clicks', 'broken')].map((key) => ['records', 'broken', key]),
  );
  app.gateway.notes.set('yarn-a', { ...emptyNotes, complaints: ['clicks-dev cannot be told: full'] });
  expect(await checkComplaints(app.gateway, 'yarn-a')).toMatchObject([
    { check: 'watch', level: 'warning', subject: 'yarn-a', detail: 'clicks-dev cannot be told: full' },
  ]);
});
