/** Faults around Sluice, one line each; `how` chooses among variants. */
import { isTerminal } from '../../src/clients/yarn/replies.ts';
import type { FakeFlink, FakeFlinkRoute } from '../fakes/flink.ts';
import type { FakeApplication, FakeYarn, FakeYarnRoute } from '../fakes/yarn.ts';
import type { FakeEnd } from '../fakes/yarn/options.ts';
import { isLauncher } from '../world/launcher.ts';
import type { World } from '../world/world.ts';
import type { Stage } from './stage.ts';
import { giveTurnsAgain, loseTurns } from './turns.ts';

type Fault = (stage: Stage, how: number) => void;

const pick = <T>(list: readonly T[], how: number): T => list[how % list.length]!;
const yarnOf = ({ world }: Stage, how: number): FakeYarn => pick([...world.clusters.values()], how === 0 ? 1 : 0);

/** JobManagers that live, with their application and the job they run. */
export function jobManagers({ world }: Stage): { flink: FakeFlink; application: FakeApplication; jobId: string }[] {
  return [...world.clusters.values()]
    .flatMap(({ applications }) => [...applications.values()])
    .flatMap((application) => {
      const { flink } = application;
      const jobId = flink?.jobs.keys().next().value;
      return flink && jobId !== undefined && !isTerminal(application.state) ? [{ flink, application, jobId }] : [];
    });
}

const eachFlink = (act: (flink: FakeFlink, jobId: string, how: number) => void): Fault => {
  return (stage, how) => {
    for (const { flink, jobId } of jobManagers(stage)) act(flink, jobId, how);
  };
};
const running = (flink: FakeFlink, jobId: string): boolean => flink.jobs.get(jobId)?.state === 'RUNNING';

const yarnRoutes: readonly FakeYarnRoute[] = [
  'newApplication',
  'submit',
  'submit',
  'kill',
  'application',
  'applications',
];
const flinkRoutes: readonly FakeFlinkRoute[] = [
  'stop',
  'stop',
  'savepointStatus',
  'savepoint',
  'jobStatus',
  'checkpoints',
  'requirements',
  'changeRequirements',
];

/** Somebody ends an application without asking Sluice, or it dies. */
function endOutside(
  { world }: Stage,
  application: FakeApplication,
  how: FakeEnd = { state: 'KILLED', diagnostics: 'killed by somebody else' },
): void {
  for (const yarn of world.clusters.values())
    if (yarn.applications.get(application.id) === application) void yarn.end(application.id, how);
}

