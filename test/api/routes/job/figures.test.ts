/**
 * The figures of a job: what an operation waits for and until when, the upgrades with their downtime, and Flink's checkpoints.
 *
 * Seen to fail: with the deadline of the deployment that was replaced, a start had one of another file; with a downtime
 * expected of a stop.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobBody, Plan } from '../../../../src/api/contract.ts';
import type { CheckpointsBody, StepsBody, UpgradeList } from '../../../../src/api/figures-contract.ts';
import { createFlinkClient } from '../../../../src/clients/flink/flink.ts';
import { createYarnClient } from '../../../../src/clients/yarn/yarn.ts';
import { auditKey, deploymentKey } from '../../../../src/domain/identity/storage-keys.ts';
import type { OperationRecord } from '../../../../src/domain/operation/operation.ts';
import { createFakeFlink } from '../../../fakes/flink.ts';
import { createFakeYarn } from '../../../fakes/yarn.ts';
import { deployment } from '../../../support/deployment.ts';
import { recordOf } from '../../fake-gateway.ts';
import { startApp, type App } from '../../start-app.ts';

const JOB = 'clicks-dev';
let app: App;
beforeEach(async () => void (app = await startApp()));
afterEach(async () => await app.stop());

const timeOf = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const operation = (id: string): OperationRecord =>
  recordOf({ job: JOB, kind: 'deploy', request: { id }, start: false, sender: { door: 'api', actor: 'ci' } });
const get = async <T>(path: string): Promise<T> => {
  const { status, body, text } = await app.send(`/api/v1/jobs/${JOB}${path}`);
  expect([status, text]).toEqual([200, expect.any(String)]);
  return body as unknown as T;
};

describe('an operation in progress', () => {
  const starting = (operationId: string) => {
    const current = {
      ...deployment,
      operationId,
      deadlines: { savepoint: 1_000, stop: 1_000, start: 60_000, verify: 1 },
    };
    const phases = [
      { name: 'checking' as const, startedAt: timeOf(0), endedAt: timeOf(5) },
      { name: 'starting' as const, startedAt: timeOf(5), endedAt: null },
    ];
    const job = app.gateway.put(JOB, { state: 'running', current });
    job.taken = { ...operation('one'), phase: 'starting', phases };
    const told = { name: 'awaitRunning', seen: 'job RUNNING: Source DEPLOYING', at: timeOf(8), attempt: 2 };
    app.gateway.pending.set(JOB, [{ ...told, lastFailure: 'jdbc://me:hunter2@db.example.com is away' }]);
  };

  it('says what it waits for, until when, and why it is tried again, without secrets', async () => {
    starting('one');
    const { deadlineAt, progress } = await get<JobBody>('');
    expect(deadlineAt).toBe(timeOf(65));
    expect(progress).toMatchObject({ seen: 'job RUNNING: Source DEPLOYING', at: timeOf(8), attempt: 2 });
    expect(progress?.lastFailure).toBe('jdbc://me:******@db.example.com is away');
    const steps = await get<StepsBody>('/operations/one/steps');
    expect(steps).toMatchObject({ operation: 'one', phase: 'starting', deadlineAt, steps: [progress] });
  });

  it('has no deadline of a deployment that it did not make', async () => {
    starting('another');
    expect((await get<JobBody>('')).deadlineAt).toBeNull();
  });

  it('has no step when it has ended', async () => {
    const ended = { ...operation('old'), endedAt: timeOf(9), outcome: 'succeeded' as const };
    app.gateway.put(JOB, { state: 'running', operations: [ended] });
    expect((await get<JobBody>('')).progress).toBeNull();
    expect(await get<StepsBody>('/operations/old/steps')).toMatchObject({ steps: [], deadlineAt: null });
    expect((await app.send(`/api/v1/jobs/${JOB}/operations/never/steps`)).status).toBe(404);
  });
});

it('the upgrades have times of phases, the downtime of what was replaced, and the usual times', async () => {
  const ended = (second: number, how: 'replaced' | 'stopped') => ({ at: timeOf(second), how, savepoint: null });
  const deployments = [
    { ...deployment, number: 1, operationId: 'a', runningAt: timeOf(3), ended: ended(10, 'replaced') },
    { ...deployment, number: 2, operationId: 'b', runningAt: timeOf(14), ended: ended(20, 'stopped') },
    { ...deployment, number: 3, operationId: 'c', runningAt: timeOf(33) },
  ];
  for (const one of deployments) await app.s3.put(deploymentKey(JOB, one.number), JSON.stringify(one));
  const operations = ['a', 'b', 'c'].map((id, index) => ({
    ...operation(id),
    deployment: index + 1,
    acceptedAt: timeOf(index * 10),
    endedAt: timeOf(index * 10 + 6),
    outcome: 'succeeded' as const,
    phases: [{ name: 'starting' as const, startedAt: timeOf(0), endedAt: timeOf(index + 1) }],
  }));
  const savepoint = {
    ...operation('s'),
    kind: 'savepoint' as const,
    endedAt: timeOf(50),
    outcome: 'succeeded' as const,
  };
  for (const one of [...operations, savepoint])
    await app.s3.put(auditKey(JOB, one.endedAt, one.id), JSON.stringify(one));
  app.gateway.put(JOB, { state: 'running', current: deployments[2]! });
  const { items, usualMs } = await get<UpgradeList>('/upgrades');
  expect(items.map((one) => [one.operation, one.totalMs, one.downtimeMs])).toEqual([
    ['c', 6_000, null],
    ['b', 6_000, 4_000],
    ['a', 6_000, null],
  ]);
  expect(usualMs).toEqual({ starting: 2_000, total: 6_000, downtime: 4_000 });
  expect((await app.send('/api/v1/jobs/unknown/upgrades')).status).toBe(404);
  // A job that waits for an operation tells the same, and no other one does.
  expect((await get<JobBody>('')).usualMs).toBeNull();
  app.gateway.put(JOB, { state: 'running', current: deployments[2]! }).taken = operation('now');
  expect((await get<JobBody>('')).usualMs).toEqual(usualMs);
});

describe('a plan', () => {
  const planOf = async (kind: string, stops: boolean): Promise<Plan> => {
    const plan = app.gateway.plan.bind(app.gateway);
    const stop = {
      with: 'savepoint',
      drain: false,
      deployment: 1,
      application: 'a',
      cluster: 'c',
      newestCheckpoint: null,
    };
    app.gateway.plan = async (input) => ({ ...(await plan(input)), ...(stops ? { stop: stop as Plan['stop'] } : {}) });
    const asked = { kind, ...(kind === 'deploy' ? { release: 'clicks/1.0.0' } : {}) };
    const { text } = await app.post(`/api/v1/jobs/${JOB}/plan`, asked);
    return JSON.parse(text) as Plan;
  };

  beforeEach(async () => {
    const replaced = { at: timeOf(10), how: 'replaced' as const, savepoint: null };
    const made = [
      { ...deployment, number: 1, operationId: 'a', ended: replaced },
      { ...deployment, number: 2, operationId: 'b', runningAt: timeOf(17) },
    ];
    for (const one of made) await app.s3.put(deploymentKey(JOB, one.number), JSON.stringify(one));
    const ended = { ...operation('b'), acceptedAt: timeOf(0), endedAt: timeOf(20), outcome: 'succeeded' as const };
    await app.s3.put(auditKey(JOB, ended.endedAt, 'b'), JSON.stringify(ended));
    app.gateway.put(JOB, { state: 'running', current: made[1]! });
  });

  it('expects the downtime of the last upgrades, where an instance is replaced', async () => {
    const plan = await planOf('deploy', true);
    expect([plan.usualMs, plan.expectedDowntimeMs]).toEqual([{ total: 20_000, downtime: 7_000 }, 7_000]);
  });

  it.each([
    ['deploy', false],
    ['stop', true],
  ] as const)('expects none of a %s that replaces nothing', async (kind, stops) => {
    expect((await planOf(kind, stops)).expectedDowntimeMs).toBeNull();
  });

  it('tells nothing of a job that has never been upgraded', async () => {
    app.gateway.put('new-dev', { state: 'running' });
    const { text } = await app.post('/api/v1/jobs/new-dev/plan', { kind: 'restart' });
    expect(JSON.parse(text)).toMatchObject({ usualMs: null, expectedDowntimeMs: null });
  });
});

describe('the checkpoints', () => {
  it('come from the JobManager of the running instance', async () => {
    const [flink, yarn] = [await createFakeFlink(), await createFakeYarn()];
    const client = createYarnClient({ name: 'yarn-a', resourceManager: yarn.url, user: 'sluice' });
    const instances = { flink: createFlinkClient(), yarn: new Map([['yarn-a', client]]) };
    await app.stop();
    app = await startApp({ instances });
    flink.addJob({ id: deployment.flinkJobId });
    yarn.addApplication({ id: deployment.applicationId, flink });
    app.gateway.put(JOB, { state: 'running', current: deployment });
    const body = await get<CheckpointsBody>('/checkpoints');
    expect(body.live).toMatchObject({ application: deployment.applicationId, reachable: true, problem: null });
    await flink.close();
    const silent = await get<CheckpointsBody>('/checkpoints');
    expect(silent).toMatchObject({ counts: null, history: [], live: { reachable: false } });
    await yarn.close();
  });

  it('are none when nothing runs', async () => {
    app.gateway.put(JOB, { state: 'stopped' });
    expect(await get<CheckpointsBody>('/checkpoints')).toMatchObject({ live: null, counts: null, history: [] });
  });
});
