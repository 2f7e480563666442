/** Rescaling in place, as it is recorded: one that comes up, its end, and each way in which one fails. */
import { first, JOB, type Played } from './played.ts';

const LINES = {
  flink:
    '{version: "1.20.1", config: {execution.checkpointing.interval: 1s, execution.checkpointing.timeout: 30s, jobmanager.scheduler: adaptive}}',
  job: '{jar: clicks.jar, entryClass: com.example.Clicks, parallelism: 2}',
  taskManager: '{slots: 4}',
};
const WIDER = { set: { 'job.parallelism': 4 } };

export async function rescales({ driver, world }: Played): Promise<void> {
  world.publish('clicks/adaptive', [JOB], LINES);
  await driver.signal('deploy', { ...first, id: 'before-rescaling', release: 'clicks/adaptive' });
  await driver.ended('before-rescaling');
  await driver.run('hotfix', { id: 'rescaled', ...WIDER });
  await driver.run('revertHotfix', { id: 'rescaled-back' });
  await driver.run('hotfix', { id: 'restarted', ...WIDER, stopWith: 'savepoint' });
  await driver.run('revertHotfix', { id: 'rescaled-down' });
  const { flink, job } = world.jobOf(world.live(JOB)[0]!);
  flink.mostSlots = 3;
  world.deadlines.set('awaitRescaled', 300);
  world.deadlines.set('undoRescale', 300);
  await driver.run('hotfix', { id: 'slots-missing', ...WIDER });
  world.deadlines.delete('awaitRescaled');
  await driver.ask('hotfix', { id: 'cancelled', ...WIDER });
  await driver.until('the rescaling', ({ operation }) => operation?.phase === 'rescaling');
  await driver.cancel('cancelled');
  await driver.ended('cancelled');
  world.deadlines.set('awaitRescaled', 2_000);
  await driver.ask('hotfix', { id: 'silent', ...WIDER });
  for (let turn = 0; turn < 300 && job.required?.most !== 4; turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  flink.unreachable();
  await driver.ended('silent');
  flink.healthy();
  await driver.until('the old requirement', ({ deployment }) => deployment?.rescaling === null);
  await driver.run('savepoint', { id: 'after-rescaling' });
}
