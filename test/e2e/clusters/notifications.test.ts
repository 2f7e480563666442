/**
 * Notifications on real parts: a webhook of a receiver on this machine is told, signed, of a job that fails and is started
 * again, and of several that fail together in one message.
 *
 * Seen to fail: a group for each notice, so that each of the jobs has a message of its own.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import { WebhookBody } from '../../../src/domain/notification/shapes/webhook.ts';
import { hookAt, startReceiver, type Received, type Receiver } from '../../fakes/receiver.ts';
import { until } from '../../support/api.ts';
import { makeNamespace, sluice as command } from '../../support/commands.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { containersOf, killContainer } from '../../support/outside/containers.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { newJobName } from '../../support/stack.ts';

const jobs = ['one', 'two', 'three'].map((word) => newJobName(`told-${word}`));
const NAMESPACE = `of-${jobs[0] ?? ''}`;
const secret = randomBytes(20).toString('hex');
let receiver: Receiver;
let sluice: PrivateSluice;
let drivers: readonly JobDriver[];
let api: string;

beforeAll(async () => {
  const restart = { enabled: true, maxAttempts: 20, window: '1h', backoff: { initial: '1s', max: '2s' } };
  const fields = { recovery: { restart }, owner: { contacts: ['hook'] } };
  const releases = await Promise.all(jobs.map((job) => publish({ job, version: '1.0.0', fields })));
  receiver = await startReceiver();
  await makeNamespace(NAMESPACE);
  sluice = await startPrivateSluice('told', {
    namespace: NAMESPACE,
    notifications: { channels: { hook: hookAt(receiver) } },
    environment: { SLUICE_CHANNEL_HOOK_SECRET: secret },
  });
  api = await sluice.api();
  drivers = jobs.map((job) => sluice.job(job));
  await Promise.all(drivers.map((driver, place) => driver.succeed('deploy', { release: releases[place] })));
});

afterAll(async () => {
  await sluice.down();
  await receiver.close();
  await endApplicationsOf(...jobs);
});

/** The body of a message, which must be signed with the key of the channel. */
function signedBody({ headers, text }: Received): WebhookBody {
  const [, seconds = '', digest = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['sluice-signature'])) ?? [];
  expect(createHmac('sha256', secret).update(`${seconds}.${text}`).digest('hex')).toBe(digest);
  const body = WebhookBody.parse(JSON.parse(text));
  expect(headers['sluice-message-id']).toBe(body.id);
  return body;
}

/** Kills the JobManagers of these jobs, and waits until all of them run again. */
async function killAndAwait(some: readonly JobDriver[]): Promise<readonly JobView[]> {
  const before = await Promise.all(some.map((driver) => driver.deployment()));
  const containers = await Promise.all(before.map(({ applicationId }) => containersOf(applicationId)));
  for (const { jobManager } of containers) expect(killContainer(jobManager)).toBeGreaterThan(0);
  return Promise.all(
    some.map((driver, place) =>
      driver.until('the restart', ({ state, operation, deployment }) => {
        const isLater = (deployment?.number ?? 0) > (before[place]?.number ?? 0);
        return state === 'running' && operation === null && isLater;
      }),
    ),
  );
}

/** Waits for the messages after the first `from` until they tell of so many events of a kind. */
const told = (kind: string, from: number, count: number): Promise<readonly WebhookBody[]> =>
  until(`${count} events ${kind}`, 120_000, () => {
    const bodies = receiver.received.slice(from).map(signedBody);
    const ofKind = bodies.filter(({ events }) => events.some((event) => event.kind === kind));
    const events = ofKind.flatMap((body) => body.events).filter((event) => event.kind === kind);
    return Promise.resolve(events.length < count ? null : ofKind);
  });

test('a test message by the CLI arrives, signed', async () => {
  const { code, stdout } = await command('--api', api, 'notify', 'test', 'hook');
  expect([code, stdout]).toEqual([0, 'Channel hook took the test message.\n']);
  const [body] = receiver.received.map(signedBody);
  expect(body?.title).toContain('Test message');
  expect(body?.events).toEqual([]);
});

test('a job whose JobManager is killed: one message of its failure and one of its restart, with links', async () => {
  const from = receiver.received.length;
  const [driver] = drivers;
  const [view] = await killAndAwait(drivers.slice(0, 1));
  const [restarted, ...further] = await told('restarted', from, 1);
  expect(further).toEqual([]);
  expect(await told('instanceFailed', from, 1)).toMatchObject([{ count: 1, severity: 'warning' }]);
  const page = `${api}/jobs/${driver?.job ?? ''}`;
  expect(restarted).toMatchObject({
    ...{ count: 1, severity: 'info', title: `${driver?.job ?? ''} runs again, restarted by Sluice` },
    links: [
      { name: 'Operation', url: `${page}/operations/${view?.deployment?.operationId ?? ''}` },
      { name: 'Job', url: page },
    ],
  });
});

test('several jobs that fail at once are told together, and each event once', async () => {
  const from = receiver.received.length;
  await killAndAwait(drivers);
  const [together, ...further] = await told('instanceFailed', from, jobs.length);
  await told('restarted', from, jobs.length);
  expect(further).toEqual([]);
  expect(together?.title).toMatch(/^3 jobs failed, and Sluice starts them again on yarn-a/);
  const ids = receiver.received.flatMap((message) => signedBody(message).events.map(({ id }) => id));
  expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
});
