/**
 * The runner can fail: each promise is broken once on purpose, and random scenarios find the break. A break is made where
 * a Sluice is put together: around its dependencies and activities, in a function of the domain, or in the bundle's text.
 */
import type fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Dependencies } from '../../src/activities/dependencies/dependencies.ts';
import type { CheckInput } from '../../src/activities/check/checked.ts';
import type * as Poll from '../../src/activities/poll.ts';
import type * as Retiring from '../../src/domain/lock/retiring.ts';
import type * as Fence from '../../src/domain/lock/fence.ts';
import type * as GiveUp from '../../src/domain/lock/give-up.ts';
import type * as Gate from '../../src/domain/lock/gate.ts';
import type * as OwnershipCheck from '../../src/domain/lock/ownership.ts';
import type * as FrameworkSettings from '../../src/domain/deployment/framework-settings.ts';
import type * as Progress from '../../src/domain/restore-points/progress.ts';
import type * as Retention from '../../src/domain/restore-points/retention.ts';
import type { Launch, Launcher } from '../../src/launchers/launcher.ts';
import { brokenTexts } from './broken-texts.ts';
import { openSandbox } from './bundle.ts';
import { play } from './play.ts';
import { scenarios } from './random-stories.ts';
import { fault, HOTFIXED, heldClient, OLDEST, pass, type Scenario, type Step } from './scenario.ts';
import { scenariosUntilBroken } from './scenarios.ts';
import type { Sabotage } from './stage.ts';

const broken = vi.hoisted(() => ({
  fence: false,
  restorePath: false,
  deadlines: false,
  retention: false,
  retiring: false,
  owner: false,
  mark: false,
  revoking: false,
  leases: false,
  standbyWaits: false,
  standbyRestores: false,
  oneOpenGate: false,
}));

vi.mock('../../src/domain/lock/fence.ts', async (original) => {
  const real = await original<typeof Fence>();
  return {
    ...real,
    submitRefusal: (...args: Parameters<typeof real.submitRefusal>) =>
      broken.fence ? null : real.submitRefusal(...args),
    unclosed: (...args: Parameters<typeof real.unclosed>) => (broken.fence ? [] : real.unclosed(...args)),
  };
});
vi.mock('../../src/domain/lock/give-up.ts', async (original) => {
  const real = await original<typeof GiveUp>();
  const leasesOverAt: typeof real.leasesOverAt = (...args) => (broken.leases ? 0 : real.leasesOverAt(...args));
  return { ...real, leasesOverAt };
});
vi.mock('../../src/domain/deployment/framework-settings.ts', async (original) => {
  const real = await original<typeof FrameworkSettings>();
  const frameworkSettings: typeof real.frameworkSettings = (start) =>
    real.frameworkSettings(broken.restorePath ? { ...start, restorePath: null } : start);
  return { ...real, frameworkSettings };
});
vi.mock('../../src/domain/restore-points/retention.ts', async (original) => {
  const real = await original<typeof Retention>();
  const decideRetention: typeof real.decideRetention = (input) =>
    real.decideRetention(input).map((one) => (broken.retention ? { ...one, keptBecause: null } : one));
  return { ...real, decideRetention };
});
vi.mock('../../src/domain/lock/retiring.ts', async (original) => {
  const real = await original<typeof Retiring>();
  const refuseRetiring: typeof real.refuseRetiring = (...args) =>
    broken.retiring ? undefined : real.refuseRetiring(...args);
  return { ...real, refuseRetiring };
});
vi.mock('../../src/domain/lock/ownership.ts', async (original) => {
  const real = await original<typeof OwnershipCheck>();
  const withOwnership: typeof real.withOwnership = (fence, ownership) =>
    broken.owner ? { ...fence, ownership } : real.withOwnership(fence, ownership);
  const refuseForeign: typeof real.refuseForeign = (...args) =>
    broken.owner ? undefined : real.refuseForeign(...args);
  return { ...real, refuseForeign, withOwnership };
});
vi.mock('../../src/domain/restore-points/progress.ts', async (original) => {
  const real = await original<typeof Progress>();
  const newerThan: typeof real.newerThan = (...args) => (broken.mark ? null : real.newerThan(...args));
  const isMarkFinal: typeof real.isMarkFinal = (...args) => broken.mark || real.isMarkFinal(...args);
  return { ...real, newerThan, isMarkFinal };
});
vi.mock('../../src/domain/lock/gate.ts', async (original) => {
  const real = await original<typeof Gate>();
  const withRevoked: typeof real.withRevoked = (gates, ...args) =>
    broken.revoking ? gates : real.withRevoked(gates, ...args);
  const withGate: typeof real.withGate = (gates, admission, at) =>
    broken.revoking
      ? { ...gates, starts: [...gates.starts, { ...admission, gate: 'open', at }] }
      : real.withGate(gates, admission, at);
  const open = (
    gates: Gate.Gates,
    admission: { startKey: string; epoch: number; applicationId: string },
    at: string,
  ) => ({
    ...gates,
    starts: [
      ...gates.starts.filter(({ startKey }) => startKey !== admission.startKey),
      { ...real.gateOf(gates, admission.startKey), ...admission, gate: 'open' as const, at },
    ],
  });
  const withStandby: typeof real.withStandby = (gates, start, at) => {
    const { startKey, epoch, applicationId } = start as Parameters<typeof open>[1]; // activities hand a deployment over
    return broken.standbyWaits
      ? open(gates, { startKey, epoch, applicationId }, at)
      : real.withStandby(gates, start, at);
  };
  const withPromoted: typeof real.withPromoted = (gates, promotion, at) => {
    const { startKey, epoch, applicationId, restore } = promotion;
    if (broken.standbyRestores) return real.withPromoted(gates, { ...promotion, restore: null }, at);
    if (!broken.oneOpenGate) return real.withPromoted(gates, promotion, at);
    const opened = open(gates, { startKey, epoch, applicationId }, at);
    const starts = opened.starts.map((one) => (one.startKey === startKey && restore ? { ...one, restore } : one));
    return { ...opened, starts };
  };
  return { ...real, withGate, withRevoked, withStandby, withPromoted };
});
vi.mock('../../src/activities/poll.ts', async (original) => {
  const real = await original<typeof Poll>();
  const poll: typeof real.poll = (wait, look) =>
    real.poll(broken.deadlines ? { ...wait, deadlineMs: 1e12 } : wait, look);
  return { ...real, poll };
});

