/** Scenarios that once broke a promise. Each failed on the code before its mending; its comment names the cause. */
import { expect, test } from 'vitest';
import { openSandbox } from './bundle.ts';
import { play } from './play.ts';
import { BROKEN_HOTFIX, deploy, fault, heldClient, HOTFIXED, pass, plain, type Ask, type Step } from './scenario.ts';

const kill = (payload: Record<string, unknown>): Ask => ({ ...deploy(''), kind: 'kill', payload });

interface Found {
  readonly what: string;
  readonly installations?: number;
  /** Draws the waits between retries and the looks of the watcher. */
  readonly seed?: number;
  readonly yarnTakesMs?: number;
  readonly watched?: boolean;
  readonly releasesWatched?: boolean;
  readonly restarts?: boolean;
  readonly steps: readonly Step[];
}

const found: readonly Found[] = [
  {
    // Both began the same act at the same moment. The one that came second recorded it as failed.
    what: 'two installations that know a job restart it once, and record that once',
    installations: 2,
    seed: 0,
    watched: true,
    releasesWatched: true,
    restarts: true,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { ...deploy(''), sluice: 1, door: 'signal', kind: 'transfer', payload: { project: 'evil' } },
      pass(817),
      { ...deploy(''), door: 'signal', kind: 'transfer', payload: { project: 'evil' } },
      pass(198),
      fault('nodeDecommissioned'),
      pass(20_000),
    ],
  },
  {
    // The second completed a checkpoint and failed before it was seen RUNNING; it counted as one that never ran.
    what: 'the state of an instance that failed early is not lost by the next one that never runs',
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      deploy('clicks/fails-late'),
      pass(60_000),
      deploy('clicks/main-throws'),
      pass(60_000),
    ],
  },
  {
    // The same as above, and somebody asks for the latest checkpoint, which was looked for on the way to the instance before.
    what: 'the checkpoint of an instance that failed early is the latest one',
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      deploy('clicks/fails-late'),
      pass(20_000),
      { ...deploy('clicks/exits'), payload: { release: 'clicks/exits', from: 'latest-checkpoint' } },
      pass(20_000),
    ],
  },
  {
    // The run was still `new` and closed itself as one that nobody needs, with the record that waited for S3.
    what: 'the record of an operation that never got its claim outlives the storage that was away',
    installations: 2,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      fault('storageUnavailable'),
      { ...deploy('clicks/1.0.0'), sluice: 1 },
      pass(420_000),
    ],
  },
  {
    // The stop had no outcome, and the job counted as running on a cluster that nobody could ask.
    what: 'a job is not called running while its cluster is gone and the outcome of its stop unknown',
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      deploy('clicks/1.0.0'),
      fault('flinkUnreachable'),
      pass(49),
      fault('yarnIsGone'),
      pass(400),
    ],
  },
  {
    // Found living when the workflow began anew, it counted as one that had run, and its start without state with it.
    what: 'an instance without state that never ran is no base, though somebody found it living',
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { ...deploy('clicks/main-throws'), payload: { release: 'clicks/main-throws', from: 'fresh' } },
      pass(232),
      { do: 'workflow', sluice: 0, how: 'terminate', back: 0 },
      pass(20_000),
    ],
  },
  {
    // No defect but a false alarm: YARN takes the application, and no container of it can be made.
    what: 'a submit that comes when its start was closed long ago makes an application that cannot run',
    steps: [
      { do: 'catch', sluice: 0, when: 'before', effect: 'submit', how: 'pause', ms: 80_000 },
      deploy('clicks/1.0.0'),
      pass(3_000),
      { do: 'workflow', sluice: 0, how: 'terminate', back: 0 },
      deploy('clicks/1.1.0'),
      pass(90_000),
    ],
  },
  {
    // The gate went only when the launcher was confirmed dead, so a silent cluster could still get the instance of a start
    // that had failed. And once it answered, a launcher that lived on kept the job unreachable.
    what: 'a launcher whose cluster fell silent submits nothing that can run, and is ended when it answers again',
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      fault('launcherIsHeld'),
      { ...deploy('clicks/1.1.0'), payload: { release: 'clicks/1.1.0', launcher: 'shell-runner' } },
      pass(300),
      fault('yarnTruncates', 1),
      pass(25_000),
    ],
  },
  {
    // The run that had seen it running was forgotten, so its base was unknown, and the last deploy began with nothing.
    what: 'the state of an instance that nobody remembers running is found by what it left',
    yarnTakesMs: 1_500,
    steps: [
      deploy('clicks/1.0.0'),
      pass(3_000),
      { do: 'workflow', sluice: 0, how: 'terminate', back: 0 },
      { ...deploy('clicks/1.0.0'), kind: 'savepoint', payload: {} },
      pass(30_000),
      {
        ...deploy('clicks/main-throws'),
        payload: { release: 'clicks/main-throws', from: 'fresh', stopWith: 'none', discardNewerState: true },
      },
      pass(60_000),
    ],
  },
  {
    // The run that fenced its start off left the gate, so a minute later the launcher's client submitted beside the other.
    what: 'a launcher whose start was fenced off makes no instance beside what somebody started meanwhile',
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      fault('launcherIsHeld'),
      { ...deploy('clicks/1.0.0'), payload: { release: 'clicks/1.0.0', launcher: 'shell-runner' } },
      pass(400),
      { do: 'workflow', sluice: 0, how: 'terminate', back: 0 },
      pass(20_000),
      { do: 'stranger', cluster: 'yarn-a' },
      { ...deploy('clicks/1.0.0'), kind: 'adopt' },
      pass(61_000),
    ],
  },
  {
    // The late attempt's checks failed, and it closed the start that its successor had taken: `failed`, while it ran.
    what: 'an attempt of a start that comes late leaves the start of its successor alone',
    seed: 0,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { do: 'catch', sluice: 0, when: 'before', effect: 'reservation', how: 'pause', ms: 10_437 },
      { ...deploy('clicks/1.0.0'), door: 'signal' },
      pass(0),
      { ...deploy('clicks/1.0.0'), door: 'signal' },
      pass(35),
      { do: 'ask', sluice: 0, door: 'signal', kind: 'restart', payload: {}, id: 'new' },
      pass(20_000),
    ],
  },
  {
    // The proof of the second Sluice took the end that the first one's kill had announced for one that had been seen.
    what: 'a kill that a silent cluster does not answer ends the job for no Sluice',
    installations: 2,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { do: 'ask', sluice: 1, door: 'signal', kind: 'hotfix', payload: { set: { 'job.parallelism': 2 } }, id: 'new' },
      fault('yarnUnreachable', 1),
      { do: 'ask', sluice: 0, door: 'update', kind: 'kill', payload: {}, id: 'new' },
      pass(30_000),
    ],
  },
  {
    // An application was killed while ACCEPTED, and the next one came while its container lingered, which no look had seen.
    what: 'an application that is killed before it registered is dead only when its node says so',
    yarnTakesMs: 400,
    steps: [
      deploy('clicks/1.0.0'),
      pass(8_000),
      fault('containersLinger', 2),
      deploy('clicks/1.1.0'),
      pass(2_000),
      { do: 'workflow', sluice: 0, how: 'cancel', back: 0 },
      pass(60_000),
    ],
  },
  {
    // The claim of the kill ended the instance without the decision, and failed before the kill was reached: for ever.
    what: 'a job whose node is lost for good is killed by force, and deployed again',
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      fault('nodeLost'),
      deploy('clicks/1.1.0'),
      pass(60_000),
      kill({ force: true }),
      pass(30_000),
      deploy('clicks/1.1.0'),
      pass(30_000),
    ],
  },
  {
    // The node that hosted a TaskManager was known by its address, which YARN blanks once the node has left.
    what: 'a job that dies after one of its nodes has left in good order is failed, and not locked',
    watched: true,
    steps: [
      deploy('clicks/1.0.0'),
      pass(30_000),
      fault('nodeDecommissioned', 1),
      pass(60_000),
      fault('jobFails'),
      pass(60_000),
      deploy('clicks/1.1.0'),
      pass(30_000),
    ],
  },
  {
    // The start counted as lost at once, and as dead because the nodes that had registered by then knew nothing of it.
    what: 'a start that its ResourceManager has forgotten is not replaced while its containers live',
    yarnTakesMs: 1_500,
    steps: [
      deploy('clicks/1.0.0'),
      pass(12_000),
      deploy('clicks/1.1.0'),
      pass(5_200),
      fault('yarnForgetsApplications', 1),
      pass(200_000),
    ],
  },
  {
    // Nothing but kill was allowed, and every kill failed, for as long as the cluster was gone.
    what: 'a job whose cluster is gone for good is given up, and deployed elsewhere',
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      fault('yarnIsGone'),
      deploy('clicks/1.2.0-b'),
      pass(60_000),
      kill({ force: true }),
      pass(30_000),
      kill({ force: true, giveUp: true, reason: 'the cluster burned down' }),
      pass(60_000),
      deploy('clicks/1.2.0-b'),
      pass(60_000),
    ],
  },
  {
    // The silence of the cluster where the job had run counted, although nothing of it was left open there.
    what: 'a stopped job whose cluster is gone for good is deployed elsewhere',
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { ...deploy(''), kind: 'stop', payload: {} },
      pass(10_000),
      fault('yarnIsGone'),
      deploy('clicks/1.2.0-b'),
      pass(60_000),
    ],
  },
  {
    // Each of them wrote the end into the audit log.
    what: 'two Sluices that see the end of one instance record it once',
    installations: 2,
    watched: true,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { ...deploy(''), sluice: 1, door: 'signal', kind: 'hotfix', payload: { set: { 'taskManager.memory': '2g' } } },
      { do: 'worker', sluice: 0, how: 'kill', ms: 0 },
      pass(400),
      { ...deploy(''), door: 'signal', kind: 'rollback', payload: {} },
      { do: 'cancel', sluice: 0, door: 'signal', known: true },
      pass(800),
      fault('jobFinishesUnseen'),
      { ...deploy(''), door: 'signal', kind: 'resume', payload: {} },
      { do: 'cancel', sluice: 0, door: 'signal', known: true },
      pass(20_000),
    ],
  },
  {
    // The recorded exception: an instance may run beside the next one, and is ended as soon as its cluster shows it.
    what: 'an instance that was given up and turns up again is ended',
    watched: true,
    steps: [
      deploy('clicks/1.0.0'),
      pass(20_000),
      fault('yarnAndItsNodesSilent', 1),
      pass(60_000),
      kill({ force: true, giveUp: true, reason: 'the cluster seems gone' }),
      pass(60_000),
      deploy('clicks/1.2.0-b'),
      pass(60_000),
      { do: 'heal' },
      pass(120_000),
    ],
  },
  {
    // The newest checkpoint was chosen while the old instance still completed checkpoints.
    what: 'the latest checkpoint is chosen when nothing newer can come',
    steps: [
      deploy('clicks/1.0.0'),
      pass(15_227),
      {
        ...deploy('clicks/1.0.0'),
        payload: { release: 'clicks/1.0.0', from: 'latest-checkpoint', stopWith: 'none', discardNewerState: true },
      },
      pass(20_000),
    ],
  },
  {
    // Flink deletes the checkpoints of a job that a stop with a savepoint has finished.
    what: 'a checkpoint that the stop would delete is refused before the stop',
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      fault('flinkSlow', 5),
      {
        ...deploy('clicks/1.0.0'),
        payload: { release: 'clicks/1.0.0', from: 'latest-checkpoint', discardNewerState: true },
      },
      pass(20_000),
    ],
  },
  {
    // The stop had finished the job, so that the newest checkpoint in S3 was one of the branch before.
    what: 'the latest checkpoint is not one of an older branch',
    installations: 2,
    yarnTakesMs: 250,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { ...deploy('clicks/1.0.0'), door: 'signal' },
      pass(75),
      { do: 'workflow', sluice: 0, how: 'cancel', back: 0 },
      pass(187),
      {
        ...deploy('clicks/1.0.0'),
        sluice: 1,
        door: 'signal',
        payload: { release: 'clicks/1.0.0', from: 'latest-checkpoint', discardNewerState: true },
      },
      pass(0),
      { do: 'workflow', sluice: 0, how: 'terminate', back: 0 },
      pass(20_000),
    ],
  },
  {
    // The folder of the job was empty, so Sluice went back from the savepoint, and the output was written again.
    what: 'nobody goes back from a checkpoint that lies in a folder of the program',
    steps: [deploy('clicks/1.0.0'), pass(5_000), deploy('clicks/own-storage'), pass(30_000)],
  },
  {
    what: 'nobody goes back from a checkpoint that the program lets Flink delete',
    steps: [deploy('clicks/1.0.0'), pass(5_000), deploy('clicks/own-retention'), pass(30_000)],
  },
  {
    // Flink had deleted the checkpoints, so the next start went on from the savepoint of an hour ago.
    what: 'an old savepoint is not the newest state of a job that has finished unseen',
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { ...deploy('clicks/1.0.0'), kind: 'savepoint', payload: {} },
      pass(60_000),
      fault('jobFinishesUnseen'),
      deploy('clicks/1.1.0'),
      pass(20_000),
    ],
  },
  {
    what: 'a job that somebody stopped with tools of Flink goes on from that savepoint',
    steps: [
      deploy('clicks/1.0.0'),
      pass(30_000),
      fault('jobStoppedByHand'),
      pass(1_000),
      deploy('clicks/1.1.0'),
      pass(20_000),
    ],
  },
  {
    // The next look of its start came after all of that, and the end counted as one of an instance that never ran.
    what: 'an instance that ran and finished while its worker was dead is not one that never ran',
    yarnTakesMs: 1_500,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { do: 'worker', sluice: 0, how: 'kill', ms: 0 },
      pass(5_000),
      { do: 'fault', name: 'jobFinishesUnseen', how: 0 },
      pass(30_000),
      deploy('clicks/1.1.0'),
      pass(30_000),
    ],
  },
  {
    // The first called it failed, because it had ended, and restarted it at once.
    what: 'a job that another Sluice has stopped is not restarted by the first',
    seed: 1_821_373,
    installations: 2,
    releasesWatched: true,
    restarts: true,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { ...deploy(''), sluice: 1, door: 'signal', kind: 'resume', payload: {} },
      { ...deploy(''), kind: 'stop', payload: {} },
      pass(79),
      { ...deploy(''), sluice: 1, door: 'signal', kind: 'stop', payload: {} },
      { ...deploy('clicks/1.0.0'), payload: { release: 'clicks/1.0.0', launcher: 'shell-runner' } },
      pass(20_000),
    ],
  },
  {
    // The workflow was lost before Flink answered, and the savepoint was taken for one of Flink's own tools.
    what: 'nobody goes on from the drained savepoint of a stop that was lost',
    seed: 0,
    releasesWatched: true,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { ...deploy(''), door: 'signal', kind: 'stop', payload: { drain: true } },
      pass(36),
      { do: 'workflow', sluice: 0, how: 'terminate', back: 0 },
      pass(400),
    ],
  },
  {
    // The second Sluice found it over, and did not say who had ended it.
    what: 'what somebody has killed by other means is not restarted by a Sluice that only finds it over',
    seed: 0,
    installations: 2,
    releasesWatched: true,
    restarts: true,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      {
        ...deploy(''),
        sluice: 1,
        door: 'signal',
        kind: 'hotfix',
        payload: { set: { 'taskManager.memory': '2g' }, from: 'latest-savepoint' },
      },
      { do: 'fault', name: 'applicationKilledOutside', how: 0 },
    ],
  },
  {
    // An operation of a person met its end, and took it for one that came by itself.
    what: 'what somebody has killed by other means is not restarted after an operation that met its end',
    restarts: true,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { do: 'fault', name: 'flinkSlow', how: 0 },
      deploy('clicks/1.1.0'),
      pass(300),
      { do: 'fault', name: 'applicationKilledOutside', how: 0 },
      pass(60_000),
    ],
  },
  {
    what: 'a job that somebody has cancelled in Flink is not restarted after an operation that met its end',
    restarts: true,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { do: 'fault', name: 'flinkSlow', how: 0 },
      deploy('clicks/1.1.0'),
      pass(1_000),
      { do: 'fault', name: 'jobCancelledByHand', how: 0 },
      pass(60_000),
    ],
  },
  {
    // No defect but a false alarm: the instance that was given up may have run with its hotfix, so deploys kept that.
    what: 'a hotfix that cannot start is replaced where its instance was given up',
    seed: 0,
    yarnTakesMs: 0,
    releasesWatched: true,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { ...deploy(''), door: 'signal', kind: 'hotfix', payload: { set: { [HOTFIXED]: BROKEN_HOTFIX } } },
      { do: 'worker', sluice: 0, how: 'kill', ms: 0 },
      { do: 'worker', sluice: 0, how: 'kill', ms: 0 },
      pass(202),
      { do: 'fault', name: 'yarnIsGone', how: 0 },
      pass(20_000),
      { do: 'workflow', sluice: 0, how: 'terminate', back: 0 },
      pass(20_000),
    ],
  },
  {
    // No defect but a false alarm: YARN had given it no container yet, and the world kept one for it.
    what: 'an application without a container is over at once when it is killed',
    seed: 0,
    yarnTakesMs: 1_500,
    steps: [
      { do: 'fault', name: 'containersLinger', how: 1 },
      deploy('clicks/1.0.0'),
      pass(98),
      { do: 'workflow', sluice: 0, how: 'cancel', back: 0 },
      pass(20_000),
    ],
  },
  {
    // The fence called the start never submitted, and the next start began from nothing.
    what: 'an instance that its ResourceManager has forgotten is not one that never ran',
    yarnTakesMs: 1_500,
    steps: [
      deploy('clicks/own-storage'),
      pass(3_000),
      { do: 'workflow', sluice: 0, how: 'terminate', back: 0 },
      pass(10_000),
      { do: 'fault', name: 'yarnForgetsApplications', how: 0 },
      pass(1_000_000),
      deploy('clicks/1.1.0'),
      pass(90_000),
    ],
  },
  {
    // The record of the end said nothing of the kill after it, so a run of the other one that doubted its memory restarted the job.
    what: 'a job that one installation killed after its end is not restarted by another',
    installations: 2,
    seed: 0,
    releasesWatched: true,
    restarts: true,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { ...deploy(''), sluice: 1, door: 'signal', kind: 'stop', payload: {} },
      fault('yarnUnreachable', 1),
      pass(0),
      { ...deploy(''), kind: 'failover', payload: {} },
      pass(300),
      fault('nodeDecommissioned'),
      pass(400),
      { ...kill({}), sluice: 1, door: 'signal' },
    ],
  },
  {
    // The same, and the other one settles the end itself, after the kill: its look at the record must tell it of the kill.
    what: 'a job that was killed before another installation saw its end is not restarted by that one',
    installations: 2,
    seed: 0,
    watched: true,
    releasesWatched: true,
    restarts: true,
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { ...deploy(''), sluice: 1, door: 'signal', kind: 'savepoint', payload: {} },
      pass(2_000),
      fault('nodeDecommissioned'),
      pass(3_000),
      { ...kill({}), sluice: 1, door: 'signal' },
      pass(20_000),
    ],
  },
  {
    what: 'nobody goes on from a drained savepoint without having accepted that',
    steps: [
      deploy('clicks/1.0.0'),
      pass(5_000),
      { ...deploy('clicks/1.0.0'), kind: 'stop', payload: { drain: true } },
      pass(20_000),
      { ...deploy('clicks/1.0.0'), kind: 'resume', payload: {} },
      pass(20_000),
    ],
  },
];

