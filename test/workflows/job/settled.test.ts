/**
 * The audit log has once whatever Sluice does to an instance between operations.
 *
 * Seen to fail: a kill that was carried out later, the end of a job that had failed, and a stop after its time-out left
 * no record of their own.
 */
import { expect, test } from 'vitest';
import { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { observedSignal } from '../../../src/workflows/messages.ts';
import { seen, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();

/** The records of the audit log that nobody asked for. */
const settled = (): OperationRecord[] =>
  stage.world
    .keys(`audit/${stage.job}/`)
    .filter((key) => /-settled-\d+\.json$/.test(key))
    .map((key) => OperationRecord.parse(stage.world.json(key)));

async function expectSettled(driver: Driver, expected: object): Promise<void> {
  await seen('the record', () => settled().length > 0);
  await driver.run('recover', {}).catch(() => null); // refused: a task later, nothing more was written
  expect(settled()).toMatchObject([
    {
      id: 'settled-1',
      kind: 'settled',
      actor: 'sluice',
      via: 'supervisor',
      claimed: null,
      outcome: 'succeeded',
      ...expected,
    },
  ]);
  expect((await driver.history()).map(({ id }) => id)).toContain('settled-1');
}

test('a kill that could not be confirmed is recorded again once it is carried out', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    const { id } = stage.only();
    stage.yarn.containersLinger = Infinity;
    stage.world.deadlines.set('endApplication', 700);
    expect(await driver.run('kill', {})).toMatchObject({ outcome: 'failed', error: { code: 'ApplicationNotEnding' } });
    expect(settled()).toEqual([]);
    stage.world.deadlines.delete('endApplication');
    stage.yarn.releaseContainers(id);
    await driver.until('the end', ({ state }) => state === 'stopped');
    await expectSettled(driver, { deployment: 1, request: { application: id, ended: 'killed', operation: null } });
  });
});

test('the end of an application whose Flink job has failed is recorded, before the resume that follows', async () => {
  await stage.story(async (driver) => {
    await stage.deployed(driver);
    const { id } = stage.only();
    const { flink, job } = stage.running();
    flink.failJob(job.id);
    const fact = { epoch: 1, applicationId: id, at: '2026-01-01T00:00:00Z' };
    await driver.handle.signal(observedSignal, {
      ...fact,
      seen: { kind: 'ended', how: 'failed', detail: 'Flink job is FAILED', cause: null },
    });
    await driver.until('the end', ({ state }) => state === 'failed');
    await expectSettled(driver, { reason: 'Flink job is FAILED', request: { application: id, ended: 'failed' } });
    expect(await driver.run('resume', { id: 'again' })).toMatchObject({ outcome: 'succeeded' });
    expect((await driver.history()).map(({ kind }) => kind)).toEqual(['resume', 'settled', 'deploy']);
  });
});
