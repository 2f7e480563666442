/**
 * Where an installation requires signatures, a job takes nothing that is not signed for this very message, and says so.
 *
 * The keys are learnt with the first claim, so each test begins with what is sent before that.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { prepareCache } from '../../../stack/cache/cached-tools.ts';
import type { Signing } from '../../../src/activities/dependencies/dependencies.ts';
import { autoDeployIdOf } from '../../../src/domain/identity/ids.ts';
import { claimKey } from '../../../src/domain/identity/storage-keys.ts';
import { scheduleIdOf, workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { introduce, type Signer } from '../../../src/domain/operation/signature.ts';
import { createTemporalGateway } from '../../../src/temporal/jobs/job-gateway-on-temporal.ts';
import { signingKey } from '../../support/signing-keys.ts';
import type { Driver } from '../harness.ts';
import { rejection, useStage } from '../use-stage.ts';

const stage = useStage();
const LONG_MS = 300_000;

const [old, next, stranger] = [signingKey('old'), signingKey('new'), signingKey('old')];
const requiring = (signer: Signer, ...keys: (readonly [string, string])[]): Signing => ({
  required: Object.fromEntries(keys),
  signer,
});
const byOld = requiring(old.signer, ['old', old.hex]);

/** The API, which signs by itself. */
/** A worker that takes over on a busy machine may not answer within the deadline that people get. */
const updateDeadlineMs = 120_000;
const api = (driver: Driver, signer: Signer | null = old.signer) =>
  createTemporalGateway({ client: driver.client, taskQueue: driver.taskQueue, signer, updateDeadlineMs });
const ANN = { door: 'api', actor: 'ann' } as const;

async function deployedBy(driver: Driver, signer: Signer | null = old.signer, release = 'clicks/1.0.0'): Promise<void> {
  const request = { id: 'first', release };
  await api(driver, signer).submit({ job: stage.job, kind: 'deploy', request, start: true, sender: ANN });
  expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded', actor: 'ann', via: 'api' });
}

/** A request with what its signature says of itself, sent for what it is not. */
interface Refused {
  readonly name: string;
  readonly sender?: unknown;
  readonly says: string;
}

function refusedOnes(payload: { readonly id: string }): readonly Refused[] {
  const { job } = stage;
  const of = (more: object, signer = old.signer, at = Date.now()) =>
    introduce(signer, { job, kind: 'savepoint', payload, sender: ANN, ...more }, at);
  const says = 'is not by key old for this very message';
  return [
    { name: 'no signature', sender: ANN, says: 'is not signed' },
    { name: 'nobody introduced', says: 'is not signed' },
    { name: 'a stranger', sender: of({}, stranger.signer), says },
    { name: 'another job', sender: of({ job: 'views' }), says },
    { name: 'another kind', sender: of({ kind: 'stop' }), says },
    { name: 'another payload', sender: of({ payload: { ...payload, reason: 'x' } }), says },
    { name: 'another subject', sender: { ...of({}), actor: 'bob' }, says },
    { name: 'the day before', sender: of({}, old.signer, Date.now() - 86_400_000), says: 'ended at' },
    { name: 'a key that does not count', sender: of({}, next.signer), says: 'those that count are old' },
  ];
}

const ring = async (driver: Driver) =>
  (await driver.view()).rejections.last.map(({ kind, id, code, detail }) => ({ kind, id, code, detail }));