test.each(found)('$what', async ({ what: _, ...scenario }) => {
  const { broken, journal } = await play(await openSandbox(), { ...plain, ...scenario });
  expect(broken, journal.join('\n')).toEqual([]);
});

const goneFor = async (name: string): Promise<readonly string[]> => {
  const { what: _, ...scenario } = found.find(({ what }) => what.includes(name))!;
  return (await play(await openSandbox(), { ...plain, ...scenario })).journal;
};
/** The journal up to the moment at which the world heals by itself. */
const story = (journal: readonly string[]): string =>
  journal
    .slice(
      0,
      journal.findIndex((line) => line.includes('the world is healed')),
    )
    .join('\n');

test('the way out of a lost node is a kill by force, which succeeds the first time', async () => {
  const told = story(await goneFor('node is lost for good'));
  expect(told).toMatch(/recorded kill one-3 .*: succeeded/);
  expect(told).toMatch(/recorded deploy one-4 .*: succeeded/);
});

test('a job is not locked by a node that left in good order', async () => {
  expect(story(await goneFor('left in good order'))).toMatch(/recorded deploy one-2 .*: succeeded/);
});

test('to give up needs a word of its own, is recorded with its reason, and lets the job go on', async () => {
  const told = story(await goneFor('cluster is gone for good'));
  expect(told).toMatch(/recorded kill one-3 .*: failed ApplicationNotEnding/);
  expect(told).toMatch(/was given up by one-4: the cluster burned down/);
  expect(told).toMatch(/recorded kill one-4 .*: succeeded/);
  expect(told).toMatch(/recorded deploy one-5 .*: succeeded/);
});

