/**
 * A deployer starts a job fresh for the first time, and asks again when the answer was lost.
 *
 * Seen to fail: with an open workflow taken for a job that has run; with the fence not asked for; with the fingerprints not
 * compared.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fenceKey } from '../../../src/domain/identity/storage-keys.ts';
import { emptyFence } from '../../../src/domain/lock/fence.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { firstTokenOf } from '../first-token.ts';
import { startApp, type App } from '../start-app.ts';

const JOB = 'clicks-prod';
const fresh = { kind: 'deploy', release: 'clicks/1.0.0', from: 'fresh' };

const s3 = createFakeS3();
let app: App;
let deployer: Record<string, string>;

beforeEach(async () => {
  s3.objects.clear();
  app = await startApp({ access: { anonymous: [], policy: {}, tokens: s3 } });
  await app.publish('clicks/1.0.0', JOB);
  const admin = { authorization: `Bearer ${await firstTokenOf(s3)}` };
  const made = await app.post('/api/v1/tokens', { name: 'ci', bindings: [{ role: 'deployer' }] }, admin);
  deployer = { authorization: `Bearer ${(JSON.parse(made.text) as { token: string }).token}` };
});
afterEach(async () => await app.stop());

const ask = (more: object = {}) => app.operate(JOB, { ...fresh, ...more }, deployer);
const wasStarted = () => app.s3.put(fenceKey(JOB), JSON.stringify(emptyFence(JOB)));

it('the same request with the same id is the same operation, also once the job has started', async () => {
  const first = await ask({ id: 'one' });
  expect([first.status, first.body.operation.id]).toEqual([202, 'one']);
  for (const job of [{ state: 'deploying' }, { state: 'running' }] as const) {
    Object.assign(app.gateway.jobs.get(JOB)!.memory, job);
    await wasStarted();
    const again = await ask({ id: 'one' });
    expect([again.status, again.body.operation]).toMatchObject([202, { id: 'one', kind: 'deploy' }]);
  }
  app.gateway.end(JOB);
  expect((await ask({ id: 'one' })).status).toBe(202);
});

it('a repeated id lets nothing else pass, and neither does an id that the API chooses', async () => {
  await ask({ id: 'one' });
  await wasStarted();
  Object.assign(app.gateway.jobs.get(JOB)!.memory, { state: 'running' });
  for (const more of [{ id: 'one', allowNonRestoredState: true }, { id: 'two' }, {}])
    expect([more, (await ask(more)).body]).toMatchObject([more, { status: 403, code: 'Forbidden' }]);
});

it('a job that its first checks rejected is still new', async () => {
  await ask({ id: 'one' });
  app.gateway.end(JOB, 'rejected');
  expect((await ask({ id: 'two' })).status).toBe(202);
});

it('a new workflow of a job that S3 knows has state to lose', async () => {
  app.gateway.put(JOB, { state: 'new' });
  await wasStarted();
  const { status, body } = await ask();
  expect([status, body.detail]).toEqual([403, expect.stringContaining('the permission discardState (role admin)')]);
});
