/**
 * Plans by HTTP, and operations that hold to one.
 *
 * Seen to fail: without the comparison, an operation by the plan of another release is accepted.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../../../src/api/contract.ts';
import { startApp, type App } from '../../start-app.ts';

let app: App;
beforeEach(async () => {
  app = await startApp();
  await app.publish('clicks/1.0.0', 'clicks-dev');
});
afterEach(async () => await app.stop());

const deploy = { kind: 'deploy', release: 'clicks/1.0.0' };

const plan = async (body: unknown, job = 'clicks-dev') => {
  const { status, headers, text } = await app.post(`/api/v1/jobs/${job}/plan`, body);
  return { status, etag: headers.get('etag') ?? '', body: JSON.parse(text) as Plan & { readonly code: string } };
};

describe('a plan', () => {
  it('is made of the same body as an operation, which is not asked for', async () => {
    const { status, etag, body } = await plan({ ...deploy, actor: 'ann', from: 'fresh' });
    expect([status, etag]).toEqual([200, `"${body.revision}"`]);
    expect(body).toMatchObject({ job: 'clicks-dev', kind: 'deploy', ok: true, state: 'new' });
    expect(app.gateway.planned).toMatchObject([{ request: { ...deploy, from: 'fresh', actor: 'ann' } }]);
    expect(app.gateway.submitted).toEqual([]);
  });

  it('of a job that was never seen can only be one that a job begins with', async () => {
    expect(await plan({ kind: 'resume' })).toMatchObject({ status: 404, body: { code: 'NotFound' } });
    expect(app.gateway.planned).toEqual([]);
  });

  it.each([
    ['no kind', {}, 422, 'InvalidRequest'],
    ['an unknown field', { ...deploy, relaese: 'x' }, 422, 'InvalidRequest'],
    ['no JSON', '{', 422, 'Undecodable'],
  ])('is refused for %s', async (_what, body, status, code) => {
    expect(await plan(body)).toMatchObject({ status, body: { code } });
  });

  it('says when nobody answers', async () => {
    app.gateway.down();
    expect(await plan(deploy)).toMatchObject({ status: 503, body: { code: 'TemporalUnavailable' } });
  });
});

describe('an operation by a plan', () => {
  it('is accepted while nothing has changed, and the job is told to see to that', async () => {
    const { etag, body } = await plan(deploy);
    const { status } = await app.operate('clicks-dev', { ...deploy, id: 'one' }, { 'if-match': etag });
    expect(status).toBe(202);
    expect(app.gateway.submitted).toMatchObject([{ request: { ifRevision: body.revision.slice(0, 32) } }]);
    // Asking again is the same operation, though the job is another by now.
    const again = await app.operate('clicks-dev', { ...deploy, id: 'one' }, { 'if-match': etag });
    expect([again.status, again.body.operation.id]).toEqual([202, 'one']);
  });

  it.each([
    ['the job', () => void app.gateway.put('clicks-dev', { state: 'stopped', epoch: 3 }), deploy],
    ['what it depends on', () => void (app.gateway.world = 'another'), deploy],
    ['what is asked', () => undefined, { ...deploy, stopWith: 'none' }],
  ])('is refused with 412 when %s has changed', async (_what, change, asked) => {
    const { etag } = await plan(deploy);
    change();
    const { status, body } = await app.operate('clicks-dev', asked, { 'if-match': etag });
    expect([status, body.code]).toEqual([412, 'PlanOutdated']);
    expect(body.hint).toContain('sluice plan');
    expect(app.gateway.submitted).toEqual([]);
  });

  it.each(['*', 'W/"1"', '"1", "2"'])('is refused when If-Match is %s, which is no revision', async (header) => {
    const { status, body } = await app.operate('clicks-dev', deploy, { 'if-match': header });
    expect([status, body.code]).toEqual([422, 'InvalidRequest']);
  });
});