/** A setting never reaches an instance. */
function withoutEntry(unwanted: string): Sabotage {
  const deaf = (launcher: Launcher): Launcher => ({
    ...launcher,
    launch: (launch) => launcher.launch({ ...launch, entries: launch.entries.filter(({ key }) => key !== unwanted) }),
  });
  return {
    dependencies: (dependencies) => ({
      ...dependencies,
      clusters: new Map(
        [...dependencies.clusters].map(([name, { launchers, ...cluster }]) => [
          name,
          { ...cluster, launchers: { ...launchers, direct: deaf(launchers.direct!) } },
        ]),
      ),
    }),
  };
}

interface BrokenRule {
  readonly rule: string;
  /** Any of these must be found broken. */
  readonly promises: readonly number[];
  readonly bundle?: (code: string) => string;
  readonly sabotage?: Sabotage;
  readonly switch?: keyof typeof broken;
  /** Default: the scenarios that are played of all. */
  readonly plays?: fc.Arbitrary<Scenario>;
}

const adoptedBy = new Set<string>();

/** An instance that somebody started by hand is adopted, and forgotten together with the workflow. */
const adoptions = scenarios.map((scenario): Scenario => {
  const asks = { do: 'ask', sluice: 0, door: 'update', id: 'new' } as const;
  const steps: Step[] = [
    { do: 'stranger', cluster: 'yarn-a' },
    pass(1_000),
    { ...asks, kind: 'adopt', payload: { release: 'clicks/1.0.0' } },
    pass(10_000),
    { do: 'workflow', sluice: 0, how: 'terminate', back: 0 },
    { ...asks, kind: 'deploy', payload: { release: 'clicks/1.1.0' } },
    pass(20_000),
  ];
  return { ...scenario, steps: [...steps, ...scenario.steps] };
});

/** A hotfix is asked for, and a release after it. */
const hotfixes = scenarios.map((scenario): Scenario => {
  const asks = { do: 'ask', sluice: 0, door: 'update', id: 'new' } as const;
  const passes = pass(10_000);
  const steps: Step[] = [
    { ...asks, kind: 'deploy', payload: { release: 'clicks/1.0.0' } },
    passes,
    { ...asks, kind: 'hotfix', payload: { set: { [HOTFIXED]: 'hot-1' } } },
    passes,
    { ...asks, kind: 'deploy', payload: { release: 'clicks/1.1.0' } },
    passes,
  ];
  return { ...scenario, steps: [...steps, ...scenario.steps] };
});

