/**
 * How often an operation reads the records of its job: as often as its guards need, and no more. docs/performance.md
 * says what each read is for.
 *
 * Seen to fail: on the code before, which read the fence nine times in each start and listed the deployments three times in
 * the last rollback.
 */
import { Context } from '@temporalio/activity';
import { expect, test, vi } from 'vitest';
import { claimsPrefix, deploymentsPrefix, fenceKey, gatesKey } from '../../../src/domain/identity/storage-keys.ts';
import type { OperationKind } from '../../../src/domain/lifecycle.ts';
import { textOf } from '../../docs/markdown.ts';
import type { Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();

interface Reads {
  readonly fence: number;
  readonly gates: number;
  readonly claims: number;
  /** Records of deployments, one by one. */
  readonly deployments: number;
  /** Lists of all deployments of the job. */
  readonly listings: number;
}

/** Retention reads every record in turns of its own, between operations. */
const isOfOperation = (): boolean => Context.current().info.activityType !== 'retireRestorePoints';

/** Counts what operations ask S3 for while `act` runs. */
async function readsOf(act: () => Promise<unknown>): Promise<Reads> {
  const { s3 } = stage.world;
  const [realGet, realList] = [s3.get.bind(s3), s3.list.bind(s3)];
  const keys: string[] = [];
  const prefixes: string[] = [];
  const get = vi.spyOn(s3, 'get').mockImplementation((key, ...rest) => {
    if (isOfOperation()) keys.push(key);
    return realGet(key, ...rest);
  });
  const list = vi.spyOn(s3, 'list').mockImplementation((prefix, ...rest) => {
    if (isOfOperation()) prefixes.push(prefix);
    return realList(prefix, ...rest);
  });
  await act();
  const below = (prefix: string) => keys.filter((key) => key.startsWith(prefix)).length;
  const reads = {
    fence: below(fenceKey(stage.job)),
    gates: below(gatesKey(stage.job)),
    claims: below(claimsPrefix(stage.job)),
    deployments: below(deploymentsPrefix(stage.job)),
    listings: prefixes.filter((prefix) => prefix === deploymentsPrefix(stage.job)).length,
  };
  get.mockRestore();
  list.mockRestore();
  return reads;
}

async function endsAs(outcome: string, driver: Driver, kind: OperationKind, more: object): Promise<void> {
  expect(await driver.run(kind, { actor: 'ci', ...more })).toMatchObject({ outcome });
}

/**
 * Most reads of each operation. The claim reads the record of what runs, because a change in place takes no epoch; each change of a
 * record reads it first.
 */
const budgets = {
  first: { fence: 6, gates: 1, claims: 1, deployments: 1, listings: 1 },
  upgrade: { fence: 6, gates: 2, claims: 1, deployments: 4, listings: 0 },
  rollback: { fence: 6, gates: 2, claims: 1, deployments: 6, listings: 1 },
  stop: { fence: 2, gates: 1, claims: 1, deployments: 4, listings: 0 },
  failing: { fence: 6, gates: 2, claims: 1, deployments: 3, listings: 0 },
  back: { fence: 5, gates: 1, claims: 1, deployments: 5, listings: 1 },
} as const satisfies Record<string, Reads>;

test('an operation reads the fence, its claim and the deployments as often as it must', async () => {
  await stage.story(async (driver) => {
    const counts = new Map<keyof typeof budgets, Reads>();
    const count = async (name: keyof typeof budgets, kind: OperationKind, more: object, outcome = 'succeeded') => {
      counts.set(name, await readsOf(() => endsAs(outcome, driver, kind, { id: name, ...more })));
    };
    counts.set('first', await readsOf(() => stage.deployed(driver)));
    await count('upgrade', 'deploy', { release: 'clicks/1.1.0' });
    await count('rollback', 'rollback', { from: 'latest-savepoint', discardNewerState: true });
    await count('stop', 'stop', {});
    stage.world.behaviour.set('clicks/1.1.0', 'failsInMain');
    await count('failing', 'deploy', { release: 'clicks/1.1.0' }, 'failed');
    await count('back', 'rollback', { from: 'latest-savepoint' });
    const over = Object.entries(budgets).flatMap(([name, budget]) => {
      const reads = counts.get(name as keyof typeof budgets); // a key of this very table
      const kinds = Object.keys(budget) as (keyof Reads)[]; // as above
      const tooMany = kinds.filter((kind) => reads === undefined || reads[kind] > budget[kind]);
      return tooMany.map(
        (kind) => `${name} reads ${kind} ${reads?.[kind] ?? '?'} times; the budget is ${budget[kind]}`,
      );
    });
    expect(over).toEqual([]);
  });
});

test('docs/performance.md has the same budgets', () => {
  const [, section = ''] = textOf('docs/performance.md').split(
    '# How often an operation reads the records of its job\n',
  );
  const [table = ''] = section.split('\n# ');
  const rows = table.split('\n').filter((line) => /^\| [a-z]/.test(line) && !line.startsWith('| operation'));
  const figures = rows.map((row) =>
    row
      .split('|')
      .slice(2, -1)
      .map((cell) => Number.parseInt(cell, 10)),
  );
  expect(figures).toEqual(Object.values(budgets).map((reads) => Object.values(reads)));
});
