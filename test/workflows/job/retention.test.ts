/**
 * Restore points go between operations, in turns, and never hold the job.
 *
 * Seen to fail: with the deletion at the end of its operation, a kill by force was refused for as long as it took; with the
 * cursor forgotten at a request, the next run began anew; with savepoints of the current deployment kept like its
 * checkpoints, nothing was ever deleted.
 */
import { describe, expect, test } from 'vitest';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { auditPrefix, operationOfAuditKey, savepointsPrefix } from '../../../src/domain/identity/storage-keys.ts';
import { seen, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const stage = useStage();
/** The longest life is half a dozen operations, one after the other. */
const LONG_MS = 400_000;
const HOURS = 3_600_000;

const folder = (id: string) => stage.world.keys(`${savepointsPrefix(stage.job)}${id}/`);
/** The records of what was deleted. */
const retired = () =>
  stage.world
    .keys(auditPrefix(stage.job))
    .filter((key) => operationOfAuditKey(key) !== null)
    .map((key) => stage.world.json(key) as OperationRecord) // Sluice wrote it
    .filter(({ kind }) => kind === 'retention');

/** The operations that had taken the deleted points. */
const pointsIn = (deleted: readonly NonNullable<OperationRecord['deleted']>[]) =>
  deleted.flatMap(({ paths }) => (paths ?? []).map((path) => path.split('/').at(-2))).sort();

/** A job with three savepoints, of which the first two may go; the third one's retention is due. */
async function threeSavepoints(driver: Driver, beforeThird: () => void = () => undefined): Promise<void> {
  stage.world.publish('clicks/tidy', [stage.job], { savepoints: '{keep: {count: 1, maxAge: 1h}}' });
  await driver.signal('deploy', { id: 'first', release: 'clicks/tidy' });
  await driver.ended('first');
  for (const id of ['one', 'two']) await driver.run('savepoint', { id });
  expect([folder('one').length, folder('two').length]).toEqual([1, 1]);
  stage.world.s3.age(savepointsPrefix(stage.job), 2 * HOURS);
  beforeThird();
  expect(await driver.run('savepoint', { id: 'three' })).toMatchObject({ outcome: 'succeeded', deleted: null });
}

/** Lets every removal wait until it is told to go on. */
function heldRemovals() {
  const { s3 } = stage.world;
  const real = s3.removeAll.bind(s3);
  const held: (() => void)[] = [];
  s3.removeAll = async (keys) => {
    await new Promise<void>((resolve) => held.push(resolve));
    await real(keys);
  };
  return {
    held,
    go() {
      s3.removeAll = real;
      for (const goOn of held) goOn();
    },
  };
}

describe('restore points that nobody needs', () => {
  test(
    'go after an operation, and a record says which; the job goes on from what is kept',
    async () => {
      await stage.story(async (driver) => {
        await threeSavepoints(driver);
        await seen('their end', () => retired().length > 0 && folder('two').length === 0);
        expect([folder('one').length, folder('two').length, folder('three').length]).toEqual([0, 0, 1]);
        for (const record of retired()) expect(record).toMatchObject({ actor: 'sluice', outcome: 'succeeded' });
        const deleted = retired().flatMap((record) => record.deleted ?? []);
        expect(deleted.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(32);
        expect(pointsIn(deleted)).toEqual(['one', 'two']);

        expect(await driver.run('kill', {})).toMatchObject({ outcome: 'succeeded', deleted: null });
        expect(await driver.run('resume', { from: 'latest-savepoint' })).toMatchObject({ outcome: 'succeeded' });
        expect(stage.restoredFrom()).toContain('/three/');
      });
    },
    LONG_MS,
  );

  test(
    'hold nobody: a kill by force, an upgrade and a fact get through while a removal hangs',
    async () => {
      await stage.story(async (driver) => {
        let removals: ReturnType<typeof heldRemovals> | undefined;
        await threeSavepoints(driver, () => (removals = heldRemovals()));
        await seen('a removal', () => (removals?.held.length ?? 0) > 0);
        expect((await driver.view()).operation).toBeNull();

        const { epoch, applicationId } = (await driver.view()).deployment!;
        const fact = { kind: 'degraded', reasons: ['restarts again and again'] };
        await driver.handle.signal('observed', { epoch, applicationId, at: new Date().toISOString(), seen: fact });
        await driver.until('degraded', ({ health }) => health === 'degraded');

        expect(await driver.run('restart', { id: 'four' })).toMatchObject({ outcome: 'succeeded' });
        expect(await driver.run('kill', { id: 'five', force: true })).toMatchObject({ outcome: 'succeeded' });
        expect([folder('one').length, folder('two').length]).toEqual([1, 1]);

        // A condemned point is no point to start from any more, although its files are still there.
        const path = `s3://${stage.world.s3.bucket}/${folder('one')[0]!.replace('/_metadata', '')}`;
        expect(await driver.run('resume', { id: 'six', from: path, discardNewerState: true })).toMatchObject({
          outcome: 'failed',
          error: { code: 'RestorePointBroken', detail: expect.stringContaining('being deleted') as string },
        });
        removals?.go();
        expect(await driver.run('resume', { id: 'seven' })).toMatchObject({ outcome: 'succeeded' });
        await seen('their end', () => pointsIn(retired().flatMap((record) => record.deleted ?? [])).length >= 2);
        expect([folder('one').length, folder('two').length]).toEqual([0, 0]);
        expect(pointsIn(retired().flatMap((record) => record.deleted ?? []))).toEqual(['one', 'two']);
      });
    },
    LONG_MS,
  );
});