/** A worker stops between the fence and the submit, and goes on after another run has closed its start. */
const lateSubmits = scenarios.map((scenario): Scenario => {
  const stops: Step = { do: 'catch', sluice: 0, when: 'before', effect: 'submit', how: 'pause', ms: 80_000 };
  const comes: Step[] = [pass(4_000), { do: 'workflow', sluice: 0, how: 'terminate', back: 0 }];
  const asks = { do: 'ask', sluice: 0, door: 'update', kind: 'deploy', id: 'new' } as const;
  const deploy: Step = { ...asks, payload: { release: 'clicks/1.1.0' } };
  return { ...scenario, steps: [stops, deploy, ...comes, deploy, pass(90_000), ...scenario.steps] };
});

/** A launcher is killed while its client is about to submit, which it does when another start runs. */
const lateClients = scenarios.map((scenario): Scenario => {
  const asks = { do: 'ask', sluice: 0, door: 'update', kind: 'deploy', id: 'new' } as const;
  const steps: Step[] = [
    fault('launcherIsHeld'),
    { ...asks, payload: { release: 'clicks/1.0.0', launcher: 'shell-runner' } },
    pass(5_000),
    fault('launcherKilledOutside'),
    pass(60_000),
    { ...asks, payload: { release: 'clicks/1.1.0', launcher: 'direct' } },
    pass(20_000),
    fault('launcherGoesOn'),
    pass(20_000),
  ];
  return { ...scenario, steps: [...steps, ...scenario.steps] };
});

const heldClients = scenarios.map((scenario): Scenario => ({ ...scenario, steps: [...heldClient, ...scenario.steps] }));

/** Restore points are kept for a second, and there are some. */
const forgetful = scenarios.map((scenario): Scenario => {
  const asks = { do: 'ask', sluice: 0, door: 'update', id: 'new' } as const;
  const passes = pass(20_000);
  const deploy: Step = { ...asks, kind: 'deploy', payload: { release: 'clicks/1.1.0' } };
  const steps: Step[] = [deploy, passes, { ...asks, kind: 'savepoint', payload: {} }, passes, deploy, passes];
  return { ...scenario, keep: '1s', steps: [...steps, ...scenario.steps] };
});

/** A person starts from an old savepoint while retention is deleting it. */
const fromTheOldest = scenarios.map((scenario): Scenario => {
  const asks = { do: 'ask', sluice: 0, door: 'update', id: 'new' } as const;
  const steps: Step[] = [
    { ...asks, kind: 'deploy', payload: { release: 'clicks/1.0.0' } },
    pass(20_000),
    { ...asks, kind: 'savepoint', payload: {} },
    pass(5_000),
    { ...asks, kind: 'savepoint', payload: {} },
    pass(500 + (scenario.seed % 4_000)),
    { ...asks, kind: 'restart', payload: { from: OLDEST, discardNewerState: true, stopWith: 'none' } },
    pass(20_000),
  ];
  return { ...scenario, installations: 1, watched: false, releasesWatched: false, keep: '1s', steps };
});

/** Another project publishes a release with the name of a job that runs. */
const takeovers = scenarios.map((scenario): Scenario => {
  const deploy = { do: 'ask', sluice: 0, door: 'update', id: 'new', kind: 'deploy' } as const;
  const passes = pass(10_000);
  const steps: Step[] = [{ ...deploy, payload: { release: 'clicks/1.0.0' } }, passes, { do: 'takeover' }, passes];
  return { ...scenario, steps: [...steps, ...scenario.steps] };
});

/** A start is forgotten by its ResourceManager while it comes up, its containers live on for a while, and somebody deploys. */
const forgottenStarts = scenarios.map((scenario): Scenario => {
  const asks = { do: 'ask', sluice: 0, door: 'update', kind: 'deploy', id: 'new' } as const;
  const steps: Step[] = [
    { ...asks, payload: { release: 'clicks/1.0.0' } },
    pass(12_000),
    { ...asks, payload: { release: 'clicks/1.1.0' } },
    pass(5_200),
    fault('yarnForgetsApplications', 1),
    pass(28_000),
    { ...asks, payload: { release: 'clicks/1.0.0', discardNewerState: true } },
    pass(60_000),
  ];
  return { ...scenario, yarnTakesMs: 1_500, steps: [...steps, ...scenario.steps] };
});