export const faults = {
  yarnLosesAnswer: (stage, how) => yarnOf(stage, 1).dropAnswerOf(pick(yarnRoutes, how)),
  yarnAnswers500: (stage, how) =>
    yarnOf(stage, 1).answerNext(pick(yarnRoutes, how), { status: 500, text: '<html>Internal Server Error</html>' }),
  yarnAnswersHtml: (stage, how) => yarnOf(stage, how).answerHtml(),
  yarnTruncates: (stage, how) => yarnOf(stage, how).truncateJson(),
  yarnUnreachable: (stage, how) => yarnOf(stage, how).unreachable(),
  yarnSlow: (stage, how) => yarnOf(stage, 1).slow(pick([700, 3_000, 12_000], how)),
  yarnStandby: (stage, how) => yarnOf(stage, 1).standby(how % 2 === 0 ? null : 'http://127.0.0.1:1'),
  yarnRejectsSubmission: (stage) => yarnOf(stage, 1).rejectNextSubmission(),
  yarnForgetsApplications: (stage, how) => {
    const yarn = yarnOf(stage, 1);
    yarn.forgetApplications({ nodesFollow: how % 2 === 0 });
    stage.clock.after(pick([5_000, 40_000], how), () => yarn.nodesRegister());
  },
  yarnAndItsNodesSilent: (stage, how) => silence(yarnOf(stage, how)),
  clusterCutOff: (stage, how) => {
    const yarn = yarnOf(stage, how);
    silence(yarn);
    for (const [name, one] of stage.world.clusters) if (one === yarn) stage.world.agent.cutOff.add(name);
  },
  yarnIsGone: (stage) => {
    const yarn = yarnOf(stage, 1);
    yarn.goneForGood = true;
    silence(yarn);
  },
  nodeLost: (stage, how) => takeNode(stage, how, 'LOST'),
  nodeDecommissioned: (stage, how) => takeNode(stage, how, 'DECOMMISSIONED'),
  nodeSilent: (stage, how) => {
    const [node] = yarnOf(stage, 1)
      .nodes.filter(({ state }) => state === 'RUNNING')
      .slice(how % 2);
    if (node) node.isSilent = true;
  },
  containersLinger: (stage, how) => void (yarnOf(stage, 1).containersLinger = pick([500, 4_000, 30_000], how)),
  applicationKilledOutside: (stage) => {
    for (const { application } of jobManagers(stage)) endOutside(stage, application);
  },
  jobManagerDies: (stage) => {
    const how = { state: 'FAILED', diagnostics: 'exited with 137' } as const;
    for (const { application } of jobManagers(stage)) endOutside(stage, application, how);
  },
  flinkLosesAnswer: eachFlink((flink, _job, how) => flink.dropAnswerOf(pick(flinkRoutes, how))),
  flinkUnreachable: eachFlink((flink) => flink.unreachable()),
  flinkSlow: eachFlink((flink, _job, how) => flink.slow(pick([700, 3_000, 12_000], how))),
  flinkAnswersHtml: eachFlink((flink) => flink.answerHtml()),
  flinkForgetsTriggers: eachFlink((flink) => flink.forgetTriggers()),
  savepointFails: eachFlink((flink) => void (flink.savepointMode = 'fails')),
  savepointNeverEnds: eachFlink((flink) => void (flink.savepointMode = 'never')),
  savepointGoodJobFails: eachFlink((flink) => void (flink.savepointMode = 'jobFailsWhileStopping')),
  savepointSlow: eachFlink(
    (flink, _job, how) => void (flink.savepointTakes = pick([900, 20_000, 64_000, 90_000], how)),
  ),
  slotsAreMissing: eachFlink((flink) => void (flink.mostSlots = 2)),
  rescalingSlow: eachFlink((flink, _job, how) => void (flink.rescalingTakes = pick([400, 20_000, 200_000], how))),
  jobFails: eachFlink((flink, jobId) => {
    if (running(flink, jobId)) flink.failJob(jobId);
  }),
  jobCrashLoops: eachFlink((flink, jobId) => {
    if (running(flink, jobId)) flink.crashLoop(jobId);
  }),
  jobFinishes: eachFlink((flink, jobId) => {
    const job = flink.jobs.get(jobId);
    if (job?.state === 'RUNNING') job.state = 'FINISHED';
  }),
  jobCancelledByHand: eachFlink((flink, jobId) => {
    const job = flink.jobs.get(jobId);
    if (job?.state === 'RUNNING') job.state = 'CANCELED';
  }),
  jobFinishesUnseen: (stage) => {
    for (const { flink, application, jobId } of jobManagers(stage)) {
      const job = flink.jobs.get(jobId);
      if (job?.state !== 'RUNNING') continue;
      job.state = 'FINISHED';
      endOutside(stage, application);
    }
  },
  jobStoppedByHand: eachFlink((flink, jobId) => {
    if (running(flink, jobId)) flink.stopByHand(jobId, 's3://sluice/savepoints/clicks');
  }),
  launcherDiesBefore: ({ world }) => void (world.launchers.behaviour = 'diesBefore'),
  launcherDiesAfter: ({ world }) => void (world.launchers.behaviour = 'diesAfter'),
  launcherIsHeld: ({ world }) => void (world.launchers.behaviour = 'isHeld'),
  launcherGoesOn: ({ world }) => letGo(world),
  launcherKilledOutside: ({ world }) => {
    for (const yarn of world.clusters.values()) {
      for (const application of yarn.applications.values()) {
        if (!isLauncher(application) || isTerminal(application.state)) continue;
        void yarn.end(application.id, { state: 'KILLED', diagnostics: 'killed by somebody else' });
      }
    }
  },
  jvmsGetNoAnswer: ({ world }) => void (world.agent.isUnanswered = true),
  signsAreLost: ({ world }) => void (world.agent.losesSigns = true),
  turnsAreLost: loseTurns,
  storageUnavailable: ({ world }) => world.s3.unavailable(),
  storageFailsNext: ({ world }, how) => world.s3.failNext(1 + how),
  storageLosesAnswer: ({ world }) => world.s3.dropAnswerOfNextPut(),
  storageSlow: ({ storage }, how) => void (storage.slowMs = pick([600, 4_000, 9_500], how)),
} as const satisfies Record<string, Fault>;

