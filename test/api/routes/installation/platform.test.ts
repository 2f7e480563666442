import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type App } from '../../start-app.ts';

let app: App;
beforeEach(async () => void (app = await startApp()));
afterEach(async () => await app.stop());

describe('the platform', () => {
  it('says when Temporal or S3 is away', async () => {
    expect((await app.send('/api/v1/healthz')).body.status).toBe('ok');
    app.gateway.down();
    const { status, body } = await app.send('/healthz');
    expect([status, body.checks.temporal.ok, body.checks.s3.ok]).toEqual([503, false, true]);
  });

  it('says to callers that no worker polls, and stays healthy for probers', async () => {
    expect((await app.send('/healthz')).body.checks).toMatchObject({ workers: { ok: true } });
    app.gateway.workers = 0;
    const { status, body } = await app.send('/healthz');
    expect([status, body.status]).toEqual([200, 'ok']);
    expect(body.checks).toMatchObject({ workers: { ok: false, detail: 'no worker has asked for workflows lately' } });
  });

  it('counts by route, never by path', async () => {
    await app.send('/api/v1/jobs/clicks-dev');
    const { text } = await app.send('/metrics');
    expect(text).toContain('sluice_api_requests_total{method="GET",route="/api/v1/jobs/:job",status="404"} 1');
    expect(text).not.toContain('clicks-dev');
  });
});
