/**
 * A deployment file that asks for automatic failover gets a lease where the installation has the part in the JVMs, and a warning
 * where it has not. Seen to fail: with a lease for every file; with the lease of a worker that came second.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Dependencies } from '../../../src/activities/dependencies/dependencies.ts';
import { createActivities } from '../../../src/activities/index.ts';
import { checkStart } from '../../../src/activities/check/check-start.ts';
import type { Checked } from '../../../src/activities/check/checked.ts';
import { stagedConfigKey } from '../../../src/domain/identity/storage-keys.ts';
import { readDeployment } from '../../../src/records/deployments.ts';
import type { Launcher } from '../../../src/launchers/launcher.ts';
import { deployment } from '../../support/deployment.ts';
import { createWorld, type World } from '../../world/world.ts';
import { firstStart } from './first-start.ts';

const job = 'clicks-dev';
let world: World;

beforeEach(async () => {
  world = await createWorld();
  world.publish('clicks/manual', [job]);
  const placement = '{cluster: yarn-a, backups: [yarn-b]}';
  world.publish('clicks/automatic', [job], { placement, recovery: '{failover: {mode: automatic}}' });
});
afterEach(() => world.close());

const warningsOf = async (release: string, dependencies = world.dependencies): Promise<readonly string[]> => {
  const fence = () => Promise.resolve({ epoch: 0, starts: [] });
  const { warnings } = await new MockActivityEnvironment().run<[], Checked, () => Promise<Checked>>(() =>
    checkStart(
      dependencies,
      firstStart(job, { release, launcher: null }),
      fence as unknown as Parameters<typeof checkStart>[2], // all of it that the checks of a first start read
    ),
  );
  return warnings.filter((warning) => warning.includes('lease'));
};

/** The same installation, whose configuration names no `agent`. */
function withoutAgent({ clusters, ...dependencies }: Dependencies): Dependencies {
  const bare = (launcher: Launcher): Launcher => ({ ...launcher, isGated: false, leaseOf: () => null });
  return {
    ...dependencies,
    clusters: new Map(
      [...clusters].map(([name, { launchers, ...cluster }]) => [
        name,
        { ...cluster, launchers: { ...launchers, direct: bare(launchers.direct!) } },
      ]),
    ),
  };
}

test('only a file with automatic failover has a lease', () => {
  const { direct } = world.dependencies.clusters.get('yarn-a')!.launchers;
  const asks = (mode: 'manual' | 'automatic') =>
    direct!.leaseOf({ recovery: { failover: { mode } } } as Parameters<Launcher['leaseOf']>[0]); // all that it reads
  expect([asks('automatic'), asks('manual')]).toEqual([2_000, null]);
});

test('a file with automatic failover is warned about where there is no lease, and nothing else is', async () => {
  const bare = withoutAgent(world.dependencies);
  expect(await warningsOf('clicks/automatic')).toEqual([]);
  expect(await warningsOf('clicks/manual', bare)).toEqual([]);
  expect(await warningsOf('clicks/automatic', bare)).toEqual([
    expect.stringContaining('recovery.failover.mode is automatic, but this installation gives jobs no lease'),
  ]);
});

describe('a start with a lease', () => {
  /** Stages a start and submits it; `stagedBefore` is the configuration that an earlier attempt has staged. */
  const submitted = (stagedBefore: string | null) =>
    new MockActivityEnvironment().run<[], number | null, () => Promise<number | null>>(async () => {
      const activities = createActivities(world.dependencies);
      const check = firstStart(job, { release: 'clicks/automatic', launcher: null });
      const prepare = { startKey: 'first/1', number: 1, runId: 'run-1', running: null, knownEpoch: 0 };
      const { plan, start } = await activities.readyStart({ check, prepare });
      const { startKey, epoch, applicationId, flinkJobId } = start;
      if (stagedBefore !== null) await world.s3.put(stagedConfigKey(job, flinkJobId), stagedBefore);
      const own = { number: 1, operationId: 'first', startKey, epoch, applicationId, flinkJobId };
      const answer = await activities.submitStart({ deployment: { ...deployment, ...plan, ...own }, runId: 'run-1' });
      expect(answer).toMatchObject({ gated: true });
      return answer.lease ?? null;
    });

  test('has it from the worker that wrote its configuration', async () => {
    expect(await submitted(null)).toBe(2_000);
  });

  test('has none where an earlier attempt wrote another configuration', async () => {
    expect(await submitted('"metrics.reporter.sluice.start": "first/1"')).toBeNull();
    expect(await readDeployment(world.s3, job, 1)).toMatchObject({ lease: null });
  });
});
