/** The recorded stories of handovers: warm, warm until the standby is lost, and each way in which the old instance stays. */
import { first, JOB, type Played } from './played.ts';

const TIMEOUTS = 'timeouts: {savepoint: 2m, stop: 10s, start: 10s}, verify: {timeout: 10s}';
const NEXT = 'clicks/1.1.0';
const WAITS_MS = 20;

export async function handovers({ driver, world }: Played): Promise<void> {
  const publish = (release: string, handover: string): void =>
    world.publish(release, [JOB], { upgrade: `{${TIMEOUTS}, handover: ${handover}}` });
  const running = () => world.live(JOB)[0]!;
  publish(NEXT, 'auto');
  publish('clicks/always', 'always');
  publish('clicks/exits', 'auto');
  await driver.signal('deploy', first);
  await driver.ended('first-deploy');
  await driver.run('deploy', { id: 'warm', release: NEXT });
  await driver.run('restart', { id: 'warm-by-checkpoint', stopWith: 'checkpoint' });

  world.jobOf(running()).flink.savepointMode = 'fails';
  await driver.run('restart', { id: 'no-savepoint' });
  world.jobOf(running()).flink.savepointMode = 'ok';
  world.behaviour.set('clicks/exits', 'applicationFails');
  await driver.run('deploy', { id: 'standby-exits', release: 'clicks/exits' });

  world.hooks.slots = 0;
  await driver.signal('restart', { id: 'cancelled' });
  await driver.until('the standby', ({ operation }) => operation?.phase === 'standingBy');
  await driver.cancel('cancelled');
  await driver.ended('cancelled');
  world.hooks.slots = 4;

  const { flink } = world.jobOf(running());
  const old = running().id;
  flink.savepointTakes = 1_500;
  await driver.signal('restart', { id: 'standby-lost' });
  await driver.until('the savepoint', ({ operation }) => operation?.phase === 'savepointing');
  await new Promise((resolve) => setTimeout(resolve, WAITS_MS));
  const standby = world.live(JOB).find(({ id }) => id !== old)!;
  await world.clusters.get('yarn-a')!.end(standby.id, { state: 'FAILED', diagnostics: 'its node went away' });
  await driver.ended('standby-lost');

  const yarn = world.clusters.get('yarn-a')!;
  yarn.availableMb = 1_000;
  await driver.run('restart', { id: 'no-room' });
  await driver.run('deploy', { id: 'refused', release: 'clicks/always' });
}
