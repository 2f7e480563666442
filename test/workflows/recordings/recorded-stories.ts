/** The stories to record: one job plays each story, on a server of its own, into a folder of test/histories. */
import { CLUSTER, first, JOB, type Played } from './played.ts';
import { between, stoppedCampaignsOf } from './recorded-campaigns.ts';
import { turnsOf } from './recorded-turns.ts';
import { handovers } from './recorded-handovers.ts';
import { recoveries } from './recorded-recoveries.ts';
import { rescales } from './recorded-rescales.ts';
import { makePlan } from '../../../src/api/operations/plans.ts';
import { RecordStore } from '../../../src/records/record-store.ts';
import { createNotificationTests } from '../../../src/temporal/notification-tests.ts';
import type { CampaignPlan } from '../../../src/domain/campaign/plan.ts';
import type { CampaignView } from '../../../src/domain/campaign/view.ts';
import { createCampaignGateway } from '../../../src/temporal/campaigns/campaign-gateway-on-temporal.ts';
import { createTemporalGateway } from '../../../src/temporal/jobs/job-gateway-on-temporal.ts';
import { SluiceError } from '../../../src/domain/errors/errors.ts';
import { autoDeployIdOf } from '../../../src/domain/identity/ids.ts';
import {
  notificationWatchIdOf,
  campaignWorkflowIdOf,
  releaseWatchIdOf,
  workflowIdOf,
  watchIdOf,
} from '../../../src/domain/identity/workflow-ids.ts';
import { NotificationSettings } from '../../../src/domain/notification/settings.ts';
import { introduce } from '../../../src/domain/operation/signature.ts';
import { SCHEDULE } from '../../../src/domain/operation/asker.ts';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import { observedSignal, turnOverSignal, cancelSignal } from '../../../src/workflows/messages.ts';
import { quickNotifier } from '../../world/patience.ts';
import { plan as campaignPlan } from '../../domain/campaign/plans.ts';
import { signingKey } from '../../support/signing-keys.ts';
import { askingOnly, type Circumstances, type Driver } from '../harness.ts';

const MEMORY = { 'taskManager.memory': '2g' };