test('an instance that turns up again after it was given up is killed without anybody asking', async () => {
  const told = story(await goneFor('turns up again'));
  const [, application] = /(application_\S+) was given up by/.exec(told) ?? [];
  expect(told).toContain(`${application ?? '?'} ended: KILLED`);
});

test('what somebody started by hand is adopted with its state, and a deploy goes on from it', async () => {
  const steps: Step[] = [
    { do: 'stranger', cluster: 'yarn-a' },
    pass(10_000),
    { ...deploy('clicks/1.0.0'), kind: 'adopt' },
    pass(20_000),
    deploy('clicks/1.1.0'),
    pass(20_000),
  ];
  const { broken, journal } = await play(await openSandbox(), { ...plain, steps });
  expect(broken, journal.join('\n')).toEqual([]);
  const told = journal.join('\n');
  expect(told).toContain('is adopted, epoch 1');
  expect(told).toMatch(/started: clicks\/1\.1\.0 from s3:\/\/sluice\/savepoints\//);
});

test('a job that fails while it is watched is ended by its Sluice, which was told so', async () => {
  const steps: Step[] = [deploy('clicks/1.0.0'), pass(20_000), fault('jobFails'), pass(60_000)];
  const { broken, journal } = await play(await openSandbox(), { ...plain, watched: true, steps });
  const before = journal.slice(
    0,
    journal.findIndex((line) => line.includes('the world is healed')),
  );
  expect(before.join('\n')).toMatch(/ended: KILLED, Flink job FAILED: .* was killed by user sluice/);
  expect(broken).toEqual([]);
});

test('a held client of a terminated workflow submits what never runs beside what somebody started by hand', async () => {
  const { broken, journal } = await play(await openSandbox(), { ...plain, steps: heldClient });
  expect(broken, journal.join('\n')).toEqual([]);
  expect(journal.join('\n')).toContain('whose gate is not open');
});
