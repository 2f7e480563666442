/** Journeys in which each activity is called: what happens before, and the steps in which one of them fails. */
import type { OperationKind } from '../../../src/domain/lifecycle.ts';
import { BROKEN_HOTFIX, HOTFIXED, type Ask, type Scenario, type Step } from '../scenario.ts';

export interface Journey {
  readonly name: string;
  readonly before?: readonly Step[];
  readonly steps: readonly Step[];
  readonly circumstances?: Partial<Omit<Scenario, 'steps'>>;
}

const ask = (kind: OperationKind, payload: Record<string, unknown> = {}): Ask => ({
  do: 'ask',
  sluice: 0,
  door: 'update',
  kind,
  payload,
  id: 'new',
});
const deploy = (release: string, payload: Record<string, unknown> = {}): Ask => ask('deploy', { release, ...payload });
const pass = (ms: number): Step => ({ do: 'pass', ms });
const fault = (name: Extract<Step, { do: 'fault' }>['name'], how = 0): Step => ({ do: 'fault', name, how });

const V1 = 'clicks/1.0.0';
const V2 = 'clicks/1.1.0';
const WIDER = { set: { 'job.parallelism': 4 } };
const running: readonly Step[] = [deploy(V1), pass(20_000)];
const stopped: readonly Step[] = [...running, ask('stop'), pass(20_000)];
const hotfixed: readonly Step[] = [...running, ask('hotfix', { set: { [HOTFIXED]: 'hot-1' } }), pass(20_000)];
const adaptive = { adaptive: true } as const;
const watched = { watched: true } as const;
const warm = { warm: true } as const;
const restarted = { watched: true, restarts: true } as const;