/** Tells a workflow to go on in a next run, and waits for that. */
async function turnedOver({ handle }: Driver, workflowId: string): Promise<void> {
  const workflow = handle.client.getHandle(workflowId);
  const { runId } = await workflow.describe();
  await workflow.signal(turnOverSignal);
  for (let turn = 0; turn < 300; turn += 1) {
    const next = await workflow.describe();
    if (next.runId !== runId && next.historyLength > 3) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${workflowId} did not turn over`);
}

/** Plays one operation of each kind, and each way in which an operation can end. */
async function operations({ driver, world }: Played): Promise<void> {
  await driver.signal('deploy', first);
  await driver.ended('first-deploy');
  await driver.signal('deploy', { nonsense: true });
  await driver.run('deploy', { id: 'upgrade', release: 'clicks/1.1.0' });
  await driver.run('savepoint', { id: 'savepoint' });
  await driver.run('deploy', { id: 'rolled-back', release: 'clicks/broken' });
  await driver.run('deploy', { id: 'refused', release: 'clicks/none' });
  const [application] = world.live(JOB);
  if (!application) throw new Error('nothing runs');
  const { flink } = world.jobOf(application);
  flink.savepointMode = 'fails';
  await driver.run('deploy', { id: 'savepoint-failed', release: 'clicks/1.1.0' });
  flink.savepointMode = 'ok';
  await driver.run('stop', { id: 'stop' });
  await driver.run('resume', { id: 'resume' });
  await driver.run('restart', { id: 'restart', stopWith: 'checkpoint' });
  await driver.run('deploy', { id: 'to-be-left', release: 'clicks/1.0.0' });
  await driver.run('rollback', { id: 'rollback' });
  await driver.run('kill', { id: 'kill' });
  await driver.run('resume', { id: 'resume-after-kill' });
  world.behaviour.set('clicks/1.0.0', 'neverCheckpoints');
  await driver.ask('deploy', { id: 'cancelled', release: 'clicks/1.0.0' });
  await driver.until('verifying', ({ operation }) => operation?.phase === 'verifying');
  await driver.cancel('cancelled');
  await driver.ended('cancelled');
  await driver.ask('deploy', { id: 'superseded', release: 'clicks/1.0.0' });
  await driver.until('verifying', ({ operation }) => operation?.phase === 'verifying');
  await driver.run('kill', { id: 'forced', force: true });
  world.behaviour.delete('clicks/1.0.0');
  await driver.run('deploy', { id: 'failed', release: 'clicks/broken' });
  await driver.handle.terminate('recorded');
  await driver.signal('deploy', { id: 'deploy-after-proof', release: 'clicks/1.0.0' });
  await driver.ended('deploy-after-proof');
  const asked = ['racing-1', 'racing-2', 'racing-3'].map((id) => driver.ask('stop', { id }));
  await Promise.allSettled(asked);
  await driver.until('the last stop', ({ operation, state }) => operation === null && state === 'stopped');
}

/** Each kind by the signal of its name, as CI and the `temporal` CLI send it; and a cancel by signal. */
async function signals({ driver, world }: Played): Promise<void> {
  const ask = async (
    kind: Parameters<Driver['signal']>[0],
    payload: { readonly id: string; readonly release?: string },
  ): Promise<void> => {
    await driver.signal(kind, { actor: 'ci', ...payload });
    await driver.ended(payload.id);
    // A signal is refused while the one before is recorded, and there is nobody to tell.
    await driver.until('the job to be free', ({ operation }) => operation === null);
  };
  await ask('deploy', first);
  await ask('savepoint', { id: 'savepoint' });
  await ask('restart', { id: 'restart' });
  await ask('stop', { id: 'stop' });
  await ask('resume', { id: 'resume' });
  await ask('deploy', { ...first, id: 'upgrade', release: 'clicks/1.1.0' });
  await ask('rollback', { id: 'rollback' });
  world.behaviour.set('clicks/1.1.0', 'neverCheckpoints');
  await driver.signal('deploy', { ...first, id: 'cancelled', release: 'clicks/1.1.0' });
  await driver.until('verifying', ({ operation }) => operation?.phase === 'verifying');
  await driver.handle.signal(cancelSignal, { operation: 'cancelled', actor: 'ci' });
  await driver.ended('cancelled');
  await ask('kill', { id: 'kill' });
  await turnedOver(driver, workflowIdOf(JOB));
}

/** Leaves doubts between operations: a stop without an answer, and an end that YARN does not confirm. */
async function doubts({ driver, world }: Played): Promise<void> {
  await driver.signal('deploy', first);
  await driver.ended('first-deploy');
  const { flink } = world.jobOf(world.live(JOB)[0]!);
  flink.savepointMode = 'never';
  world.deadlines.set('stopWithSavepoint', 300);
  await driver.run('stop', { id: 'stop-without-answer' });
  await turnedOver(driver, workflowIdOf(JOB));
  flink.endSavepoints('fails');
  await driver.until('the answer', ({ pendingStop }) => pendingStop === null);
  world.clusters.get(CLUSTER)!.unreachable();
  world.deadlines.set('endApplication', 300);
  await driver.run('kill', { id: 'kill-without-answer' });
  await turnedOver(driver, workflowIdOf(JOB));
  world.clusters.get(CLUSTER)!.healthy();
  await driver.until('its end', ({ state }) => state === 'stopped');
  await driver.run('resume', { id: 'resume' });
}

/** People decide about what nobody can reach: a lost node, a stop without an answer, a cluster that comes back too late. */
async function endings({ driver, world }: Played): Promise<void> {
  const yarn = world.clusters.get(CLUSTER)!;
  await driver.signal('deploy', first);
  await driver.ended('first-deploy');
  const { flink } = world.jobOf(world.live(JOB)[0]!);
  flink.savepointMode = 'never';
  world.deadlines.set('stopWithSavepoint', 300);
  world.deadlines.set('endApplication', 300);
  await driver.run('stop', { id: 'stop-without-answer' });
  yarn.answerNext('kill', { status: 202, body: { state: 'RUNNING' } });
  await driver.run('kill', { id: 'kill-without-answer', force: true });
  flink.endSavepoints('fails');
  await driver.until('its end', ({ state }) => state === 'stopped');
  await driver.run('resume', { id: 'resume' });
  await yarn.takeNode(0, 'LOST');
  await driver.run('kill', { id: 'lost-node', force: true });
  await driver.run('resume', { id: 'resume-elsewhere' });
  const given = (await driver.view()).deployment!;
  yarn.unreachable();
  await driver.run('kill', { id: 'give-up', force: true, giveUp: true, reason: 'its cluster is gone' });
  yarn.healthy();
  const fact = { epoch: given.epoch, applicationId: given.applicationId, at: '2026-01-01T00:00:00Z' };
  await driver.handle.signal(observedSignal, { ...fact, seen: { kind: 'healthy' } });
  await driver.until('the end of what was given up', ({ givenUp }) => givenUp.length === 0);
  await driver.run('resume', { id: 'resume-after-give-up' });
}

/** A cluster under watch, and the job that is told. */
async function watch({ driver, world }: Played): Promise<void> {
  await driver.signal('deploy', first);
  await driver.ended('first-deploy');
  await driver.watch(CLUSTER);
  await turnedOver(driver, watchIdOf(CLUSTER));
  const { flink, job } = world.jobOf(world.live(JOB)[0]!);
  flink.failJob(job.id, 'java.io.IOException: disk full\n\tat com.example.Clicks.run');
  await driver.until('its failure', ({ state }) => state === 'failed');
  await driver.run('resume', { id: 'resume-after-failure' });
  await turnedOver(driver, watchIdOf(CLUSTER));
}

/** Adopts jobs that others started, and recovers a job whose workflow was lost; each by both doors. */
async function strangers({ driver, world }: Played): Promise<void> {
  const adopt = { actor: 'ops', release: 'clicks/1.0.0' };
  await world.strange({ name: JOB });
  await driver.signal('adopt', { ...adopt, id: 'adopt-by-signal' });
  await driver.ended('adopt-by-signal');
  await driver.run('stop', { id: 'stop-of-adopted' });
  await world.strange({ name: JOB, flinkJobId: 'e'.repeat(32) });
  await driver.run('adopt', { ...adopt, id: 'adopt-by-update' });
  await driver.run('deploy', { id: 'upgrade-of-adopted', release: 'clicks/1.1.0' });
  await driver.handle.terminate('recorded');
  await driver.signal('recover', { id: 'recover-by-signal', actor: 'ops' });
  await driver.ended('recover-by-signal');
  await driver.handle.terminate('recorded');
  // A nonsense request starts a workflow too, which finds the running job by itself.
  await driver.signal('deploy', { nonsense: true });
  await driver.until('its proof', ({ state }) => state === 'running');
  await driver.run('recover', { id: 'recover-by-update', actor: 'ops' });
  await turnedOver(driver, workflowIdOf(JOB));
}

/** Hotfixes: of what runs, one that goes back, and the end of each by a person and by expiry. */
async function hotfixes({ driver, world }: Played): Promise<void> {
  world.publish('clicks/reverts', [JOB], { hotfix: '{onExpiry: revert}' });
  world.behaviour.set('"broken": "yes"', 'failsInMain');
  await driver.signal('deploy', { ...first, id: 'before-hotfix', release: 'clicks/reverts' });
  await driver.ended('before-hotfix');
  await driver.run('hotfix', { id: 'hotfix', set: MEMORY, stopWith: 'checkpoint' });
  await driver.run('hotfix', { id: 'hotfix-rolled-back', set: { 'flink.config.broken': 'yes' } });
  await driver.run('revertHotfix', { id: 'revert-hotfix' });
  await driver.run('hotfix', { id: 'hotfix-to-expire', set: MEMORY, expiresIn: '1s' });
  await driver.until('the revert', ({ hotfix, operation }) => hotfix === null && operation === null);
  await driver.run('stop', { id: 'stop-after-hotfix' });
  await driver.run('hotfix', { id: 'hotfix-of-stopped', set: MEMORY });
}

/** The same kinds by signal. */
async function hotfixSignals({ driver }: Played): Promise<void> {
  await driver.signal('deploy', first);
  await driver.ended('first-deploy');
  await driver.signal('hotfix', { id: 'hotfix-by-signal', set: MEMORY });
  await driver.ended('hotfix-by-signal');
  await driver.signal('revertHotfix', { id: 'revert-by-signal' });
  await driver.ended('revert-by-signal');
}

/** Flink's client on the cluster, also one that submits nothing; a periodic savepoint; restore points that go. */
async function launched({ driver, world }: Played): Promise<void> {
  world.publish('clicks/forgets', [JOB], { savepoints: '{keep: {count: 1, maxAge: 1s}}' });
  const byRunner = { release: 'clicks/forgets', launcher: 'shell-runner' };
  await driver.signal('deploy', { ...byRunner, id: 'first-by-runner', actor: 'ci' });
  await driver.ended('first-by-runner');
  await driver.run('deploy', { ...byRunner, id: 'upgrade-by-runner' });
  world.launchers.behaviour = 'diesBefore';
  await driver.run('restart', { id: 'runner-dies' });
  world.launchers.behaviour = 'submits';
  await driver.run('deploy', { ...byRunner, id: 'after-it' });
  await driver.signal('savepoint', { id: 'periodic-20260101T000000Z', actor: 'sluice', via: SCHEDULE });
  await driver.ended('periodic-20260101T000000Z');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await driver.run('savepoint', { id: 'tidied' });
  await driver.run('deploy', { ...byRunner, id: 'tidied-too' });
}

/** Plans, of a job that was never seen and of one that runs. */
async function plans({ driver, world }: Played): Promise<void> {
  const records = new RecordStore(world.s3);
  const gateway = createTemporalGateway({ client: askingOnly(driver), taskQueue: driver.taskQueue });
  const plan = (kind: 'deploy' | 'stop', asked: object) =>
    makePlan({ gateway, records, may: () => true }, JOB, {
      kind,
      request: { id: `plan-of-${kind}`, actor: 'ci', ...asked },
    });
  await plan('deploy', { release: 'clicks/1.0.0' });
  await driver.signal('deploy', first);
  await driver.ended('first-deploy');
  const hotfix = { set: MEMORY };
  const { revision } = await plan('deploy', { release: 'clicks/1.1.0', hotfix });
  await plan('stop', {});
  const ifRevision = revision.slice(0, 32);
  await driver.run('deploy', { id: 'by-plan', release: 'clicks/1.1.0', hotfix, ifRevision });
}

/** Releases that deploy themselves: the first of a job, one that is refused since the job has changed, and the next. */
async function releases({ driver, world }: Played): Promise<void> {
  const AUTO = { autoDeploy: '{enabled: true}' };
  await driver.watchReleases();
  world.publish('clicks/2.0.0', [JOB], AUTO);
  await driver.ended(autoDeployIdOf('clicks/2.0.0'));
  await turnedOver(driver, releaseWatchIdOf(world.s3.bucket));
  const onlyIf = { state: 'stopped', after: null };
  await driver.signal('deploy', { id: 'refused', release: 'clicks/1.0.0', onlyIf });
  world.publish('clicks/2.1.0', [JOB], AUTO);
  await driver.ended(autoDeployIdOf('clicks/2.1.0'));
  await turnedOver(driver, releaseWatchIdOf(world.s3.bucket));
}

/** The notifier: a run that is told to go on in a next one, and a test message. */
async function notifications({ driver }: Played): Promise<void> {
  const id = notificationWatchIdOf('test');
  await driver.notify();
  await driver.signal('deploy', first);
  await driver.ended('first-deploy');
  await turnedOver(driver, id);
  await createNotificationTests(driver.client, driver.taskQueue)('hook', 'recorded');
  await turnedOver(driver, id);
}

/** Jobs that change hands, by both doors; a release of another project before that; a start from another job's state. */
async function transfers({ driver, world }: Played): Promise<void> {
  world.publish('heirs/1', [JOB]);
  await driver.signal('deploy', first);
  await driver.ended('first-deploy');
  await driver.signal('deploy', { id: 'foreign-by-signal', release: 'heirs/1' });
  await driver.ended('foreign-by-signal');
  await driver.signal('transfer', { id: 'transfer-by-signal', project: 'heirs' });
  await driver.ended('transfer-by-signal');
  await driver.run('deploy', { id: 'deploy-of-heirs', release: 'heirs/1' });
  await driver.run('transfer', { id: 'transfer-by-update', project: 'clicks', team: 'ads-streaming' });
  const { savepoint } = await driver.run('stop', { id: 'stop-after-transfer' });
  const from = (savepoint ?? '').replace(`/${JOB}/`, '/other/');
  for (const [key, object] of [...world.s3.objects])
    if (key.startsWith(`savepoints/${JOB}/`)) world.s3.objects.set(key.replace(`/${JOB}/`, '/other/'), object);
  await driver.signal('resume', { id: 'foreign-state', from });
  await driver.ended('foreign-state');
  await driver.run('resume', { id: 'foreign-state-asked-for', from, foreignState: true });
}

/** A start of which nobody knows what it completed, and the newest checkpoint of a dead instance. */
async function progress({ driver, world }: Played): Promise<void> {
  await driver.signal('deploy', first);
  await driver.ended('first-deploy');
  world.behaviour.set('clicks/1.1.0', 'neverCheckpoints');
  await driver.ask('deploy', { id: 'unknown-progress', release: 'clicks/1.1.0' });
  await driver.until('verifying', ({ operation }) => operation?.phase === 'verifying');
  const [application] = world.live(JOB);
  await world.clusters.get(CLUSTER)?.end(application?.id ?? '', { state: 'FAILED', diagnostics: 'its node is gone' });
  await driver.ended('unknown-progress');
  await driver.run('resume', { id: 'refused-resume' });
  world.behaviour.delete('clicks/1.1.0');
  await driver.run('resume', { id: 'accepted-resume', discardNewerState: true });
  const newest = { from: 'latest-checkpoint', stopWith: 'none', discardNewerState: true };
  await driver.run('restart', { id: 'newest-checkpoint', ...newest });
}

/** Retention between operations: a turn to its end, one that a request cuts short, and one for which S3 is away. */
async function retention({ driver, world }: Played): Promise<void> {
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  world.publish('clicks/forgets', [JOB], { savepoints: '{keep: {count: 1, maxAge: 1s}}' });
  await driver.signal('deploy', { ...first, release: 'clicks/forgets' });
  await driver.ended('first-deploy');
  await driver.run('savepoint', { id: 'one' });
  await pause(1_500);
  await driver.run('savepoint', { id: 'two' });
  await pause(1_500);
  await turnedOver(driver, workflowIdOf(JOB));
  const removeAll = world.s3.removeAll.bind(world.s3);
  world.s3.removeAll = () => new Promise(() => undefined);
  await driver.run('savepoint', { id: 'three' });
  await pause(1_000);
  await driver.run('restart', { id: 'restart-meanwhile' });
  await pause(1_000);
  world.s3.removeAll = () => Promise.reject(new SluiceError('StorageUnavailable', 'S3 is away'));
  await driver.run('stop', { id: 'stop' });
  await pause(1_000);
  world.s3.removeAll = removeAll;
  await driver.run('resume', { id: 'resume' });
  await pause(1_500);
  await turnedOver(driver, workflowIdOf(JOB));
}

/** Moves to the other cluster and back, by both doors: planned, refused, failed, in the place of others, away from silence. */
async function moves({ driver, world }: Played): Promise<void> {
  const placement = { placement: `{cluster: ${CLUSTER}, backups: [yarn-b]}` };
  for (const release of ['clicks/moves', 'clicks/moves-too']) world.publish(release, [JOB], placement);
  const [yarn, other] = [world.clusters.get(CLUSTER)!, world.clusters.get('yarn-b')!];
  const flinkOf = () => world.jobOf(world.live(JOB)[0]!).flink;
  await driver.signal('deploy', { ...first, release: 'clicks/moves' });
  await driver.ended('first-deploy');
  await driver.run('failover', { id: 'to-nowhere', to: 'yarn-x' });
  await driver.run('failover', { id: 'move' });
  await driver.run('restart', { id: 'restart-there' });
  await driver.signal('failback', { id: 'back-by-signal' });
  await driver.ended('back-by-signal');
  await driver.run('failback', { id: 'back-twice' });
  other.rejectNextSubmission();
  await driver.run('failover', { id: 'move-rolled-back' });
  world.behaviour.set('clicks/moves-too', 'neverCheckpoints');
  await driver.ask('deploy', { id: 'superseded', release: 'clicks/moves-too' });
  await driver.until('verifying', ({ operation }) => operation?.phase === 'verifying');
  world.behaviour.delete('clicks/moves-too');
  await driver.run('failover', { id: 'in-its-place' });
  await driver.run('failback', { id: 'back' });
  flinkOf().savepointMode = 'never';
  const flink = flinkOf();
  await driver.ask('deploy', { id: 'superseded-too', release: 'clicks/moves' });
  await driver.until('savepointing', ({ operation }) => operation?.phase === 'savepointing');
  await driver.ask('failover', { id: 'after-its-stop' });
  const isWaiting = ({ operation }: JobView) =>
    operation?.id === 'after-its-stop' && operation.phase === 'savepointing';
  await driver.until('its outcome', isWaiting);
  flink.endSavepoints('ok');
  await driver.ended('after-its-stop');
  await driver.run('failback', { id: 'back-again' });
  const left = (await driver.view()).deployment!;
  yarn.unreachable();
  await driver.run('failover', { id: 'not-confirmed' });
  const reason = 'its cluster is gone';
  await driver.signal('failover', { id: 'confirmed', actor: 'ops', confirmUnfenced: true, reason });
  await driver.ended('confirmed');
  await turnedOver(driver, workflowIdOf(JOB));
  yarn.healthy();
  const fact = { epoch: left.epoch, applicationId: left.applicationId, at: '2026-01-01T00:00:00Z' };
  await driver.handle.signal(observedSignal, { ...fact, seen: { kind: 'healthy' } });
  await driver.until('the end of what was left', ({ givenUp }) => givenUp.length === 0);
  await driver.run('failback', { id: 'back-at-last' });
}

/** Campaigns over the job and one that is not there: done, in vain, with each command, over a turn-over, and cancelled by Temporal. */
async function campaigns({ driver, world }: Played): Promise<void> {
  const gateway = createCampaignGateway({ client: askingOnly(driver), taskQueue: driver.taskQueue });
  const view = async (id: string): Promise<CampaignView> => (await gateway.view(id))!;
  const until = async (id: string, holds: (campaign: CampaignView) => boolean): Promise<void> => {
    for (let turn = 0; turn < 600 && !holds(await view(id)); turn += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
  };
  const begin = (id: string, jobs: readonly string[], more: Partial<CampaignPlan> = {}) =>
    gateway.start({ ...campaignPlan(jobs, { maxParallel: 1, ...more }), id });
  const isOver = ({ endedAt }: CampaignView): boolean => endedAt !== null;
  const isRunning = ({ jobs: [first] }: CampaignView): boolean => first?.state === 'running';
  const by = { by: 'ops', reason: 'recorded' };
  await driver.signal('deploy', first);
  await driver.ended('first-deploy');
  await begin('restart', [JOB, 'no-such-job'], { canaries: 1, stopAfter: 3 });
  await until('restart', isOver);
  await begin('broken', [JOB, 'never-asked'], {
    kind: 'upgrade',
    stopAfter: 1,
    jobs: [{ job: JOB, release: 'clicks/broken' }, { job: 'never-asked' }],
  });
  await until('broken', isOver);
  const { flink } = world.jobOf(world.live(JOB)[0]!);
  const held = async (id: string): Promise<void> => {
    flink.savepointMode = 'never';
    await begin(id, [JOB, 'no-such-job'], { kind: 'savepoint' });
    await until(id, isRunning);
  };
  const letGo = async (id: string): Promise<void> => {
    flink.endSavepoints('ok');
    await until(id, isOver);
  };
  await held('commanded');
  await gateway.command('commanded', 'pause', by);
  await gateway.command('commanded', 'resume', by);
  await turnedOver(driver, campaignWorkflowIdOf('commanded'));
  await gateway.command('commanded', 'stop', by);
  await letGo('commanded');
  await held('cancelled');
  await driver.client.workflow.getHandle(campaignWorkflowIdOf('cancelled')).cancel();
  await until('cancelled', ({ state }) => state === 'stopping');
  await letGo('cancelled');
  await held('busy');
  await begin('asks-again', [JOB], { kind: 'savepoint' });
  await until('asks-again', ({ jobs: [one] }) => one?.tries === 1);
  await letGo('busy');
  flink.savepointMode = 'ok';
  await until('asks-again', isOver);
}

const key = signingKey('recorded');
/** Workers of other stories sign nothing. */
export const circumstances: Readonly<Record<string, Circumstances>> = {
  stoppedCampaigns: { campaignJobs: between.jobs },
  signed: { signing: { required: { recorded: key.hex }, signer: key.signer } },
  notifications: {
    notifier: {
      settings: NotificationSettings.parse({
        channels: { hook: { kind: 'webhook' } },
        routes: [{ channels: ['hook'] }],
      }),
      channels: {
        send: () => Promise.resolve({ kind: 'delivered' }),
        test: () => Promise.resolve({ kind: 'delivered' }),
      },
      pace: quickNotifier,
    },
  },
};

/** Requests that must be signed: by hand before the keys are learnt and after, by both doors, and a fact. */
async function signed({ driver }: Played): Promise<void> {
  const { handle } = driver;
  const by = (kind: string, payload: unknown, door: 'api' | 'schedule' | 'supervisor') =>
    introduce(key.signer, { job: JOB, kind, payload, sender: { door } });
  const gateway = createTemporalGateway({
    client: askingOnly(driver),
    taskQueue: driver.taskQueue,
    signer: key.signer,
  });
  await driver.signal('deploy', first);
  await driver.until('its refusal', ({ rejections }) => rejections.last.length === 1);
  await gateway.submit({ job: JOB, kind: 'deploy', request: first, start: true, sender: { door: 'api' } });
  await driver.ended('first-deploy');
  await driver.signal('savepoint', { id: 'by-hand' });
  const periodic = { id: 'periodic-20260101T000000Z' };
  await handle.signal('savepoint', periodic, by('savepoint', periodic, 'schedule'));
  await driver.ended(periodic.id);
  const { epoch, applicationId } = (await driver.view()).deployment!;
  const fact = {
    epoch,
    applicationId,
    at: new Date().toISOString(),
    seen: { kind: 'degraded', reasons: ['no checkpoint for long'], cause: null },
  };
  await handle.signal(observedSignal, fact);
  await handle.signal(observedSignal, fact, by('observed', fact, 'supervisor'));
  await driver.until('degraded', ({ health }) => health === 'degraded');
  const { runId } = await handle.describe();
  await handle.signal(turnOverSignal, 'keys');
  for (let turn = 0; turn < 300 && (await handle.describe()).runId === runId; turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  await gateway.submit({ job: JOB, kind: 'stop', request: { id: 'stop' }, start: false, sender: { door: 'api' } });
  await driver.ended('stop');
}

export const stories: Readonly<Record<string, (played: Played) => Promise<void>>> = {
  campaigns,
  stoppedCampaigns: stoppedCampaignsOf(JOB, turnedOver),
  operations,
  signals,
  doubts,
  endings,
  watch,
  strangers,
  hotfixes,
  hotfixSignals,
  launched,
  plans,
  releases,
  notifications,
  turns: turnsOf(JOB, CLUSTER, turnedOver),
  transfers,
  progress,
  retention,
  signed,
  moves,
  recoveries,
  handovers,
  rescales,
};