/** The node of the application master is lost under a job that runs. */
const lostNodes = scenarios.map((scenario): Scenario => {
  const asks = { do: 'ask', sluice: 0, door: 'update', kind: 'deploy', id: 'new' } as const;
  const steps: Step[] = [
    { ...asks, payload: { release: 'clicks/1.0.0' } },
    pass(10_000),
    fault('nodeLost'),
    pass(30_000),
  ];
  return { ...scenario, steps };
});

/** The nodes deny everything, and nobody writes down where an application ran. */
const withoutProof: Sabotage = {
  dependencies: ({ s3, ...dependencies }) => ({
    ...dependencies,
    nodesReportWithinMs: 0,
    s3: {
      ...s3,
      put: (key, ...rest) => (key.startsWith('traces/') ? Promise.resolve() : s3.put(key, ...rest)),
    },
    clusters: new Map(
      [...dependencies.clusters].map(([name, { yarn, ...cluster }]) => {
        const containersOnNode: typeof yarn.containersOnNode = () => Promise.resolve([]);
        return [name, { ...cluster, yarn: { ...yarn, containersOnNode } }];
      }),
    ),
  }),
};
/** A job has a savepoint, completes checkpoints, and finishes without anybody seeing it. */
const unseenEnds = scenarios.map((scenario): Scenario => {
  const asks = { do: 'ask', sluice: 0, door: 'update', id: 'new' } as const;
  const steps: Step[] = [
    { ...asks, kind: 'deploy', payload: { release: 'clicks/1.0.0' } },
    pass(5_000),
    { ...asks, kind: 'savepoint', payload: {} },
    pass(60_000),
    fault('jobFinishesUnseen'),
    { ...asks, kind: 'deploy', payload: { release: 'clicks/1.1.0' } },
    pass(20_000),
  ];
  return { ...scenario, steps: [...steps, ...scenario.steps] };
});

/** A release whose program keeps its checkpoints in a folder of its own takes the place of one that runs. */
const ownStorage = scenarios.map((scenario): Scenario => {
  const asks = { do: 'ask', sluice: 0, door: 'update', kind: 'deploy', id: 'new' } as const;
  const steps: Step[] = [
    { ...asks, payload: { release: 'clicks/1.0.0' } },
    pass(5_000),
    { ...asks, payload: { release: 'clicks/own-storage' } },
    pass(30_000),
  ];
  return { ...scenario, steps: [...steps, ...scenario.steps] };
});

/** A checkpoint is to be gone on from several times, and YARN takes its time to end the instance. */
const slowKills = scenarios.map((scenario): Scenario => {
  const asks = { do: 'ask', sluice: 0, door: 'update', kind: 'deploy', id: 'new' } as const;
  const payload = { release: 'clicks/1.0.0', from: 'latest-checkpoint', stopWith: 'none', discardNewerState: true };
  const steps: Step[] = [
    { ...asks, payload: { release: 'clicks/1.0.0' } },
    pass(5_000),
    fault('yarnSlow'),
    ...Array.from({ length: 5 }, (): Step[] => [{ ...asks, payload }, pass(40_000)]).flat(),
  ];
  return { ...scenario, steps: [...steps, ...scenario.steps] };
});

/** An instance that never proves its health is waited for. */
const unproven = scenarios.map((scenario): Scenario => {
  const payload = { release: 'clicks/no-checkpoint' };
  const steps: Step[] = [{ do: 'ask', sluice: 0, door: 'update', kind: 'deploy', id: 'new', payload }, pass(10_000)];
  return { ...scenario, installations: 1, steps };
});

/** A job that Sluice restarts runs for a while before the steps. */
const restarted = (steps: readonly Step[], release = 'clicks/1.0.0') =>
  scenarios.map((scenario): Scenario => {
    const first: Step[] = [
      { do: 'ask', sluice: 0, door: 'update', id: 'new', kind: 'deploy', payload: { release } },
      { do: 'pass', ms: 90_000 },
    ];
    const circumstances = { installations: 1, watched: true, restarts: true } as const;
    return { ...scenario, ...circumstances, steps: [...first, ...steps, ...scenario.steps] };
  });

