/**
 * Cancelling, and killing by force. Seen to fail: with the forced kill in the lane of the others it was refused with the
 * holder and waited behind a storm; without the look before, an operation that had ended was handed to the job.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimKey } from '../../../../src/domain/identity/storage-keys.ts';
import { recordOf } from '../../fake-gateway.ts';
import { startApp, type App } from '../../start-app.ts';

let app: App;
beforeEach(async () => {
  app = await startApp();
  await app.publish('clicks/1.0.0', 'clicks-dev');
});
afterEach(async () => await app.stop());

const deploy = { kind: 'deploy', release: 'clicks/1.0.0' };
const cancel = (job: string, id: string, body: unknown = {}, headers: Record<string, string> = {}) =>
  app.post(`/api/v1/jobs/${job}/operations/${id}/cancel`, body, headers);

describe('cancelling', () => {
  it('names the operation, who asks and why', async () => {
    await app.operate('clicks-dev', { ...deploy, id: 'one' });
    const { status, body, headers } = await cancel('clicks-dev', 'one', { actor: 'ads', reason: 'wrong release' });
    expect([status, body.operation.id]).toEqual([202, 'one']);
    expect(headers.get('location')).toBe('/api/v1/jobs/clicks-dev/operations/one');
    expect(app.gateway.cancelled).toEqual([
      { operation: 'one', actor: 'ads', reason: 'wrong release', sender: { door: 'api', actor: null } },
    ]);
  });

  it('needs no body, but its type, because any page can send a request without both', async () => {
    await app.operate('clicks-dev', { ...deploy, id: 'one' });
    const path = '/api/v1/jobs/clicks-dev/operations/one/cancel';
    const untyped = await app.send(path, { method: 'POST' });
    expect([untyped.status, untyped.body.code]).toEqual([415, 'UnsupportedMediaType']);
    expect(untyped.body.hint).toContain('Content-Type: application/json');
    const json = { 'content-type': 'application/json' };
    const { status } = await app.send(path, { method: 'POST', headers: json });
    expect(status).toBe(202);
    expect(app.gateway.cancelled).toEqual([{ operation: 'one', sender: { door: 'api', actor: null } }]);
  });

  it('waits for the end as long as Prefer says', async () => {
    await app.operate('clicks-dev', { ...deploy, id: 'one' });
    setTimeout(() => app.gateway.end('clicks-dev', 'cancelled'), 200);
    const { status, body } = await cancel('clicks-dev', 'one', {}, { prefer: 'wait=5' });
    expect([status, body.operation.outcome]).toEqual([200, 'cancelled']);
  });

  it('of an operation that has ended says how it ended, and tells the job nothing', async () => {
    await app.operate('clicks-dev', { ...deploy, id: 'one' });
    app.gateway.end('clicks-dev', 'rolledBack');
    await app.operate('clicks-dev', { kind: 'kill', id: 'next' });
    const { status, body } = await cancel('clicks-dev', 'one');
    expect([status, body.code]).toEqual([409, 'CommandNotAllowed']);
    expect(body.detail).toContain('deploy one of clicks-dev has ended rolledBack');
    expect(body.operation).toMatchObject({ id: 'one', outcome: 'rolledBack' });
    expect(app.gateway.cancelled).toEqual([]);
  });

  it('of one that only S3 remembers says so too', async () => {
    const old = {
      ...recordOf({ job: 'old-job', kind: 'stop', request: { id: 'past' }, start: false, sender: { door: 'api' } }),
    };
    const ended = { ...old, outcome: 'succeeded', endedAt: old.acceptedAt };
    const { id, job, kind, fingerprint, acceptedAt: claimedAt } = old;
    const holder = { installation: 's', runId: 'r' };
    const claim = { version: 1, job, id, kind, fingerprint, actor: 'x', claimedAt, holder, ended };
    await app.s3.put(claimKey('old-job', 'past'), JSON.stringify(claim));
    expect((await cancel('old-job', 'past')).body.detail).toContain('has ended succeeded');
  });

  it('of an unknown operation or job is 404', async () => {
    await app.operate('clicks-dev', { ...deploy, id: 'one' });
    for (const [job, id] of [
      ['clicks-dev', 'two'],
      ['nobody', 'one'],
    ] as const) {
      const { status, body } = await cancel(job, id);
      expect([status, body.code]).toEqual([404, 'NotFound']);
    }
    expect(app.gateway.cancelled).toEqual([]);
  });

  it.each([
    ['an unknown field', { force: true }, 'force'],
    ['another operation', { operation: 'two' }, 'operation'],
    ['a reason of two lines', { reason: 'a\nb' }, 'reason'],
    ['a list', [], 'must be an object'],
  ])('refuses %s', async (_what, body, said) => {
    await app.operate('clicks-dev', { ...deploy, id: 'one' });
    const answer = await cancel('clicks-dev', 'one', body);
    expect([answer.status, answer.body.code]).toEqual([422, 'InvalidRequest']);
    expect(answer.body.detail).toContain(said);
  });

  it('gets through when the job does not answer questions, since the job decides anyway', async () => {
    await app.operate('clicks-dev', { ...deploy, id: 'one' });
    app.gateway.view = () => Promise.reject(new Error('busy'));
    expect((await cancel('clicks-dev', 'one')).status).toBe(202);
  });
});

describe('what is urgent', () => {
  it('is not refused while an operation runs: a kill by force takes its place', async () => {
    app.gateway.put('clicks-dev', { state: 'running' });
    await app.operate('clicks-dev', { ...deploy, id: 'one' });
    const plain = await app.operate('clicks-dev', { kind: 'kill' });
    expect(plain.body).toMatchObject({ code: 'OperationInProgress', holder: { id: 'one' } });
    const forced = await app.operate('clicks-dev', { kind: 'kill', id: 'now', force: true });
    expect([forced.status, forced.body.operation.id]).toEqual([202, 'now']);
    const before = await app.send('/api/v1/jobs/clicks-dev/operations/one');
    expect(before.body.operation.outcome).toBe('superseded');
  });

  it('does not wait behind a storm of deploys whose answers are slow', async () => {
    app.gateway.put('clicks-dev', { state: 'running' });
    await app.operate('clicks-dev', { ...deploy, id: 'one' });
    const submit = app.gateway.submit.bind(app.gateway);
    let hanging = 0;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    app.gateway.submit = async (submission) => {
      if (submission.kind !== 'deploy') return await submit(submission);
      hanging += 1;
      await held;
      throw new Error('never answered');
    };
    const view = app.gateway.view.bind(app.gateway);
    app.gateway.view = async (job) => {
      const seen = await view(job);
      return seen && { ...seen, operation: null }; // as long as nobody has looked again
    };
    const storm = Array.from({ length: 20 }, (_, place) => app.operate('clicks-dev', { ...deploy, id: `s-${place}` }));
    while (hanging === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    app.gateway.view = view;
    expect((await cancel('clicks-dev', 'one')).status).toBe(202);
    expect((await app.operate('clicks-dev', { kind: 'kill', force: true })).status).toBe(202);
    release();
    await Promise.all(storm);
  });

  it('goes one after the other, so that it leaves room for others', async () => {
    app.gateway.latencyMs = 20;
    await app.operate('clicks-dev', { ...deploy, id: 'one' });
    app.gateway.mostInFlight = 0;
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel('clicks-dev', 'one')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(app.gateway.mostInFlight).toBe(1);
  });
});
