import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { phases } from '../../../src/domain/lifecycle.ts';
import { deployment } from '../../support/deployment.ts';
import { sluice } from '../run.ts';
import { operation, startStubApi, type StubApi } from '../stub-api.ts';

let api: StubApi;
beforeEach(async () => void (api = await startStubApi()));
afterEach(async () => await api.close());

const interruption = {
  how: 'cancelled',
  at: '2026-01-01T00:00:05.000Z',
  actor: 'ads',
  reason: 'wrong',
  by: null,
} as const;

describe('status', () => {
  const job = {
    name: 'clicks-dev',
    state: 'running',
    stateMeaning: 'It runs.',
    stateSince: '2026-01-01T00:00:00.000Z',
    stateReason: null,
    next: 'x',
    allowed: [],
    health: 'degraded',
    healthReasons: ['no checkpoint for 4 minutes', 'restarting'],
    healthSince: '2026-01-01T00:00:00.000Z',
    sync: 'inSync',
    observedAt: '2026-01-01T00:00:00.000Z',
    pendingStop: { operationId: 'op-0', epoch: 3, since: '2026-01-01T00:00:00.000Z' },
    operation: operation({ phase: 'verifying' }),
    deployment: null,
    configuration: null,
    hotfix: null,
    savepoints: [],
    skippedSavepoints: { count: 0, last: null },
    periodicSavepoints: null,
    autoDeploy: null,
    rejections: { last: [], beyond: 0 },
    links: { self: '', temporal: null, yarn: null, flink: null },
  };

  it('shows why a job is not healthy, what cancelling would do now, and a stop that nobody has heard the end of', async () => {
    api.on('GET', '/jobs/clicks-dev', { status: 200, body: job });
    const { stdout } = await sluice(['status', 'clicks-dev'], { api: api.url });
    expect(stdout).toMatch(/health +degraded since 2\d+-.*: no checkpoint for 4 minutes; restarting/);
    expect(stdout).toContain(`verifying: ${phases.verifying.meaning}`);
    expect(stdout).toMatch(new RegExp(`cancel now +${phases.verifying.cancel}`));
    expect(stdout).toMatch(/pending stop +of op-0 since .*only kill and failover are accepted/);
  });

  it('shows whether the instance has a gate and a lease', async () => {
    const gateOf = async (more: object) => {
      api.on('GET', '/jobs/clicks-dev', { status: 200, body: { ...job, deployment: { ...deployment, ...more } } });
      const { stdout } = await sluice(['status', 'clicks-dev'], { api: api.url });
      return /^gate +(.*)$/m.exec(stdout)?.[1];
    };
    expect(await gateOf({})).toMatch(/^none, because/);
    expect(await gateOf({ gated: true })).toMatch(/keep no lease$/);
    expect(await gateOf({ gated: true, lease: 120_000 })).toMatch(/does not answer for 2m \(the lease\)$/);
    expect(await gateOf({ gated: true, lease: undefined })).toMatch(/keep no lease$/); // an API of before leases
  });

  it('shows that somebody has cancelled already', async () => {
    const body = { ...job, pendingStop: null, operation: operation({ phase: 'verifying', interruption }) };
    api.on('GET', '/jobs/clicks-dev', { status: 200, body });
    const { stdout } = await sluice(['status', 'clicks-dev'], { api: api.url });
    expect(stdout).toMatch(/cancel now +is being cancelled by ads \(wrong\)/);
    expect(stdout).not.toContain('pending stop');
  });
});