/** A job with a lease runs for a while before the steps. */
const leased = (steps: readonly Step[]) =>
  restarted(steps).map((scenario): Scenario => ({ ...scenario, leased: true }));

/** A job that runs is upgraded warm. */
const warm = scenarios.map((scenario): Scenario => {
  const deploy = (release: string): Step[] => [
    { do: 'ask', sluice: 0, door: 'update', id: 'new', kind: 'deploy', payload: { release } },
    { do: 'pass', ms: 60_000 },
  ];
  return { ...scenario, installations: 1, warm: true, steps: [...deploy('clicks/1.0.0'), ...deploy('clicks/1.1.0')] };
});

const dies: readonly Step[] = [
  { do: 'fault', name: 'jobManagerDies', how: 0 },
  { do: 'pass', ms: 60_000 },
];
const killedOutside: readonly Step[] = [
  { do: 'fault', name: 'applicationKilledOutside', how: 0 },
  { do: 'pass', ms: 60_000 },
];
const stops: readonly Step[] = [
  { do: 'ask', sluice: 0, door: 'update', id: 'new', kind: 'stop', payload: {} },
  { do: 'pass', ms: 60_000 },
];

/** Every list of applications is empty while `isBlind`. */
const blind = (dependencies: Dependencies, isBlind: () => boolean): Dependencies => ({
  ...dependencies,
  clusters: new Map(
    [...dependencies.clusters].map(([name, { yarn, ...cluster }]) => {
      const applications: typeof yarn.applications = async (query) => (isBlind() ? [] : yarn.applications(query));
      return [name, { ...cluster, yarn: { ...yarn, applications } }];
    }),
  ),
});

/** Objects that are removed one by one stay where `isMeant`. */
const leftInPlace = (isMeant: (key: string) => boolean): Sabotage => ({
  dependencies: ({ s3, ...dependencies }) => ({
    ...dependencies,
    s3: { ...s3, remove: (key) => (isMeant(key) ? Promise.resolve() : s3.remove(key)) },
  }),
});

const withoutNeed = ({ request, ...check }: CheckInput): CheckInput => ({
  ...check,
  request: { ...request, needsState: false },
});

