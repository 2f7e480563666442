/** Random steps from tables: a new kind of operation or a new fault is one line. */
import fc from 'fast-check';
import { operationKinds, type OperationKind } from '../../src/domain/lifecycle.ts';
import { effects, faults, type EffectName, type FaultName } from './faults.ts';
import { BROKEN_HOTFIX, HOTFIXED, releases, type Step } from './scenario.ts';

const from = fc.constantFrom('latest', 'latest', 'fresh', 'latest-savepoint', 'latest-checkpoint');
const stopWith = fc.constantFrom('savepoint', 'savepoint', 'checkpoint', 'none');

/** Payloads of each kind of operation; a kind without a line has an empty payload. */
const payloads: Partial<Record<OperationKind, fc.Arbitrary<Record<string, unknown>>>> = {
  deploy: fc.record(
    {
      release: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom('clicks/1.0.0', 'clicks/1.1.0') },
        { weight: 2, arbitrary: fc.constantFrom(...Object.keys(releases)) },
      ),
      from,
      stopWith,
      discardNewerState: fc.boolean(),
      launcher: fc.constantFrom('auto', 'direct', 'shell-runner', 'shell-runner'),
    },
    { requiredKeys: ['release'] },
  ),
  stop: fc.record({ stopWith, drain: fc.boolean() }, { requiredKeys: [] }),
  kill: fc.oneof(
    fc.record({ force: fc.boolean() }),
    fc.constant({ force: true }),
    fc.constant({ force: true, giveUp: true, reason: 'its cluster is gone' }),
  ),
  restart: fc.record({ from, stopWith, discardNewerState: fc.boolean() }, { requiredKeys: [] }),
  rollback: fc.record({ from, stopWith, to: fc.integer({ min: 1, max: 4 }) }, { requiredKeys: [] }),
  resume: fc.record({ from }, { requiredKeys: [] }),
  hotfix: fc.record(
    {
      set: fc.oneof(
        {
          weight: 3,
          arbitrary: fc.constantFrom('hot-1', 'hot-2', BROKEN_HOTFIX).map((value) => ({ [HOTFIXED]: value })),
        },
        {
          weight: 1,
          arbitrary: fc.constantFrom<Record<string, string>>(
            { 'taskManager.memory': '2g' },
            { 'upgrade.launcher': 'shell-runner' },
            { 'upgrade.onFailedStart': 'stop' },
            { 'job.jar': 'other.jar' },
          ),
        },
        {
          weight: 3,
          arbitrary: fc.constantFrom<number>(3, 4, 4, 1).map((value) => ({ 'job.parallelism': value })),
        },
      ),
      expiresIn: fc.constantFrom('30s', '1d', '8d'),
      from,
      stopWith,
    },
    { requiredKeys: ['set'] },
  ),
  revertHotfix: fc.record({ from, stopWith }, { requiredKeys: [] }),
  failover: fc.oneof(
    fc.constant({}),
    fc.record({ to: fc.constantFrom('yarn-a', 'yarn-b', 'yarn-b', 'yarn-c') }),
    fc.constant({ confirmUnfenced: true, reason: 'its cluster seems gone' }),
    fc.constant({ confirmUnfenced: true, reason: 'its cluster seems gone' }),
  ),
  transfer: fc.record({ project: fc.constantFrom('evil', 'clicks', 'clicks') }),
};

/** Operations that change most come most often. */
const weights: Partial<Record<OperationKind, number>> = { deploy: 5, stop: 2, resume: 2, hotfix: 2, failover: 2 };
/** Kinds whose payload cannot be empty. */
const saysSomething: ReadonlySet<OperationKind> = new Set(['hotfix', 'transfer']);

const payloadOf = (kind: OperationKind): fc.Arbitrary<Record<string, unknown>> => {
  const arbitrary: fc.Arbitrary<Record<string, unknown>> = payloads[kind] ?? fc.constant({});
  // Most people say as little as they can.
  return kind === 'deploy'
    ? fc.oneof(
        arbitrary,
        arbitrary.map((payload) => ({ release: payload['release'] })),
      )
    : saysSomething.has(kind)
      ? arbitrary
      : fc.oneof(fc.constant({}), arbitrary);
};

const sluice = fc.constantFrom(0, 0, 0, 1);
export const milliseconds = fc.oneof(
  fc.integer({ min: 0, max: 400 }),
  fc.integer({ min: 400, max: 20_000 }),
  fc.integer({ min: 20_000, max: 200_000 }),
);

export const ask: fc.Arbitrary<Step> = fc
  .oneof(...operationKinds.map((kind) => ({ weight: weights[kind] ?? 1, arbitrary: fc.constant(kind) })))
  .chain((kind) =>
    fc.record({
      do: fc.constant('ask' as const),
      sluice,
      door: fc.constantFrom('signal' as const, 'update' as const),
      kind: fc.constant(kind),
      payload: payloadOf(kind),
      id: fc.constantFrom(
        'new' as const,
        'new' as const,
        'new' as const,
        'none' as const,
        'again' as const,
        'reused' as const,
      ),
    }),
  );

export const fault: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('fault' as const),
  name: fc.constantFrom(...(Object.keys(faults) as FaultName[])), // keys of a literal table
  how: fc.nat(9),
});

export const worker: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('worker' as const),
  sluice,
  how: fc.constantFrom('kill' as const, 'pause' as const, 'shutdown' as const),
  ms: fc.integer({ min: 0, max: 90_000 }),
});

export const caught: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('catch' as const),
  sluice,
  when: fc.constantFrom('before' as const, 'after' as const),
  effect: fc.constantFrom(...(Object.keys(effects) as EffectName[])), // keys of a literal table
  how: fc.constantFrom('kill' as const, 'pause' as const, 'pause' as const, 'shutdown' as const),
  ms: fc.integer({ min: 0, max: 90_000 }),
});

export const cancel: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('cancel' as const),
  sluice,
  door: fc.constantFrom('signal' as const, 'update' as const),
  known: fc.constantFrom(true, true, true, false),
});

export const interruption: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('workflow' as const),
  sluice,
  how: fc.constantFrom('terminate' as const, 'reset' as const, 'cancel' as const),
  back: fc.nat(2),
});

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: ask },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: milliseconds }) },
  { weight: 4, arbitrary: fault },
  { weight: 1, arbitrary: fc.constant({ do: 'heal' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'takeover' as const }) },
  { weight: 1, arbitrary: worker },
  { weight: 1, arbitrary: caught },
  { weight: 1, arbitrary: cancel },
  { weight: 1, arbitrary: interruption },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('junk' as const),
      sluice,
      kind: fc.constantFrom(...operationKinds),
      what: fc.nat(20),
    }),
  },
);
