import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditKey, claimKey, fenceKey } from '../../../src/domain/identity/storage-keys.ts';
import { emptyFence } from '../../../src/domain/lock/fence.ts';
import { recordOf } from '../fake-gateway.ts';
import { startApp, type App } from '../start-app.ts';
import { RecordStore } from '../../../src/records/record-store.ts';
import { createFakeS3 } from '../../fakes/s3.ts';

let app: App;
beforeEach(async () => {
  app = await startApp();
  await app.publish('clicks/1.0.0', 'clicks-dev');
});
afterEach(async () => await app.stop());

const deploy = { kind: 'deploy', release: 'clicks/1.0.0' };

describe('asking for an operation', () => {
  it('accepts the first deploy of a job that was never seen', async () => {
    const { status, body, headers } = await app.operate('clicks-dev', { ...deploy, id: 'first', actor: 'ann' });
    expect(status).toBe(202);
    expect(body.operation).toMatchObject({ id: 'first', job: 'clicks-dev', kind: 'deploy', actor: 'ann', via: 'api' });
    expect(headers.get('location')).toBe('/api/v1/jobs/clicks-dev/operations/first');
  });

  it('refuses the first deploy of a missing release, or of a name that it does not have, and starts no workflow', async () => {
    const { status, body } = await app.operate('clicks-dve', deploy);
    expect([status, body.code]).toEqual([422, 'DeploymentFileNotFound']);
    const missing = await app.operate('clicks-dev', { ...deploy, release: 'clicks/9.9.9' });
    expect([missing.status, missing.body.code]).toEqual([404, 'ReleaseNotFound']);
    const adopted = await app.operate('clicks-dev', { kind: 'adopt', release: 'clicks/9.9.9' });
    expect([adopted.status, adopted.body.code]).toEqual([404, 'ReleaseNotFound']);
    expect(body.detail).toContain('Did you mean clicks-dev?');
    expect(app.gateway.submitted).toEqual([]);
    expect((await app.operate('clicks-dev', deploy)).status).toBe(202);
    // Now the job is known by its name, too.
    expect((await app.send('/api/v1/jobs/clicks-dve/operations')).body.detail).toContain('Did you mean clicks-dev?');
  });

  it('chooses an id', async () => {
    const { body } = await app.operate('clicks-dev', deploy);
    expect(body.operation.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('refuses a second operation with the holder, from the query alone', async () => {
    await app.operate('clicks-dev', { ...deploy, id: 'first' });
    const { status, body } = await app.operate('clicks-dev', { kind: 'savepoint' });
    expect(status).toBe(409);
    expect(body).toMatchObject({
      code: 'OperationInProgress',
      status: 409,
      holder: { id: 'first', kind: 'deploy', actor: 'anonymous', phase: 'checking' },
    });
    expect(body.holder.since).toMatch(/^\d{4}-/);
    expect(app.gateway.submitted).toHaveLength(1);
  });

  it.each([5, 60])('accepts one of twenty at the same time, with eight in flight at most (%i ms each)', async (ms) => {
    app.gateway.latencyMs = ms;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, place) => app.operate('clicks-dev', { ...deploy, id: `racer-${place}` })),
    );
    const accepted = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status === 409);
    expect([accepted.length, refused.length]).toEqual([1, 19]);
    for (const { body } of refused) expect(body.holder.id).toBe(accepted[0]!.body.operation.id);
    expect(app.gateway.mostInFlight).toBeLessThanOrEqual(8);
  });

  it('asks the job for each of twenty when none of them can be the holder', async () => {
    app.gateway.put('clicks-dev', { state: 'stopped' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => app.operate('clicks-dev', { kind: 'savepoint' })),
    );
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set(['CommandNotAllowed']));
    expect(app.gateway.submitted).toHaveLength(20);
    expect(app.gateway.mostInFlight).toBeGreaterThan(1);
    expect(app.gateway.mostInFlight).toBeLessThanOrEqual(8);
  });

  it('answers the same id and payload with the same operation, also when it has ended', async () => {
    const first = await app.operate('clicks-dev', { ...deploy, id: 'one' });
    const again = await app.operate('clicks-dev', { ...deploy, id: 'one', reason: 'asked again' });
    expect(again.status).toBe(202);
    expect(again.body.operation.acceptedAt).toBe(first.body.operation.acceptedAt);
    app.gateway.end('clicks-dev');
    const later = await app.operate('clicks-dev', { ...deploy, id: 'one' });
    expect(later.body.operation.outcome).toBe('succeeded');
  });

  it('refuses the same id with another payload, however old it is', async () => {
    await app.operate('clicks-dev', { ...deploy, id: 'one' });
    const other = await app.operate('clicks-dev', { ...deploy, release: 'clicks/2.0.0', id: 'one' });
    expect([other.status, other.body.code]).toEqual([422, 'OperationIdReused']);

    const old = recordOf({
      job: 'old-job',
      kind: 'savepoint',
      request: { id: 'ancient' },
      start: false,
      sender: { door: 'api' },
    });
    await app.s3.put(
      claimKey('old-job', 'ancient'),
      JSON.stringify({
        version: 1,
        job: 'old-job',
        id: 'ancient',
        kind: 'savepoint',
        fingerprint: old.fingerprint,
        actor: 'x',
        claimedAt: old.acceptedAt,
        holder: { installation: 's', runId: 'r' },
        ended: { ...old, outcome: 'succeeded', endedAt: old.acceptedAt },
      }),
    );
    const repeat = await app.operate('old-job', { kind: 'savepoint', id: 'ancient' });
    expect([repeat.status, repeat.body.operation.outcome]).toEqual([202, 'succeeded']);
    const reused = await app.operate('old-job', { ...deploy, id: 'ancient' });
    expect(reused.body.code).toBe('OperationIdReused');
    expect(app.gateway.submitted.filter(({ job }) => job === 'old-job')).toHaveLength(0);
  });

  it.each(['savepoint', 'stop', 'kill', 'resume', 'restart', 'rollback'])(
    'answers %s of an unseen job with 404, and starts nothing',
    async (kind) => {
      const { status, body } = await app.operate('nobody', { kind });
      expect([status, body.code]).toEqual([404, 'NotFound']);
      expect(app.gateway.submitted).toHaveLength(0);
    },
  );

  it('opens the workflow of a job again when S3 knows that it was started', async () => {
    await app.s3.put(fenceKey('lost-job'), JSON.stringify({ ...emptyFence('lost-job'), epoch: 3 }));
    await app.operate('lost-job', { kind: 'kill' });
    expect(app.gateway.submitted).toMatchObject([{ job: 'lost-job', kind: 'kill', start: true }]);
  });

  it('waits for the end as long as Prefer says', async () => {
    app.gateway.put('clicks-dev', { state: 'running' });
    setTimeout(() => app.gateway.end('clicks-dev'), 300);
    const ended = await app.operate('clicks-dev', { kind: 'savepoint', id: 's1' }, { prefer: 'respond-async, wait=5' });
    expect([ended.status, ended.body.operation.outcome]).toEqual([200, 'succeeded']);
    const going = await app.operate('clicks-dev', { kind: 'savepoint', id: 's2' }, { prefer: 'wait=1' });
    expect([going.status, going.body.operation.outcome]).toEqual([202, null]);
  });

  it('says that Temporal does not answer, and that asking again is safe', async () => {
    app.gateway.down();
    const { status, body } = await app.operate('clicks-dev', deploy);
    expect([status, body.code]).toEqual([503, 'TemporalUnavailable']);
    expect(body.hint).toContain('same id');
  });
});