export const journeys: readonly Journey[] = [
  { name: 'a first deploy', steps: [deploy(V1), pass(20_000)] },
  { name: 'an upgrade', before: running, steps: [deploy(V2), pass(20_000)] },
  { name: 'a warm upgrade', before: running, steps: [deploy(V2), pass(20_000)], circumstances: warm },
  {
    name: 'a warm upgrade whose savepoint fails',
    before: running,
    steps: [fault('savepointFails'), deploy(V2), pass(20_000)],
    circumstances: warm,
  },
  {
    name: 'an upgrade with a checkpoint',
    before: running,
    steps: [deploy(V2, { stopWith: 'checkpoint' }), pass(20_000)],
  },
  {
    name: 'an upgrade from nothing',
    before: running,
    steps: [deploy(V2, { stopWith: 'none', from: 'fresh', discardNewerState: true }), pass(20_000)],
  },
  { name: 'a stop', before: running, steps: [ask('stop'), pass(20_000)] },
  { name: 'a stop with a checkpoint', before: running, steps: [ask('stop', { stopWith: 'checkpoint' }), pass(20_000)] },
  { name: 'a stop without a savepoint', before: running, steps: [ask('stop', { stopWith: 'none' }), pass(20_000)] },
  {
    name: 'a stop whose savepoint takes too long',
    before: running,
    steps: [fault('savepointSlow', 3), ask('stop'), pass(150_000)],
  },
  {
    name: 'an upgrade whose savepoint takes too long',
    before: running,
    steps: [fault('savepointSlow', 3), deploy(V2), pass(150_000)],
  },
  { name: 'a kill', before: running, steps: [ask('kill'), pass(20_000)] },
  { name: 'a kill by force', before: running, steps: [ask('kill', { force: true }), pass(20_000)] },
  {
    name: 'a kill by force that takes the place of a deploy',
    before: running,
    steps: [deploy(V2), pass(90), ask('kill', { force: true }), pass(20_000)],
  },
  {
    name: 'a kill that gives up',
    before: [...running, fault('yarnAndItsNodesSilent', 1), pass(60_000)],
    steps: [ask('kill', { force: true, giveUp: true, reason: 'its cluster seems gone' }), pass(60_000)],
    circumstances: watched,
  },
  {
    name: 'the return of an instance that was given up',
    before: [
      ...running,
      fault('yarnAndItsNodesSilent', 1),
      pass(60_000),
      ask('kill', { force: true, giveUp: true, reason: 'its cluster seems gone' }),
      pass(60_000),
    ],
    steps: [{ do: 'heal' }, pass(60_000)],
    circumstances: watched,
  },
  { name: 'a failover', before: running, steps: [ask('failover'), pass(20_000)] },
  {
    name: 'a failback',
    before: [...running, ask('failover'), pass(20_000)],
    steps: [ask('failback'), pass(20_000)],
  },
  {
    name: 'a failover from a silent cluster',
    before: [...running, fault('yarnAndItsNodesSilent', 1), pass(60_000)],
    steps: [ask('failover', { confirmUnfenced: true, reason: 'its cluster seems gone' }), pass(60_000)],
    circumstances: watched,
  },
  {
    name: 'a failover that takes the place of a deploy',
    before: running,
    steps: [deploy(V2), pass(90), ask('failover'), pass(60_000)],
  },
  { name: 'a savepoint', before: running, steps: [ask('savepoint'), pass(20_000)] },
  { name: 'a resume', before: stopped, steps: [ask('resume'), pass(20_000)] },
  { name: 'a restart', before: running, steps: [ask('restart'), pass(20_000)] },
  {
    name: 'a rollback',
    before: [...running, deploy(V2), pass(20_000)],
    steps: [ask('rollback'), pass(20_000)],
  },
  { name: 'a first start that fails', steps: [deploy('clicks/main-throws'), pass(30_000)] },
  {
    name: 'an upgrade that goes back',
    before: running,
    steps: [deploy('clicks/main-throws'), pass(30_000)],
  },
  {
    name: 'an upgrade that fails after a checkpoint',
    before: running,
    steps: [deploy('clicks/fails-late'), pass(30_000)],
  },
  { name: 'an upgrade whose application exits', before: running, steps: [deploy('clicks/exits'), pass(30_000)] },
  {
    name: 'an upgrade that is refused',
    before: running,
    steps: [deploy('clicks/no-queue'), pass(20_000)],
  },
  {
    name: 'an upgrade that is cancelled',
    before: running,
    steps: [
      deploy('clicks/no-checkpoint'),
      pass(3_000),
      { do: 'cancel', sluice: 0, door: 'update', known: true },
      pass(20_000),
    ],
  },
  { name: 'a hotfix', before: running, steps: [ask('hotfix', { set: { [HOTFIXED]: 'hot-1' } }), pass(20_000)] },
  {
    name: 'a hotfix that goes back',
    before: running,
    steps: [ask('hotfix', { set: { [HOTFIXED]: BROKEN_HOTFIX } }), pass(30_000)],
  },
  { name: 'the end of a hotfix', before: hotfixed, steps: [ask('revertHotfix'), pass(20_000)] },
  { name: 'a rescaling', before: running, steps: [ask('hotfix', WIDER), pass(60_000)], circumstances: adaptive },
  {
    name: 'a rescaling without slots',
    before: [...running, fault('slotsAreMissing')],
    steps: [ask('hotfix', WIDER), pass(300_000)],
    circumstances: adaptive,
  },
  {
    name: 'the end of a hotfix that is undone in place',
    before: [...running, ask('hotfix', WIDER), pass(60_000)],
    steps: [ask('revertHotfix'), pass(60_000), ask('restart'), pass(60_000)],
    circumstances: adaptive,
  },
  {
    name: 'a rescaling whose workflow is lost',
    before: [
      ...running,
      fault('slotsAreMissing'),
      ask('hotfix', WIDER),
      pass(5_000),
      { do: 'workflow', sluice: 0, how: 'terminate', back: 0 },
    ],
    steps: [ask('recover'), pass(60_000)],
    circumstances: adaptive,
  },
  {
    name: 'an adoption',
    before: [{ do: 'stranger', cluster: 'yarn-a' }, pass(20_000)],
    steps: [ask('adopt', { release: V1 }), pass(20_000)],
  },
  {
    name: 'a recovery',
    before: [...running, { do: 'workflow', sluice: 0, how: 'terminate', back: 0 }],
    steps: [ask('recover'), pass(20_000)],
  },
  {
    name: 'a recovery in the middle of an upgrade',
    before: [...running, deploy(V2), pass(1_000), { do: 'workflow', sluice: 0, how: 'terminate', back: 0 }],
    steps: [ask('recover'), pass(60_000)],
    circumstances: { yarnTakesMs: 1_500 },
  },
  {
    name: 'an upgrade of a workflow without memory',
    before: [...running, { do: 'workflow', sluice: 0, how: 'terminate', back: 0 }],
    steps: [deploy(V2), pass(20_000)],
  },
  {
    name: 'a workflow that begins anew',
    before: [...running, { do: 'workflow', sluice: 0, how: 'terminate', back: 0 }],
    steps: [{ do: 'junk', sluice: 0, kind: 'deploy', what: 0 }, pass(90_000)],
  },
  { name: 'a transfer', before: running, steps: [ask('transfer', { project: 'evil' }), pass(20_000)] },
  { name: "a deploy by Flink's client", steps: [deploy(V1, { launcher: 'shell-runner' }), pass(60_000)] },
  {
    name: "an upgrade by Flink's client",
    before: running,
    steps: [deploy(V2, { launcher: 'shell-runner' }), pass(60_000)],
  },
  {
    name: 'a launcher that submits nothing',
    before: running,
    steps: [fault('launcherDiesBefore'), deploy(V2, { launcher: 'shell-runner' }), pass(60_000)],
  },
  {
    name: 'an upgrade that tidies up',
    before: [...running, ask('savepoint'), pass(20_000), deploy(V2), pass(20_000)],
    steps: [deploy(V1), pass(20_000)],
    circumstances: { keep: '1s' },
  },
  { name: 'a job that fails', before: running, steps: [fault('jobFails'), pass(60_000)], circumstances: watched },
  {
    name: 'Sluice restarts a job that Flink gave up',
    before: running,
    steps: [fault('jobFails'), pass(60_000)],
    circumstances: restarted,
  },
  {
    name: 'Sluice restarts a job whose JobManager died',
    before: running,
    steps: [fault('jobManagerDies'), pass(60_000)],
    circumstances: restarted,
  },
  { name: 'a job that finishes', before: running, steps: [fault('jobFinishes'), pass(60_000)], circumstances: watched },
  {
    name: 'a job that is killed from outside',
    before: running,
    steps: [fault('applicationKilledOutside'), pass(60_000)],
    circumstances: watched,
  },
  {
    name: 'a deploy of a job that has failed unseen',
    before: [...running, fault('jobFails'), pass(1_000)],
    steps: [deploy(V2), pass(20_000)],
  },
  {
    name: 'a kill of a job that has failed unseen',
    before: [...running, fault('jobFails'), pass(1_000)],
    steps: [ask('kill'), pass(20_000)],
  },
  {
    name: 'a cluster that is silent for a while',
    before: running,
    steps: [fault('yarnUnreachable', 1), pass(90_000), { do: 'heal' }, pass(120_000)],
    circumstances: watched,
  },
  {
    name: 'a kill of a job whose cluster is silent for a while',
    before: running,
    steps: [fault('yarnUnreachable', 1), ask('kill'), pass(90_000), { do: 'heal' }, pass(120_000)],
  },
  {
    name: 'a plan',
    before: running,
    steps: [{ do: 'plan', sluice: 0, kind: 'deploy', payload: { release: V2 } }, pass(20_000)],
  },
  {
    name: 'a release that asks to be deployed',
    steps: [...running, { do: 'takeover' }, pass(90_000)],
    circumstances: { releasesWatched: true },
  },
];