/** Faults of a launcher that are set before it starts. */
export const launcherFaults = [
  'launcherDiesBefore',
  'launcherDiesAfter',
  'launcherIsHeld',
] as const satisfies (keyof typeof faults)[];

/** Lets every held client go on, whatever has become of its launcher. */
function letGo({ launchers }: World): void {
  launchers.behaviour = 'submits';
  for (const goOn of launchers.held.splice(0)) void goOn();
}

/** Effects of a worker on the outside, told by the request: a worker can be caught exactly before and after each. */
export const effects = {
  claim: /^write operations\//,
  fence: /^write fences\//,
  unstaging: /^remove staging\//,
  staging: /^write staging\//,
  deploymentRecord: /^write deployments\//,
  auditRecord: /^write audit\//,
  reservation: /^POST .*\/new-application$/,
  submit: /^POST .*\/cluster\/apps$/,
  kill: /^PUT .*\/state$/,
  stop: /^POST \/jobs\/[^/]+\/stop$/,
  savepoint: /^POST \/jobs\/[^/]+\/savepoints$/,
} as const satisfies Record<string, RegExp>;

export type EffectName = keyof typeof effects;

export type FaultName = keyof typeof faults;

/** Silences the cluster, while its applications live on. */
function silence(yarn: FakeYarn): void {
  yarn.unreachable();
  yarn.nodesSilent = true;
}

/** Takes a node away for good, with all that runs there; the last one stays. */
function takeNode(stage: Stage, how: number, state: 'LOST' | 'DECOMMISSIONED'): void {
  const yarn = yarnOf(stage, 1);
  const running = yarn.nodes.flatMap((node, index) => (node.state === 'RUNNING' ? [index] : []));
  const index = running[how % 2];
  if (running.length > 1 && index !== undefined) void yarn.takeNode(index, state);
}

/** Makes the world answer again, as well as ever. Dead things stay dead, and a node or cluster that is gone stays away. */
export function heal(stage: Stage): void {
  const { world, storage } = stage;
  world.s3.healthy();
  world.agent.isUnanswered = false;
  world.agent.losesSigns = false;
  world.agent.cutOff.clear();
  world.agent.losesSigns = false;
  storage.slowMs = 0;
  giveTurnsAgain(stage);
  letGo(world);
  for (const yarn of world.clusters.values()) {
    if (yarn.goneForGood) continue;
    yarn.healthy();
    yarn.containersLinger = 0;
    yarn.nodesRegister();
    for (const node of yarn.nodes) if (node.state === 'RUNNING') node.isSilent = false;
  }
  for (const { flink, jobId } of jobManagers(stage)) {
    flink.healthy();
    flink.savepointMode = 'ok';
    flink.savepointTakes = 0;
    flink.mostSlots = Infinity;
    flink.rescalingTakes = 0;
    flink.failPendingSavepoints();
    if (flink.jobs.get(jobId)?.state === 'RESTARTING') flink.restartJob(jobId);
  }
}