const rules: readonly BrokenRule[] = [
  {
    rule: 'the fence lets everybody submit, and nobody looks for what lives',
    promises: [1],
    switch: 'fence',
    sabotage: {
      dependencies: (dependencies) => blind(dependencies, () => true),
    },
  },
  {
    rule: 'the configuration of a closed start is left in place',
    promises: [1],
    plays: lateSubmits,
    sabotage: { ...leftInPlace((key) => key.startsWith('staging/')), withoutGate: true },
  },
  {
    rule: 'the staged gate of a closed start is left in place',
    promises: [1],
    plays: lateClients,
    sabotage: { ...leftInPlace((key) => key.endsWith('/gate')), withoutGate: true },
  },
  {
    rule: 'the gate of a closed start stays open, and its configuration in place',
    promises: [1],
    plays: lateSubmits,
    switch: 'revoking',
    sabotage: leftInPlace((key) => key.startsWith('staging/')),
  },
  {
    rule: 'JVMs read no gate',
    promises: [1],
    plays: heldClients,
    sabotage: { withoutGate: true },
  },
  {
    rule: 'absence of evidence is taken for death',
    promises: [1],
    plays: forgottenStarts,
    sabotage: withoutProof,
  },
  {
    rule: "a person's decision about lost nodes is not heeded",
    promises: [6],
    plays: lostNodes,
    bundle: brokenTexts.lostNodes,
  },
  {
    rule: 'a restore point goes although it is needed',
    promises: [2],
    plays: forgetful,
    switch: 'retention',
  },
  {
    rule: 'a start does not look whether its restore point is being deleted',
    promises: [2],
    plays: fromTheOldest,
    switch: 'retiring',
    sabotage: {
      dependencies: (dependencies, { clock }) => ({
        ...dependencies,
        s3: {
          ...dependencies.s3,
          removeAll: async (keys) => {
            await clock.wait(5_000);
            await dependencies.s3.removeAll(keys);
          },
        },
      }),
    },
  },
  {
    rule: 'a turn of retention begins where the cursor is, and forgets where it was',
    promises: [6],
    plays: forgetful,
    sabotage: {
      activities: (activities) => ({
        ...activities,
        retireRestorePoints: async (input) => {
          const turn = await activities.retireRestorePoints(input);
          // A turn without an end would come again and again, in no time.
          await new Promise((resolve) => setTimeout(resolve, 60_000));
          return { ...turn, cursor: null, isDone: false };
        },
      }),
    },
  },
  {
    rule: 'the mark of a job is ignored',
    promises: [2],
    plays: unseenEnds,
    switch: 'mark',
  },
  {
    rule: 'an empty folder is taken for a proof that nothing was completed',
    promises: [2],
    plays: ownStorage,
    sabotage: {
      activities: (activities) => ({
        ...activities,
        endApplication: async (input) => {
          const { progress: _, ended, ...rest } = await activities.endApplication(input);
          return { ...rest, ended: { ...ended, counted: true } };
        },
      }),
    },
  },
  {
    rule: 'the latest checkpoint is chosen before the instance is dead',
    promises: [2],
    plays: slowKills,
    sabotage: {
      activities: (activities) => ({
        ...activities,
        readyStart: async (input) => {
          const ready = await activities.readyStart(input);
          const { last, request } = input.check;
          if (last === null || request.from !== 'latest-checkpoint') return ready;
          return { ...ready, restorePoint: (await activities.retainedCheckpoint({ deployment: last })).highest };
        },
      }),
    },
  },
  {
    rule: 'what was adopted is not guarded as what was started',
    promises: [1],
    plays: adoptions,
    switch: 'fence',
    sabotage: {
      dependencies: (dependencies) => blind(dependencies, () => adoptedBy.size > 0),
      activities: (activities) => ({
        ...activities,
        adoptApplication: async (input) => {
          const adopted = await activities.adoptApplication(input);
          adoptedBy.add(input.operationId);
          return adopted;
        },
      }),
    },
  },
  { rule: 'an instance starts without the state that was chosen', promises: [2], switch: 'restorePath' },
  {
    rule: 'the old instance is killed before its savepoint',
    promises: [3],
    sabotage: {
      activities: (activities, { clusters }) => ({
        ...activities,
        stopWithSavepoint: async (input) => {
          await clusters.get(input.deployment.cluster)?.yarn.kill(input.deployment.applicationId);
          return activities.stopWithSavepoint(input);
        },
      }),
    },
  },
  {
    rule: 'operations that failed are not recorded',
    promises: [4],
    sabotage: {
      activities: (activities) => ({
        ...activities,
        recordOperations: (input) =>
          activities.recordOperations({
            ...input,
            records: input.records.filter(({ outcome }) => outcome === 'succeeded'),
          }),
      }),
    },
  },
  {
    rule: 'an operation is accepted while another one runs',
    promises: [4, 5],
    bundle: brokenTexts.oneOperation,
  },
  {
    rule: 'a wait has no deadline',
    promises: [6],
    plays: unproven,
    switch: 'deadlines',
    bundle: brokenTexts.deadlines,
  },
  {
    rule: 'what was stopped is submitted once more',
    promises: [7],
    sabotage: {
      withoutGate: true,
      activities: (activities, { clusters }) => ({
        ...activities,
        endApplication: async (input) => {
          const ended = await activities.endApplication(input);
          if (input.how !== 'stopped' && input.how !== 'replaced') return ended;
          const { yarn, launchers } = clusters.get(input.deployment.cluster)!;
          const { applicationId } = await yarn.newApplication();
          await resubmit(launchers.direct!, applicationId, input.deployment.applicationId);
          return ended;
        },
      }),
      dependencies: (dependencies) => ({
        ...dependencies,
        clusters: new Map(
          [...dependencies.clusters].map(([name, cluster]) => [
            name,
            { ...cluster, launchers: { direct: remembering(cluster.launchers.direct!) } },
          ]),
        ),
      }),
    },
  },
  {
    rule: 'a setting of the deployment file does not arrive',
    promises: [8],
    sabotage: withoutEntry('metrics.scope.jm'),
  },
  {
    rule: 'the values of a hotfix do not arrive',
    promises: [8],
    plays: hotfixes,
    sabotage: withoutEntry('metrics.scope.tm'),
  },
  {
    rule: 'a deploy forgets the hotfix',
    promises: [8],
    plays: hotfixes,
    sabotage: {
      activities: (activities) => ({
        ...activities,
        readyStart: (input) =>
          activities.readyStart({
            ...input,
            check: {
              ...input.check,
              last: input.check.last && { ...input.check.last, hotfix: null },
            },
          }),
      }),
    },
  },
  {
    rule: 'an instance that did not come up is left alone',
    promises: [9],
    sabotage: {
      activities: (activities) => ({
        ...activities,
        endApplication: (input) =>
          input.how === 'failed'
            ? Promise.resolve({
                ended: { at: new Date().toISOString(), how: input.how, savepoint: null },
                nodes: [],
                warnings: [],
              })
            : activities.endApplication(input),
      }),
    },
  },
  {
    rule: 'a job whose end is not known is called stopped',
    promises: [14],
    bundle: brokenTexts.silence,
  },
  {
    rule: 'a release of another project takes the job over',
    promises: [15],
    plays: takeovers,
    switch: 'owner',
  },
  {
    rule: 'Sluice restarts what a person has stopped',
    promises: [7],
    plays: restarted(stops),
    bundle: brokenTexts.stoppedStaysDown,
  },
  {
    rule: 'Sluice restarts what somebody has killed by other means',
    promises: [7],
    plays: restarted(killedOutside),
    bundle: brokenTexts.handStaysDown,
  },
  {
    rule: 'the budget of restarts has no end',
    promises: [7],
    plays: restarted([dies, dies, dies, dies, dies].flat()),
    bundle: brokenTexts.budget,
  },
  {
    rule: 'a restart by Sluice begins without state',
    promises: [2],
    plays: restarted(dies, 'clicks/no-state'),
    sabotage: {
      activities: (activities) => ({
        ...activities,
        readyStart: (input) => activities.readyStart({ ...input, check: withoutNeed(input.check) }),
      }),
    },
  },
  {
    rule: 'Sluice moves a job whose JVMs give signs of life',
    promises: [1],
    plays: leased([fault('yarnUnreachable', 1), pass(200_000)]),
    bundle: brokenTexts.onlySilent,
  },
  {
    rule: 'JVMs ignore their lease',
    promises: [1],
    plays: leased([fault('clusterCutOff', 1), pass(300_000)]),
    sabotage: { ignoresLease: true },
  },
  {
    rule: 'a start elsewhere does not wait for the lease',
    promises: [1],
    plays: leased([fault('signsAreLost'), fault('yarnUnreachable', 1), pass(300_000)]),
    switch: 'leases',
    bundle: brokenTexts.leaseIsOver,
  },
  {
    rule: 'a standby begins before the old instance has stopped',
    promises: [1],
    plays: warm,
    switch: 'standbyWaits',
  },
  {
    rule: 'a standby begins without the state of the old instance',
    promises: [2],
    plays: warm,
    switch: 'standbyRestores',
  },
  {
    rule: 'a promotion leaves the gate of the old instance open',
    promises: [1],
    plays: warm,
    switch: 'oneOpenGate',
  },
  {
    rule: 'the workflow commands something only when it does not replay',
    promises: [13],
    bundle: brokenTexts.sameInReplay,
  },
];

