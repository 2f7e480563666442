/**
 * Tells the demo's story: the stack, releases, a first deploy, upgrades at once of which Sluice takes one, a
 * broken release that Sluice rolls back, a deploy whose worker is killed half-way, and the verdict.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import type { Binding } from '../src/domain/access/decide.ts';
import type { OperationRecord } from '../src/domain/operation/operation.ts';
import { prepareCache } from '../stack/cache/cached-tools.ts';
import { stackUp } from '../stack/commands.ts';
import { startComponent, stackStatus, stopComponent, type StackStatus } from '../stack/control.ts';
import { observe } from '../observer/observer.ts';
import type { StackSettings } from '../stack/settings.ts';
import { DemoFailure } from './failure.ts';
import { sayWhatToTry, sayWhereToLook } from './farewell.ts';
import { follow, requireSuccess } from './follow.ts';
import { historyTable } from './history-table.ts';
import { pauseBefore, placeNow, waitForRecords, type ObserverPlace } from './new-records.ts';
import { buildReleases, publishReleases, RELEASES } from './releases.ts';
import { SluiceApi, type DeployAnswer } from './sluice-api.ts';
import { say, seconds, title } from './terminal.ts';
import { sayVerdict } from './verdict.ts';

const JOB = 'clicks-dev';
/** The job writes fifty records a second, so this takes two seconds. */
const RECORDS_TO_SEE = 100;
const SHOWN_HISTORY = 6;

interface Scene {
  /** The API as the pipeline of the job sees it. */
  readonly api: SluiceApi;
  /** The API as the admin of the stack sees it. */
  readonly admin: SluiceApi;
  readonly place: ObserverPlace;
  readonly signal: AbortSignal;
}

interface StoryOptions {
  readonly clusters: number | undefined;
  /** Takes the stack down at the end. */
  readonly once: boolean;
  readonly signal: AbortSignal;
}

/** Tells the whole story. Returns whether the observer found every promise kept. */
export async function tellStory(settings: StackSettings, { clusters, once, signal }: StoryOptions): Promise<boolean> {
  const status = await setUp(settings, clusters, signal);
  const admin = new SluiceApi(status, signal);
  const api = await admin.as('ci', { role: 'deployer', jobs: ['clicks-*'] });
  const scene: Scene = { api, admin, place: await placeNow(status.observer), signal };
  await waitForFreeJob(scene);
  const observation = await observe({
    job: JOB,
    file: status.observer,
    clusters: status.clusters,
    gates: status.s3,
  });
  try {
    await deployFirst(scene);
    await upgrade(scene);
    await deployBroken(scene);
    await deployWithoutWorker(scene);
  } catch (error) {
    await observation.conclude(); // ends the polling; its result does not matter any more
    throw error;
  }
  const sound = sayVerdict(await observation.conclude({ repeats: 'none' }));

  title(`The history of ${JOB}, newest first (seconds)`);
  for (const line of historyTable(await api.history(JOB, SHOWN_HISTORY))) say(`  ${line}`);
  const job = await api.job(JOB);
  sayWhatToTry(settings, status, { temporalCli: (await prepareCache(settings)).temporalCli, once });
  if (job !== null) sayWhereToLook(status, job);
  return sound;
}

async function setUp(settings: StackSettings, clusters: number | undefined, signal: AbortSignal): Promise<StackStatus> {
  title('The stack: Temporal, S3, YARN, Flink and Sluice, all real, all on this machine');
  const began = Date.now();
  // Builds the releases while the stack starts, because on a fresh machine both take minutes. The story reports a
  // failed build once the stack has settled.
  const building = buildReleases(settings);
  building.catch(() => undefined);
  await stackUp(settings, { ...(clusters === undefined ? {} : { clusters }), signal });
  const status = stackStatus(settings);
  if (status === undefined) throw new DemoFailure('The stack is up but left no description', 'npm run stack -- up');
  say(`  up after ${seconds(Date.now() - began)}`);

  title('Releases of the example job');
  const published = await publishReleases(await building, status);
  signal.throwIfAborted();
  for (const { release, result } of published) say(`  ${release} ${result}`);
  return status;
}

/** Waits for an operation that an interrupted demo left under way, because a job has one operation at a time. */
async function waitForFreeJob({ api, signal }: Scene): Promise<void> {
  const job = await api.job(JOB);
  if (!job?.operation) return;
  title(`${JOB} is still busy with ${describeOperation(job.operation)}: waiting for its end`);
  await follow(api, job.operation, signal);
}

async function deployFirst(scene: Scene): Promise<void> {
  const { api } = scene;
  const last = (await api.job(JOB))?.deployment ?? null;
  title(`Deploying ${RELEASES.first} as ${JOB}`);
  if (last !== null)
    say(`  Its last deployment was ${last.number}, ${last.release}. The new one continues with its state.`);
  const reason = last === null ? 'first release' : 'the demo once more';
  const answer = await api.deploy(JOB, { id: newId('demo'), release: RELEASES.first, reason });
  await finish(requireAccepted(answer), scene);
}

/** Three teams, by their tokens: the owner of the job, those who run the platform, and readers of its numbers. */
const teams: Readonly<Record<string, Binding>> = {
  'ads-streaming': { role: 'deployer', teams: ['ads-streaming'] },
  'data-platform': { role: 'deployer', jobs: ['clicks-*'] },
  reporting: { role: 'viewer', jobs: [JOB] },
};

