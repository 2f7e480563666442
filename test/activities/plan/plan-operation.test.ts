/**
 * A plan stays small on its way through Temporal, and carries no secret.
 *
 * Seen to fail: without the limits, a plan of a thousand long options has more than 64 KiB; without `redact`, the diff shows
 * a password.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../../src/activities/index.ts';
import type { PlanOperationInput } from '../../../src/activities/plan/plan-operation.ts';
import { Plan, type PlanBasis } from '../../../src/domain/plan/plan.ts';
import { firstStart } from '../start/first-start.ts';
import { createWorld, type World } from '../../world/world.ts';

const job = 'clicks-dev';
let world: World;
beforeEach(async () => void (world = await createWorld()));
afterEach(() => world.close());

const basis: PlanBasis = {
  revision: '0'.repeat(32),
  proven: true,
  state: 'new',
  epoch: 0,
  current: null,
  previous: null,
  refusal: null,
};

async function planned(release: string): Promise<{ plan: Plan; text: string }> {
  const input: PlanOperationInput = {
    job,
    request: { kind: 'deploy', release },
    basis,
    seen: { state: 'new', current: null, previous: null, problem: null, warnings: [] },
    check: { ...firstStart(job, { release, launcher: null }), operationId: 'planned' },
    plannedAt: '2026-01-01T00:00:00.000Z',
  };
  const environment = new MockActivityEnvironment();
  const plan = await environment.run<[], Plan, () => Promise<Plan>>(() =>
    createActivities(world.dependencies).planOperation(input),
  );
  return { plan: Plan.parse(plan), text: JSON.stringify(plan) };
}

test('a plan of a thousand long options is cut, says so, and fits into a payload', async () => {
  const options = Array.from({ length: 1_000 }, (_, index) => `my.option-${index}: ${'x'.repeat(200)}`);
  world.publish('clicks/1.0.0', [job], {
    flink: `{version: "1.20.1", config: {execution.checkpointing.timeout: 30s, ${options.join(', ')}}}`,
  });
  const { plan, text } = await planned('clicks/1.0.0');
  expect(plan.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(text.length).toBeLessThan(64 * 1024);
  expect(plan.changes?.configurationLeftOut).toBeGreaterThan(200);
  expect(plan.changes?.file.diff).toMatch(/cut: the diff is longer$/);
});

test('a secret that somebody wrote into arguments is in no diff', async () => {
  const args =
    '{jar: clicks.jar, entryClass: com.example.Clicks, args: ["--url", "jdbc://me:hunter2@db.example.com/x"]}';
  world.publish('clicks/1.0.0', [job], { job: args });
  const { plan, text } = await planned('clicks/1.0.0');
  expect(plan.changes?.file.diff).toContain('jdbc://me:******@db.example.com');
  expect(text).not.toContain('hunter2');
});