describe('what is refused before anybody is asked', () => {
  it.each([
    ['no kind', {}, 'kind: is missing; supported: deploy, savepoint, stop, kill, resume, restart, rollback'],
    ['an unknown kind', { kind: 'upgrade' }, 'supported: deploy'],
    ['cancel, which is no kind', { kind: 'cancel' }, 'supported: deploy'],
    ['a rollback to no deployment', { kind: 'rollback', to: 0 }, 'to'],
    ['a kill that is forced by a word', { kind: 'kill', force: 'yes' }, 'force'],
    ['an unknown field', { ...deploy, relaese: 'x' }, 'relaese'],
    ['a missing release', { kind: 'deploy' }, 'release'],
    ['a release that is none', { kind: 'deploy', release: '../etc/passwd' }, 'release: must name a release'],
    ['a path to climb', { ...deploy, from: 's3://bucket/../other' }, 'from'],
    ['a reason of two lines', { ...deploy, reason: 'a\nb' }, 'reason: must be one line'],
    ['an id with a slash', { ...deploy, id: 'a/b' }, 'id: must be 1 to 64'],
    ['a list', [], 'must be an object'],
    ['a text', '"deploy"', 'must be an object'],
    ['null', 'null', 'must be an object'],
    ['a polluted prototype', '{"kind":"savepoint","__proto__":{"drain":true}}', '__proto__'],
  ])('%s', async (_name, body, said) => {
    const answer = await app.operate('clicks-dev', body);
    expect([answer.status, answer.body.code]).toEqual([422, 'InvalidRequest']);
    expect(answer.body.detail).toContain(said);
    expect(app.gateway.submitted).toHaveLength(0);
  });
});