const launches = new Map<string, Launch>();
const remembering = (launcher: Launcher): Launcher => ({
  ...launcher,
  launch: (one) => {
    launches.set(one.deployment.applicationId, one);
    return launcher.launch(one);
  },
});
async function resubmit(launcher: Launcher, applicationId: string, before: string): Promise<void> {
  const launch = launches.get(before);
  if (!launch) return;
  await launcher.launch({
    ...launch,
    deployment: { ...launch.deployment, applicationId },
    beforeSubmit: () => Promise.resolve(),
  });
}

test.each(rules)('is found: $rule', async ({ rule, promises, bundle, sabotage, plays, switch: on }) => {
  if (on) broken[on] = true;
  try {
    const sandbox = await openSandbox(bundle);
    const found = await scenariosUntilBroken(sandbox, {
      promises,
      runs: 300,
      seed: 20_260_105,
      ...(sabotage ? { sabotage } : {}),
      ...(plays ? { plays } : {}),
    });
    process.stdout.write(`${rule}: promise ${promises.join(' or ')}, found after ${found?.after ?? '?'} scenarios\n`);
    expect(found).not.toBeNull();
    // The same scenario breaks nothing with the rule in force, so the break was the cause.
    if (on) broken[on] = false;
    const control = await play(await openSandbox(), found!.scenario);
    expect(control.broken, control.journal.join('\n')).toEqual([]);
  } finally {
    if (on) broken[on] = false;
  }
});
