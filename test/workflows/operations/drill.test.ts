/**
 * Drills: a job leaves a cluster that is well as if it were gone. The lease ends the old instance, and the job goes on elsewhere from its
 * newest checkpoint, or goes back where that fails.
 *
 * Seen to fail: a drill of a job without a lease; one outside of its windows; one beside another operation; one whose start elsewhere fails and
 * that leaves the job down; one that may not start elsewhere once it has left, and leaves the job down.
 */
import { expect, test } from 'vitest';
import { tagsOf } from '../../../src/domain/identity/yarn-tags.ts';
import { observedSignal } from '../../../src/workflows/messages.ts';
import type { Driver } from '../harness.ts';
import { rejection, useStage } from '../use-stage.ts';

const RELEASE = 'clicks/2.0.0';
const stage = useStage({ releases: [] });
/** A minute of a day that is three days away. */
const LATER = `${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][(new Date().getUTCDay() + 3) % 7]} 00:00-00:01`;

async function deployed(driver: Driver, failover: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
  const recovery = `{restart: {enabled: false}, failover: ${failover}}`;
  stage.world.publish(RELEASE, [stage.job], { recovery, placement: '{cluster: yarn-a, backups: [yarn-b]}', ...more });
  await driver.signal('deploy', { id: 'first', actor: 'ci', release: RELEASE });
  expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded' });
}

test('a drill waits for the lease, starts elsewhere from the newest checkpoint, and tells what it took', async () => {
  await stage.story(async (driver) => {
    await deployed(driver, '{mode: automatic}');
    const { flink, job } = stage.running();
    flink.completeCheckpoint(job.id);
    const { id } = stage.only();
    const drill = await driver.run('failover', { id: 'drill', drill: true });
    expect(drill).toMatchObject({ outcome: 'succeeded', error: null, savepoint: null });
    expect(drill.phases.map(({ name }) => name)).toContain('fencing');
    expect(stage.yarn.applications.get(id)?.diagnostics).toContain('exitCode: 90');
    expect(stage.world.overlaps).toEqual([]);
    const view = await driver.view();
    expect(view).toMatchObject({ state: 'running', deployment: { cluster: 'yarn-b' } });
    expect(view.deployment?.restorePoint?.path).toContain(`/${job.id}/chk-2`);
    expect(view.recovery?.lastDrill).toMatchObject({ operationId: 'drill', outcome: 'succeeded' });
    expect(view.recovery?.lastDrill?.downMs).toBeGreaterThan(30_000); // the lease and its margin
    expect(await driver.run('failback', {})).toMatchObject({ outcome: 'succeeded' });
    expect((await driver.view()).recovery?.lastDrill).toMatchObject({ operationId: 'drill' });
  });
});

test('a drill whose start elsewhere fails goes back to the cluster that is well, whatever the file says of such starts', async () => {
  await stage.story(async (driver) => {
    await deployed(driver, '{mode: automatic}', { upgrade: '{onFailedStart: stop}' });
    stage.backup.rejectNextSubmission();
    expect(await driver.run('failover', { id: 'drill', drill: true })).toMatchObject({ outcome: 'rolledBack' });
    const view = await driver.view();
    expect(view).toMatchObject({ state: 'running', deployment: { cluster: 'yarn-a', placed: { moved: null } } });
    expect(view.recovery?.lastDrill).toMatchObject({ outcome: 'rolledBack' });
    expect(stage.world.overlaps).toEqual([]);
  });
});

test('a drill that may not start elsewhere any more, once its lease is over, is followed by a restart where it was', async () => {
  await stage.story(async (driver) => {
    await deployed(driver, '{mode: automatic}');
    const { flink, job } = stage.running();
    flink.completeCheckpoint(job.id);
    await driver.ask('failover', { id: 'drill', drill: true });
    await driver.until('the wait for the lease', ({ operation }) => operation?.phase === 'fencing');
    // Somebody starts the program by hand.
    const yarn = stage.backup;
    const stranger = 'application_1700000000000_0099';
    yarn.addApplication({ id: stranger, tags: tagsOf({ job: stage.job, flinkJobId: 'ab'.repeat(16), epoch: 99 }) });
    expect(await driver.ended('drill')).toMatchObject({ outcome: 'failed', error: { code: 'ForeignInstance' } });
    await yarn.end(stranger, { state: 'KILLED', diagnostics: 'killed by whoever started it' });
    const { deployment } = await driver.until(
      'the restart',
      (view) => view.state === 'running' && view.operation === null,
    );
    expect(deployment).toMatchObject({ number: 2, cluster: 'yarn-a' });
    expect(deployment?.restorePoint?.path).toContain(`/${job.id}/chk-2`);
    const [restart] = await driver.history();
    expect(restart).toMatchObject({ kind: 'restart', actor: 'supervisor', outcome: 'succeeded' });
    expect(restart?.reason).toContain('deployment 1 was left by a drill');
    expect(stage.world.overlaps).toEqual([]);
  });
});

test.each([
  ['without a lease', '{mode: manual}', 'NotFenced'],
  ['outside of its windows', `{mode: automatic, drills: {windows: ["${LATER}"]}}`, 'MoveRefused'],
])('a drill %s is refused, and touches nothing', async (_what, failover, code) => {
  await stage.story(async (driver) => {
    await deployed(driver, failover);
    const { id } = stage.only();
    const before = stage.fence();
    expect(await driver.run('failover', { drill: true })).toMatchObject({ outcome: 'rejected', error: { code } });
    expect(stage.fence()).toEqual(before);
    expect(stage.only().id).toBe(id);
    expect(await driver.view()).toMatchObject({
      state: 'running',
      recovery: code === 'NotFenced' ? null : { lastDrill: null },
    });
  });
});

test('a drill takes the place of nothing, and needs a job that runs', async () => {
  await stage.story(async (driver) => {
    await deployed(driver, '{mode: automatic}');
    const release = stage.yarn.hold('application');
    await driver.ask('savepoint', { id: 'held' });
    expect(await rejection(driver.ask('failover', { drill: true }))).toMatchObject({ code: 'OperationInProgress' });
    release();
    await driver.ended('held');
    const { epoch, applicationId } = (await driver.view()).deployment!;
    stage.yarn.unreachable();
    const silent = { kind: 'silent', detail: 'no answer' };
    await driver.handle.signal(observedSignal, { epoch, applicationId, at: new Date().toISOString(), seen: silent });
    await driver.until('the silence', ({ state }) => state === 'unreachable');
    expect(await rejection(driver.ask('failover', { drill: true }))).toMatchObject({ code: 'CommandNotAllowed' });
    stage.yarn.healthy();
  });
});

test('a drill that accepts a risk is no drill', async () => {
  await stage.story(async (driver) => {
    await deployed(driver, '{mode: automatic}');
    const risky = { drill: true, confirmUnfenced: true, reason: 'to see' };
    expect(await rejection(driver.ask('failover', risky))).toMatchObject({ code: 'InvalidRequest' });
  });
});