test(
  'unsigned, forged, old and diverted requests are refused by update and by signal, and none blocks the job',
  async () => {
    await stage.story(
      async (driver) => {
        await driver.signal('deploy', { id: 'by-hand', release: 'clicks/1.1.0' });
        await driver.until('the refusal', ({ rejections }) => rejections.last.length === 1);
        expect(stage.world.json(claimKey(stage.job, 'by-hand'))).toBeNull();
        await deployedBy(driver);

        const request = { id: 'asked' };
        const refused = refusedOnes(request);
        for (const { name, sender = null, says } of refused) {
          const asked = driver.handle.executeUpdate('savepoint', { args: [request, sender] });
          const { code, detail } = await rejection(asked);
          expect.soft(`${name}: ${code}: ${detail}`).toMatch(new RegExp(`^${name}: SignatureRefused: .*${says}`));
        }
        // A signal comes by a door of its own, and the signature names the door.
        const bySignal = refused.map((one) => ({ ...one, sender: withDoor(one.sender) }));
        for (const { sender } of bySignal) await driver.handle.signal('savepoint', request, sender);
        const { temporalCli } = await prepareCache();
        await byHand(temporalCli, driver, ['--name', 'stop', '--input', '{"id":"by-cli"}']);
        await driver.handle.signal('observed', await endedFact(driver));
        await driver.handle.cancel();
        await driver.until('all refusals', ({ rejections }) => rejections.last.length === refused.length + 4);

        expect((await ring(driver)).map(({ code }) => code)).toEqual(
          Array(refused.length + 4).fill('SignatureRefused'),
        );
        expect((await ring(driver)).slice(-3).map(({ kind, id }) => [kind, id])).toEqual([
          ['stop', 'by-cli'],
          ['observed', null],
          ['cancel', null],
        ]);
        expect((await driver.view()).skippedSavepoints.count).toBe(0);
        expect((await driver.history()).map(({ id }) => id)).toEqual(['first']);
        expect(await driver.view()).toMatchObject({ state: 'running', health: 'healthy' });

        await api(driver).submit({ job: stage.job, kind: 'stop', request: { id: 'stop' }, start: false, sender: ANN });
        expect(await driver.ended('stop')).toMatchObject({ outcome: 'succeeded' });
      },
      { signing: byOld },
    );
  },
  LONG_MS,
);

const withDoor = (sender: unknown): unknown =>
  typeof sender === 'object' && sender !== null ? { ...sender, door: 'schedule' } : sender;

/** As somebody types it who has the address of Temporal. */
async function byHand(cli: string, { client }: Driver, args: readonly string[]): Promise<void> {
  const { address } = client.connection as unknown as { readonly address?: string };
  const where = ['--address', address ?? stage.environment.address, '--namespace', client.options.namespace];
  await promisify(execFile)(cli, ['workflow', 'signal', ...where, '-w', workflowIdOf(stage.job), ...args]);
}

async function endedFact(driver: Driver) {
  const { epoch, applicationId } = (await driver.view()).deployment!;
  const seen = { kind: 'ended', how: 'failed', detail: 'somebody says so', cause: null };
  return { epoch, applicationId, at: new Date().toISOString(), seen };
}

test(
  'a cancel must be signed too, and one that is signed is heard',
  async () => {
    await stage.story(
      async (driver) => {
        await deployedBy(driver);
        const { flink } = stage.running();
        flink.savepointMode = 'never';
        await api(driver).submit({
          job: stage.job,
          kind: 'savepoint',
          request: { id: 's' },
          start: false,
          sender: ANN,
        });
        await driver.until('the savepoint', ({ operation }) => operation?.phase === 'savepointing');
        expect(await rejection(driver.cancel('s'))).toMatchObject({ code: 'SignatureRefused' });
        expect(await rejection(driver.ask('kill', { id: 'k', force: true }))).toMatchObject({
          code: 'SignatureRefused',
        });
        await api(driver).cancel(stage.job, { operation: 's' }, ANN);
        expect(await driver.ended('s')).toMatchObject({ outcome: 'cancelled', interruption: { actor: 'ann' } });
      },
      { signing: byOld },
    );
  },
  LONG_MS,
);

