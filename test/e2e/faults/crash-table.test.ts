/**
 * The worker is killed before and after each thing that an upgrade changes outside. The upgrade goes on as if nothing had
 * happened: one instance at every moment, nothing lost, one application for each deployment, one record in the audit log.
 *
 * Several kills share one upgrade, dealt out so that each phase meets few of them; two jobs with a Sluice of their own take
 * turns at the upgrades, since most of the time is spent waiting for heartbeats to time out.
 *
 * Seen to fail: when staging that is tried again closes the start that the attempt before it took, the upgrade whose worker
 * is killed after the epoch ends `LockLost`, with the old instance stopped and nothing submitted.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import type { Verdict } from '../../../observer/observer.ts';
import { upgradeEffects } from '../../support/outside/effects.ts';
import { holdAt, type Breakpoint } from '../../support/held.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { watch } from '../../support/outside/observer.ts';
import { expectApplications, expectAudited, expectUpgraded } from '../../support/outside/outside.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { newJobName } from '../../support/stack.ts';

const kills = upgradeEffects.flatMap((effect): Breakpoint[] => [
  { effect, when: 'before' },
  { effect, when: 'after' },
]);

/** A READ is tried for a minute and a RECORD for half of one, so neither may meet many kills in one upgrade. */
const UPGRADES = 6;
const upgrades = Array.from({ length: UPGRADES }, (_, index) => ({
  number: index + 1,
  kills: kills.filter((_kill, place) => place % UPGRADES === index),
}));
type Upgrade = (typeof upgrades)[number];

const LANES = 2;

/** The end of an upgrade. */
interface Ended {
  readonly hit: readonly Breakpoint[];
  readonly operation: OperationRecord;
  readonly before: Awaited<ReturnType<JobDriver['deployment']>>;
  readonly after: Awaited<ReturnType<JobDriver['deployment']>>;
}

interface Lane {
  readonly driver: Promise<JobDriver>;
  readonly upgrades: ReadonlyMap<number, Promise<Ended>>;
  readonly verdict: Promise<Verdict>;
}

const sluices: PrivateSluice[] = [];
const lanes: Lane[] = [];

beforeAll(() => {
  for (let lane = 0; lane < LANES; lane += 1) {
    lanes.push(
      travel(
        upgrades.filter(({ number }) => number % LANES === lane),
        `crash-${lane}`,
      ),
    );
  }
});

afterAll(async () => {
  await Promise.all(sluices.map((sluice) => sluice.down()));
});

/** Takes a job through its upgrades, one after the other; each test waits for its own. */
function travel(own: readonly Upgrade[], name: string): Lane {
  const job = newJobName(name);
  const setUp = async () => {
    const releases = await Promise.all([
      publish({ job, version: '1.0.0', program: '1.0.0' }),
      publish({ job, version: '1.1.0', program: '1.1.0' }),
    ]);
    const outsider = await watch(job);
    const sluice = await startPrivateSluice(name);
    sluices.push(sluice);
    const driver = sluice.job(job);
    await driver.succeed('deploy', { id: 'first', release: releases[0] });
    await outsider.counted((await driver.deployment()).applicationId);
    return { outsider, sluice, driver, releases };
  };
  const ready = setUp();
  const ended = new Map<number, Promise<Ended>>();
  let previous: Promise<unknown> = ready;
  for (const [turn, upgrade] of own.entries()) {
    const run = previous.then(async () => {
      const { outsider, sluice, driver, releases } = await ready;
      const result = await upgradeWithKills(sluice, driver, upgrade, releases[(turn + 1) % 2] ?? '');
      await outsider.counted(result.after.applicationId);
      return result;
    });
    ended.set(upgrade.number, run);
    previous = run;
  }
  const verdict = previous.then(async () => (await ready).outsider.conclude({ repeats: 'none' }));
  // Each is awaited by a test of its own, perhaps long after it has failed.
  for (const promise of [...ended.values(), verdict]) promise.catch(() => undefined);
  return { upgrades: ended, verdict, driver: ready.then(({ driver }) => driver) };
}

async function upgradeWithKills(
  sluice: PrivateSluice,
  driver: JobDriver,
  { number, kills: planned }: Upgrade,
  release: string,
): Promise<Ended> {
  const before = await driver.deployment();
  const holds = planned.map((kill) => ({ kill, arrival: holdAt(sluice, kill) }));
  const id = `upgrade-${number}`;
  await driver.signal('deploy', { id, release });
  const hit: Breakpoint[] = [];
  for (const { kill, arrival } of holds) {
    const held = await arrival();
    await sluice.worker.kill('SIGKILL');
    held.cut();
    hit.push(kill);
    await sluice.worker.restart();
  }
  const operation = await driver.ended(id);
  return { hit, operation, before, after: await driver.deployment() };
}

const ended = async (upgrade: Upgrade): Promise<Ended> => {
  const found = lanes.flatMap((lane) => [...lane.upgrades]).find(([number]) => number === upgrade.number);
  if (found === undefined) throw new Error(`no lane took upgrade ${upgrade.number}`);
  return found[1];
};

const TABLE_MS = 900_000;

describe.each(upgrades)('upgrade $number', (upgrade) => {
  test.each(upgrade.kills)(
    'goes on after its worker was killed $when $effect.name',
    async (kill) => {
      expect((await ended(upgrade)).hit).toContain(kill);
    },
    TABLE_MS,
  );

  test(
    'ends as it would have: one application, from its savepoint',
    async () => {
      const { operation, before, after } = await ended(upgrade);
      await expectUpgraded(operation, before, after);
    },
    TABLE_MS,
  );
});

const jobs = Array.from({ length: LANES }, (_, lane) => lane);

test.each(jobs)(
  'over all upgrades of job %i one instance ran at every moment, and nothing was lost or repeated',
  async (lane) => {
    expect((await lanes[lane]!.verdict).problems).toEqual([]);
  },
  TABLE_MS,
);

test.each(jobs)(
  'each deployment of job %i was one application, and each upgrade is in the audit log once',
  async (lane) => {
    const driver = await lanes[lane]!.driver;
    const all = await Promise.all(lanes[lane]!.upgrades.values());
    await expectApplications(driver.job, [
      ...all.map(({ before }) => before.applicationId),
      (await driver.deployment()).applicationId,
    ]);
    await expectAudited(
      driver,
      all.map(({ operation }) => operation),
    );
  },
  TABLE_MS,
);
