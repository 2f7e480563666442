/**
 * Requests and answers are lost on the way, one by one. Each request that is sent twice acts once: an upgrade ends as it
 * would have, with one instance at every moment, one application, no state lost and one record.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import type { Switch } from '../../faults/switches.ts';
import { effectCalled, fieldsOf, upgradeEffects, type EffectName } from '../../support/outside/effects.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { expectApplications, expectAudited, expectUpgraded } from '../../support/outside/outside.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { newJobName } from '../../support/stack.ts';

const answered: readonly EffectName[] = [
  'the reservation of an application id',
  'the stop with savepoint',
  'the end of the old application',
  'the submit',
];

describe.each(['cold', 'warm'] as const)('%s', (way) => {
  const job = newJobName(`lost-${way}`);
  let sluice: PrivateSluice;
  let driver: JobDriver;
  let outsider: Watch;
  let releases: readonly string[];
  const applications: string[] = [];
  const operations: OperationRecord[] = [];
  let turn = 0;

  beforeAll(async () => {
    releases = await Promise.all([
      publish({ job, version: '1.0.0', program: '1.0.0', fields: fieldsOf(way) }),
      publish({ job, version: '1.1.0', program: '1.1.0', fields: fieldsOf(way) }),
    ]);
    outsider = await watch(job);
    sluice = await startPrivateSluice(`lost-${way}`);
    driver = sluice.job(job);
    await driver.succeed('deploy', { id: 'first', release: releases[0] });
    const { applicationId } = await driver.deployment();
    applications.push(applicationId);
    await outsider.counted(applicationId);
  });

  afterAll(() => sluice.down());

  /** Upgrades while these faults are on, each of which must meet a request, and checks from outside what came of it. */
  async function upgradeDespite(faults: readonly { readonly name: string; readonly fault: Switch }[]): Promise<void> {
    turn += 1;
    const before = await driver.deployment();
    const operation = await driver.run('deploy', { id: `upgrade-${turn}`, release: releases[turn % 2] });
    const after = await driver.deployment();
    expect(faults.map(({ name, fault }) => ({ name, met: fault.met }))).toEqual(
      faults.map(({ name }) => ({ name, met: 1 })),
    );
    await expectUpgraded(operation, before, after);
    expect(operation.handover?.how ?? 'cold').toBe(way);
    applications.push(after.applicationId);
    operations.push(operation);
    await outsider.counted(after.applicationId);
  }

  describe('an upgrade goes on when the answer is lost to', () => {
    test.each(answered.filter((name) => upgradeEffects(way).some((effect) => effect.name === name)))(
      '%s',
      async (name) => {
        const { role, match } = effectCalled(name);
        await upgradeDespite([{ name, fault: sluice.faults[role].dropAnswerOf(match, 1) }]);
      },
    );

    test('the result of the savepoint, once it is complete', async () => {
      const { role, match } = effectCalled('the result of the savepoint');
      const fault = sluice.faults[role].dropAnswerOf({ ...match, answer: /"COMPLETED"/ }, 1);
      await upgradeDespite([{ name: 'completed', fault }]);
    });

    test('the first write of every record in S3', async () => {
      const records = upgradeEffects(way).filter(({ role }) => role === 's3');
      await upgradeDespite(
        records.map(({ name, match }) => ({ name, fault: sluice.faults.s3.dropAnswerOf(match, 1) })),
      );
    });
  });

  test('an upgrade goes on when each request is lost once before it arrives', async () => {
    await upgradeDespite(
      upgradeEffects(way).map(({ name, role, match }) => ({ name, fault: sluice.faults[role].dropRequest(match, 1) })),
    );
  });

  test('an upgrade goes on when half of the answer of ResourceManager and JobManager arrives', async () => {
    const halves = upgradeEffects(way).filter(({ role }) => role !== 's3');
    await upgradeDespite(
      halves.map(({ name, role, match }) => ({ name, fault: sluice.faults[role].truncate(match, 1) })),
    );
  });

  test('over all of it one instance ran at every moment, and nothing was lost or repeated', async () => {
    expect((await outsider.conclude({ repeats: 'none' })).problems).toEqual([]);
    await expectApplications(job, applications);
  });

  test('each upgrade is in the audit log once', () => expectAudited(driver, operations));
});