test(
  'an idle job holds to keys that came after its last run: the claim asks for them',
  async () => {
    const taskQueue = `signed-${stage.job}`;
    await stage.story((driver) => deployedBy(driver, null), { taskQueue });
    const both = requiring(old.signer, ['old', old.hex], ['new', next.hex]);
    await stage.story(
      async (driver) => {
        // The job has not heard yet that signatures are required.
        await driver.signal('savepoint', { id: 's-1' });
        await driver.until('the refusal', ({ rejections }) => rejections.last.length === 1);
        expect((await ring(driver))[0]).toMatchObject({ kind: 'savepoint', id: 's-1', code: 'SignatureRefused' });
        for (const [id, signer] of [
          ['s-1', old.signer],
          ['s-2', next.signer],
        ] as const) {
          await api(driver, signer).submit({
            job: stage.job,
            kind: 'savepoint',
            request: { id },
            start: false,
            sender: ANN,
          });
          expect(await driver.ended(id)).toMatchObject({ outcome: 'succeeded' });
        }
      },
      { signing: both, taskQueue },
    );
    // The old key is removed. The job still knows it, and lets it pass no further than the claim.
    await stage.story(
      async (driver) => {
        const submit = (id: string, signer: Signer) =>
          api(driver, signer).submit({ job: stage.job, kind: 'savepoint', request: { id }, start: false, sender: ANN });
        await submit('s-3', old.signer);
        await driver.until('the refusal', ({ rejections }) => rejections.last.length === 2);
        expect(stage.world.json(claimKey(stage.job, 's-3'))).toBeNull();
        await expect(submit('s-4', old.signer)).rejects.toMatchObject({ code: 'SignatureRefused' });
        await submit('s-3', next.signer);
        expect(await driver.ended('s-3')).toMatchObject({ outcome: 'succeeded' });
      },
      { signing: requiring(next.signer, ['new', next.hex]), taskQueue },
    );
    // A turn-over that asks for it reads the keys of an idle job.
    await stage.story(
      async (driver) => {
        const { runId } = await driver.handle.describe();
        await driver.handle.signal('turnOver', 'keys');
        await expect.poll(async () => (await driver.handle.describe()).runId, { timeout: 60_000 }).not.toBe(runId);
        const asked = driver.handle.executeUpdate('savepoint', { args: [{ id: 's-5' }, null] });
        expect((await rejection(asked)).detail).toContain('is not signed');
        await api(driver, old.signer).submit({
          job: stage.job,
          kind: 'stop',
          request: { id: 'stop' },
          start: false,
          sender: ANN,
        });
        expect(await driver.ended('stop')).toMatchObject({ outcome: 'succeeded' });
      },
      { signing: byOld, taskQueue },
    );
  },
  LONG_MS,
);

test.each([
  ['kill', { id: 'k', force: true }],
  ['cancel', { operation: 'first' }],
])(
  'an unsigned %s that comes with the first request, before the keys, ends nothing',
  async (name, payload) => {
    const { client } = stage.environment;
    const taskQueue = `signed-${stage.job}`;
    const request = { id: 'first', release: 'clicks/1.0.0' };
    const message = { job: stage.job, kind: 'deploy', payload: request, sender: { door: 'autoDeploy' } } as const;
    const handle = await client.workflow.signalWithStart('flinkJob', {
      workflowId: workflowIdOf(stage.job),
      taskQueue,
      args: [{ job: stage.job }],
      signal: 'deploy',
      signalArgs: [request, introduce(old.signer, message)],
    });
    await handle.signal(name, payload);
    await stage.story(
      async (driver) => {
        expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded', interruption: null });
        expect(await ring(driver)).toMatchObject([{ kind: name, code: 'SignatureRefused' }]);
        expect(await driver.view()).toMatchObject({ state: 'running', operation: null });
      },
      { signing: byOld, taskQueue },
    );
  },
  LONG_MS,
);

test(
  'watch, schedule and releases sign what they say',
  async () => {
    stage.world.publish('clicks/1.5.0', [stage.job], { savepoints: '{every: 1h}' });
    await stage.story(
      async (driver) => {
        await deployedBy(driver, old.signer, 'clicks/1.5.0');
        await driver.client.schedule.getHandle(scheduleIdOf(stage.job)).trigger();
        await driver.until('a periodic savepoint', ({ savepoints }) => savepoints[0]?.taken === 'periodic');
        await driver.until('its end', ({ operation }) => operation === null);

        await driver.watchReleases();
        stage.world.publish('clicks/2.0.0', [stage.job], { autoDeploy: '{enabled: true}' });
        expect(await driver.ended(autoDeployIdOf('clicks/2.0.0'))).toMatchObject({ outcome: 'succeeded' });

        await driver.watch('yarn-a');
        const { flink, job } = stage.running();
        flink.failJob(job.id, 'java.io.IOException: disk full\n\tat com.example.Clicks.run');
        const { rejections } = await driver.until('its failure', ({ state }) => state === 'failed');
        expect(rejections).toEqual({ last: [], beyond: 0 });
      },
      { signing: byOld },
    );
  },
  LONG_MS,
);
