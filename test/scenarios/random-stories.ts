/** Random scenarios: single steps, and sequences of steps that belong together. */
import fc from 'fast-check';
import { launcherFaults } from './faults.ts';
import { ask, cancel, caught, fault, interruption, milliseconds, step, worker } from './random-steps.ts';
import { firstDeploy, type Scenario, type Step } from './scenario.ts';

/** A stranger's program runs where no instance of Sluice does, and is to be adopted. */
const adoption: fc.Arbitrary<Step[]> = fc
  .tuple(fc.boolean(), fc.constantFrom('yarn-a', 'yarn-a', 'yarn-b'), fc.integer({ min: 0, max: 2_000 }), milliseconds)
  .map(([first, cluster, soon, later]) => {
    const asks = { do: 'ask', sluice: 0, door: 'update', id: 'new' } as const;
    const kill: Step[] = [
      { ...asks, kind: 'kill', payload: {} },
      { do: 'pass', ms: 30_000 },
    ];
    return [
      ...(first ? kill : []),
      { do: 'stranger', cluster },
      { do: 'pass', ms: soon },
      { ...asks, kind: 'adopt', payload: { release: 'clicks/1.0.0' } },
      { do: 'pass', ms: later },
    ];
  });

/** A deploy whose launcher does something else than it should, and what befalls the deploy meanwhile. */
const launching: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.constantFrom(...launcherFaults),
    fc.constantFrom('clicks/1.0.0', 'clicks/1.1.0', 'clicks/main-throws'),
    fc.integer({ min: 0, max: 8_000 }),
    fc.oneof(fault, worker, interruption, cancel, ask),
    milliseconds,
  )
  .map(([name, release, soon, then, later]) => [
    { do: 'fault', name, how: 0 },
    {
      do: 'ask',
      sluice: 0,
      door: 'update',
      kind: 'deploy',
      payload: { release, launcher: 'shell-runner' },
      id: 'new',
    },
    { do: 'pass', ms: soon },
    then,
    { do: 'pass', ms: later },
  ]);

/** A person moves a job whose cluster has fallen silent, and it comes back sooner or later. */
const moving: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.constantFrom('yarnUnreachable' as const, 'yarnAndItsNodesSilent' as const, 'clusterCutOff' as const),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 60_000 }),
    fc.constantFrom({}, { confirmUnfenced: true, reason: 'its cluster seems gone' }),
    fc.oneof(fault, worker, interruption, cancel, ask),
    milliseconds,
    fc.boolean(),
  )
  .map(([name, how, soon, payload, then, later, goesBack]) => {
    const asks = { do: 'ask', sluice: 0, door: 'update', id: 'new' } as const;
    const back: Step[] = [
      { do: 'heal' },
      { do: 'pass', ms: later },
      { ...asks, kind: 'failback', payload: {} },
      { do: 'pass', ms: 30_000 },
    ];
    return [
      { do: 'fault', name, how },
      { do: 'pass', ms: soon },
      { ...asks, kind: 'failover', payload },
      { do: 'pass', ms: 300 },
      then,
      { do: 'pass', ms: later },
      ...(goesBack ? back : []),
    ];
  });

/** A cluster is lost with all that runs there, for long enough that jobs may leave it by themselves, and comes back. */
const losing: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 20_000, max: 200_000 }),
    fc.oneof(fault, worker, interruption, cancel, ask),
    fc.integer({ min: 0, max: 300_000 }),
    fc.boolean(),
    milliseconds,
  )
  .map(([how, soon, then, later, comesBack, last]) => [
    { do: 'fault', name: 'clusterCutOff', how },
    { do: 'pass', ms: soon },
    then,
    { do: 'pass', ms: later },
    ...(comesBack ? [{ do: 'heal' } as const] : []),
    { do: 'pass', ms: last },
  ]);

/** An operation, and something that goes wrong a moment later, while it runs. */
const trouble: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.option(fc.oneof(fault, caught), { nil: undefined, freq: 2 }),
    ask,
    fc.integer({ min: 0, max: 300 }),
    fc.oneof(fault, worker, interruption, cancel, ask),
    milliseconds,
  )
  .map(([before, asked, soon, then, later]) => [
    ...(before ? [before] : []),
    asked,
    { do: 'pass', ms: soon },
    then,
    { do: 'pass', ms: later },
  ]);

const firstRuns: readonly Step[] = [firstDeploy, { do: 'pass', ms: 5_000 }];

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.nat(0x7fffffff).map((seed) => seed),
  installations: fc.constantFrom(1, 1, 2),
  evictions: fc.constantFrom(0, 0.02, 0.2),
  suggestAfter: fc.constantFrom(4_096, 4_096, 40),
  yarnTakesMs: fc.constantFrom(0, 0, 0, 250, 1_500),
  watched: fc.boolean(),
  turns: fc.boolean(),
  releasesWatched: fc.constantFrom(true, false, false, false),
  keep: fc.constantFrom(null, '1s', '30s'),
  restarts: fc.boolean(),
  leased: fc.boolean(),
  adaptive: fc.boolean(),
  warm: fc.boolean(),
  // Most begin with a job that runs: more can go wrong with it.
  steps: fc
    .tuple(
      fc.constantFrom(true, true, true, false),
      fc.array(
        fc.oneof(
          { weight: 12, arbitrary: step.map((one) => [one]) },
          { weight: 4, arbitrary: trouble },
          { weight: 1, arbitrary: adoption },
          { weight: 1, arbitrary: launching },
          { weight: 1, arbitrary: moving },
          { weight: 1, arbitrary: losing },
        ),
        {
          minLength: 3,
          maxLength: 10,
        },
      ),
    )
    .map(([runs, steps]) => [...(runs ? firstRuns : []), ...steps.flat()]),
});
