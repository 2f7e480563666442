/**
 * A caller sees beforehand what each job would answer: every reason is the very sentence of the refusal, and what has no
 * reason is taken.
 *
 * Seen to fail: with the permissions left out, a viewer was offered a deploy that the gate refuses.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { operationKinds } from '../../../src/domain/lifecycle.ts';
import type { JobMemory } from '../../../src/domain/job/job-memory.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { deployment } from '../../support/deployment.ts';
import { firstTokenOf } from '../first-token.ts';
import { startApp, type App } from '../start-app.ts';

const s3 = createFakeS3();
let app: App;
let admin: string;

beforeEach(async () => {
  s3.objects.clear();
  app = await startApp({ access: { anonymous: [], policy: {}, tokens: s3 } });
  admin = await firstTokenOf(s3);
});
afterEach(async () => await app.stop());

const as = (token: string) => ({ authorization: `Bearer ${token}` });
async function tokenOf(role: string): Promise<string> {
  const { text } = await app.post('/api/v1/tokens', { name: role, bindings: [{ role, teams: ['ads'] }] }, as(admin));
  return (JSON.parse(text) as { token: string }).token;
}

const ownership = { project: 'clicks', team: 'ads', environment: 'prod' };
const bodies: Readonly<Record<string, object>> = {
  deploy: { release: 'clicks/1.0.0' },
  adopt: { release: 'clicks/1.0.0' },
  hotfix: { set: { 'taskManager.memory': '4g' } },
  transfer: { team: 'web' },
};
const KNOWN: JobMemory['knownOperations'] = [{ id: 'older', kind: 'deploy', outcome: 'succeeded', fingerprint: 'f' }];

const jobs: Readonly<Record<string, Partial<JobMemory>>> = {
  new: { state: 'new' },
  running: { state: 'running', current: deployment, knownOperations: KNOWN },
  stopped: { state: 'stopped', current: deployment, knownOperations: KNOWN },
  'that waits for a stop': {
    state: 'running',
    current: deployment,
    knownOperations: KNOWN,
    pendingStop: { operationId: 'stop-1', epoch: 2, since: '2026-01-01T00:00:00.000Z' },
  },
};

interface Told {
  readonly notAllowed: Readonly<Record<string, string>>;
  readonly missingPermissions: Readonly<Record<string, string>>;
}

const told = async (path: string, token: string): Promise<Told> =>
  (await app.send(`/api/v1${path}`, { headers: as(token) })).body as unknown as Told;

describe.each(Object.entries(jobs))('of a job %s', (_what, memory) => {
  it.each(['viewer', 'operator', 'deployer', 'admin'])('a %s is told what it would be answered', async (role) => {
    const token = await tokenOf(role);
    app.gateway.put('clicks-prod', { ...memory, ownership });
    const { notAllowed } = await told('/jobs/clicks-prod', token);
    for (const kind of operationKinds) {
      app.gateway.put('clicks-prod', { ...memory, ownership });
      const { status, body } = await app.operate('clicks-prod', { kind, ...bodies[kind] }, as(token));
      const answer = status === 202 ? undefined : body.detail;
      expect([kind, notAllowed[kind]]).toEqual([kind, answer]);
    }
  });
});

it('a job that is held says by whom, in the list too', async () => {
  app.gateway.put('clicks-prod', { state: 'running', ownership });
  await app.operate('clicks-prod', { kind: 'savepoint', id: 'one' }, as(admin));
  const { body } = await app.operate('clicks-prod', { kind: 'stop' }, as(admin));
  const one = await told('/jobs/clicks-prod', admin);
  expect([one.notAllowed['stop'], one.missingPermissions]).toEqual([body.detail, {}]);
  const list = (await app.send('/api/v1/jobs', { headers: as(admin) })).body as unknown as { items: Told[] };
  expect(list.items[0]?.notAllowed).toEqual(one.notAllowed);
});

it('names the permissions that lack with the role that has them, and tells the stream of a job the same', async () => {
  const viewer = await tokenOf('viewer');
  app.gateway.put('clicks-prod', { state: 'running', ownership });
  const { missingPermissions, notAllowed } = await told('/jobs/clicks-prod', viewer);
  expect(missingPermissions).toMatchObject({ logs: 'operator', deploy: 'deployer', force: 'deployer', adopt: 'admin' });
  expect(notAllowed['deploy']).toContain('lacks the permission deploy (role deployer)');
  const controller = new AbortController();
  const { body } = await fetch(`${app.url}/api/v1/jobs/clicks-prod/events`, {
    headers: as(viewer),
    signal: controller.signal,
  });
  let text = '';
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  while (!/^data: .*\n\n/m.test(text)) text += (await reader.read()).value ?? '';
  const streamed = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '{}') as Told;
  expect([streamed.notAllowed, streamed.missingPermissions]).toEqual([notAllowed, missingPermissions]);
  controller.abort();
});