describe('reading operations', () => {
  it('gives one operation under its own name too', async () => {
    await app.operate('clicks-dev', { ...deploy, id: 'one' });
    const { body } = await app.send('/api/v1/jobs/clicks-dev/operations/one');
    expect(body).toMatchObject({ id: 'one', outcome: null, operation: { id: 'one' } });
    const missing = await app.send('/api/v1/jobs/clicks-dev/operations/two');
    expect([missing.status, missing.body.code]).toEqual([404, 'NotFound']);
  });

  it('lists the audit logs of those jobs only in which an operation can have ended lately', async () => {
    const s3 = createFakeS3();
    const listed: string[] = [];
    const counting = {
      ...s3,
      list: (...args: Parameters<typeof s3.list>) => {
        listed.push(args[0]);
        return s3.list(...args);
      },
    };
    const own = await startApp({ records: new RecordStore(counting) });
    own.gateway.visibility.hasDigests = true;
    const ended = (job: string, hour: number) => ({
      ...recordOf({ job, kind: 'stop', request: { id: `${job}-${hour}` }, start: false, sender: { door: 'api' } }),
      endedAt: new Date(Date.UTC(2026, 0, 1, hour, 0, 30)).toISOString(),
      outcome: 'succeeded' as const,
    });
    for (let hour = 0; hour < 40; hour += 1) {
      const job = `job-${String(hour).padStart(2, '0')}`;
      const records = [ended(job, hour), ended(job, Math.floor(hour / 2))];
      for (const one of records) await s3.put(auditKey(job, one.endedAt, one.id), JSON.stringify(one));
      // A workflow that is closed has no row, and still its operations are listed.
      if (hour !== 37) own.gateway.put(job, { state: 'stopped', operations: records });
    }
    const { body } = await own.send('/api/v1/operations?limit=5');
    expect(body.items.map(({ id }) => id)).toEqual(['job-39-39', 'job-38-38', 'job-37-37', 'job-36-36', 'job-35-35']);
    const logs = listed.filter((prefix) => prefix !== 'audit/');
    expect(logs.length).toBeLessThan(10);
    const seen = body.items.map(({ id }) => id);
    for (let cursor = body.nextCursor; cursor !== null;) {
      const page = (await own.send(`/api/v1/operations?limit=5&cursor=${cursor}`)).body;
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toHaveLength(79);
    expect(new Set(seen).size).toBe(79);
    await own.stop();
  });

  /**
   * Seen to fail: without the time after the last end, the page began with `c-first`, since nothing of job a seemed to have
   * ended since b.
   */
  it('shows what retention recorded after the last operation of a job', async () => {
    app.gateway.visibility.hasDigests = true;
    const ended = (job: string, id: string, second: number) => ({
      ...recordOf({ job, kind: 'stop', request: { id }, start: false, sender: { door: 'api', actor: null } }),
      endedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
      outcome: 'succeeded' as const,
    });
    const operations = [ended('a', 'a-first', 0), ended('b', 'b-first', 5), ended('c', 'c-first', 10)];
    const retired = { ...ended('a', 'retention-1', 20), kind: 'retention' as const };
    for (const one of [...operations, retired])
      await app.s3.put(auditKey(one.job, one.endedAt, one.id), JSON.stringify(one));
    for (const one of operations) app.gateway.put(one.job, { state: 'stopped', operations: [one] });
    const { body } = await app.send('/api/v1/operations?limit=1');
    expect(body.items.map(({ id }) => id)).toEqual(['retention-1']);
  });

  it('merges what the workflow remembers with the audit log, newest first, page by page', async () => {
    const record = (minute: number) => ({
      ...recordOf({
        job: 'clicks-dev',
        kind: 'savepoint',
        request: { id: `op-${minute}` },
        start: false,
        sender: { door: 'api' },
      }),
      acceptedAt: `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`,
      endedAt: `2026-01-01T00:${String(minute).padStart(2, '0')}:30.000Z`,
      outcome: 'succeeded' as const,
    });
    const all = Array.from({ length: 30 }, (_, minute) => record(minute));
    for (const one of all) await app.s3.put(auditKey(one.job, one.endedAt, one.id), JSON.stringify(one));
    const job = app.gateway.put('clicks-dev', { state: 'running', operations: all.slice(-5).reverse() });
    job.taken = recordOf({
      job: 'clicks-dev',
      kind: 'stop',
      request: { id: 'now' },
      start: false,
      sender: { door: 'api' },
    });

    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await app.send(`/api/v1/jobs/clicks-dev/operations?limit=7${query}`);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['now', ...all.map(({ id }) => id).reverse()]);

    const everything = await app.send('/api/v1/operations?limit=200');
    expect(everything.body.items.map(({ id }) => id)).toEqual(seen);
    expect((await app.send('/api/v1/jobs/unknown/operations')).status).toBe(404);
  });
});