/** Sends an upgrade of each team at the same moment: one may not, and of the others exactly one wins. */
async function upgrade(scene: Scene): Promise<void> {
  const { admin } = scene;
  title(`Upgrading to ${RELEASES.second} with its state: three teams ask in the same moment, each by its token`);
  const members = await Promise.all(
    Object.entries(teams).map(async ([team, binding]) => ({ team, member: await admin.as(team, binding) })),
  );
  const answers = await Promise.all(
    members.map(async ({ team, member }) => {
      const request = { id: newId(team), release: RELEASES.second, reason: 'new version' };
      return { team, answer: await member.deploy(JOB, request) };
    }),
  );
  for (const { team, answer } of answers) say(`  ${team.padEnd(13)} ${describeAnswer(answer)}`);
  const denied = answers.flatMap(({ team, answer }) =>
    !answer.accepted && answer.problem.code === 'Forbidden' ? [team] : [],
  );
  if (denied.join() !== 'reporting')
    throw new DemoFailure(
      `A team that may only read was not refused as such (refused: ${denied.join(', ') || 'nobody'})`,
      "Read the API's log: npm run stack -- status names it.",
    );
  const accepted = answers.filter(({ answer }) => answer.accepted);
  const [winner] = accepted;
  if (winner === undefined || accepted.length > 1) {
    throw new DemoFailure(
      `${accepted.length} of the deploys that were sent at once were accepted. Exactly one must be`,
      `Read the API's log: npm run stack -- status names it.`,
    );
  }
  await finish(requireAccepted(winner.answer), scene);
}

/** Deploys a broken release. Sluice ends it and starts the previous deployment again, from the same savepoint. */
async function deployBroken(scene: Scene): Promise<void> {
  const { api, signal } = scene;
  title(`Deploying ${RELEASES.broken}, whose main() throws`);
  const request = { id: newId('ci'), release: RELEASES.broken, reason: 'a mistake that review missed' };
  const ended = await follow(api, requireAccepted(await api.deploy(JOB, request)), signal);
  if (ended.outcome !== 'rolledBack') {
    throw new DemoFailure(
      `The deploy of a release that cannot start ended ${ended.outcome ?? 'without an outcome'}, not rolledBack`,
      ended.error?.hint ?? 'Open it in the Temporal UI.',
    );
  }
  say(`  ${pc.yellow('rolled back by itself')}: ${ended.error?.detail ?? ''}`);
  await sayWhatRuns(scene, ended);
}

/** Kills the worker during a deploy, as a failing machine would. A restarted worker continues the same deploy. */
async function deployWithoutWorker(scene: Scene): Promise<void> {
  const { api } = scene;
  title(`Deploying ${RELEASES.mended}, and killing Sluice's only worker half-way`);
  const request = { id: newId('ci'), release: RELEASES.mended, reason: 'the mistake is repaired' };
  const operation = requireAccepted(await api.deploy(JOB, request));
  const killing = killWorkerIn(scene, operation);
  try {
    await finish(operation, scene);
  } finally {
    await killing;
  }
}

/** Kills the worker once the old instance is being stopped. From then on the deploy cannot simply start over. */
async function killWorkerIn({ api, signal }: Scene, { id }: OperationRecord): Promise<void> {
  for (;;) {
    const operation = await api.operation(JOB, id);
    if (operation?.outcome != null) return;
    if (operation?.phases.some(({ name }) => name === 'stopping') === true) break;
    await sleep(100, undefined, { signal });
  }
  await stopComponent('worker', 'SIGKILL');
  say(pc.red('  the demo kills the worker (SIGKILL), and starts it again in 2 s'));
  await sleep(2_000, undefined, { signal });
  await startComponent('worker');
}

/** Follows a deploy until it succeeds, then waits until its instance has written records. */
async function finish(operation: OperationRecord, scene: Scene): Promise<void> {
  const ended = await follow(scene.api, operation, scene.signal);
  requireSuccess(ended);
  await sayWhatRuns(scene, ended);
}

async function sayWhatRuns({ api, place, signal }: Scene, ended: OperationRecord): Promise<void> {
  const deployment = (await api.job(JOB))?.deployment;
  if (!deployment) throw new DemoFailure(`${JOB} was deployed but has no deployment`, 'Open it in the Temporal UI.');
  const total = seconds(Date.parse(ended.endedAt ?? '') - Date.parse(ended.acceptedAt));
  const origin = deployment.restorePoint === null ? '' : `, from ${deployment.restorePoint.path}`;
  say(`  ${pc.green(`deployment ${deployment.number} runs after ${total}`)}: ${deployment.applicationId}${origin}`);
  const records = await waitForRecords(place, deployment, RECORDS_TO_SEE, signal);
  const pause = await pauseBefore(place, deployment);
  const handover = ended.handover ? ` (a ${ended.handover.how} handover)` : '';
  say(`  it has written ${records} records${pause === null ? '' : `; nobody wrote for ${seconds(pause)}${handover}`}`);
}

function requireAccepted(answer: DeployAnswer): OperationRecord {
  if (answer.accepted) return answer.operation;
  const { title: what, detail, hint } = answer.problem;
  throw new DemoFailure(`The deploy was refused. ${what}: ${detail}`, hint);
}

function describeAnswer(answer: DeployAnswer): string {
  const time = pc.dim(`(${Math.round(answer.milliseconds)} ms)`);
  if (answer.accepted) return `${pc.green('202 accepted')} ${time} as operation ${answer.operation.id}`;
  const { status, code, detail } = answer.problem;
  return `${pc.yellow(`${status} ${code}`)} ${time} ${detail}`;
}

const describeOperation = ({ kind, id, actor }: OperationRecord): string => `${kind} ${id} of ${actor}`;

const newId = (actor: string): string => `${actor}-${randomUUID().slice(0, 8)}`;
