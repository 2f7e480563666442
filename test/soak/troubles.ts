/** Troubles while an operation runs, each with its end: afterwards the world is well again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startComponent, stopComponent } from '../../stack/control.ts';
import { withoutAnswer } from '../../src/domain/errors/errors.ts';
import { liveApplicationsOf } from '../support/outside/applications.ts';
import { containersOf, killContainer } from '../support/outside/containers.ts';
import { upgradeEffects } from '../support/outside/effects.ts';
import type { PrivateSluice } from '../support/processes/private-sluice.ts';
import type { Random } from './random.ts';

/** A thing that goes wrong, chosen before the operation is asked for. */
export interface Trouble {
  readonly name: string;
  /**
   * Begins before the operation is asked for, and resolves when all is well again. `over` resolves when the operation has
   * ended: what waits for a request that never comes gives up then.
   */
  run(at: Scene): Promise<void>;
}

export interface Scene {
  readonly sluice: PrivateSluice;
  readonly job: string;
  /** The application that runs as the operation is asked for; null where none does. */
  readonly application: string | null;
  readonly over: Promise<void>;
}

type Maker = (random: Random) => Trouble;

/** Waits for a random effect, or does nothing if the operation has none such. */
function atEffect(random: Random, what: string, act: (scene: Scene) => Promise<void>, cut: boolean): Trouble {
  const effect = random.pick(upgradeEffects(random.pick(['cold', 'warm'] as const)));
  const when = random.pick(['before', 'after'] as const);
  return {
    name: `${what} ${when} ${effect.name}`,
    async run(scene) {
      const faults = scene.sluice.faults[effect.role];
      const held = await Promise.race([faults.hold(effect.match, when), scene.over]);
      if (!held) return;
      await act(scene);
      if (cut) held.cut();
      else held.release();
      if (!scene.sluice.worker.isAlive()) await scene.sluice.worker.restart();
    },
  };
}

/** Happens some time after the operation was asked for. */
function afterAWhile(random: Random, what: string, act: (scene: Scene) => Promise<void>): Trouble {
  const waitMs = random.whole(0, 9_000);
  return {
    name: `${what} after ${waitMs / 1000} s`,
    async run(scene) {
      await sleep(waitMs);
      await act(scene);
    },
  };
}

/** Sends a signal to the worker, which another trouble may have ended already. */
async function signal({ worker }: PrivateSluice, name: Parameters<PrivateSluice['worker']['kill']>[0]): Promise<void> {
  if (worker.isAlive()) await worker.kill(name);
}

const restartComponent = (component: string) => async (): Promise<void> => {
  await stopComponent(component, 'SIGKILL');
  await startComponent(component);
};

const makers: readonly Maker[] = [
  (random) => atEffect(random, 'worker killed', ({ sluice }) => signal(sluice, 'SIGKILL'), true),
  (random) => atEffect(random, 'worker told to end', ({ sluice }) => signal(sluice, 'SIGTERM'), true),
  (random) => {
    const frozenMs = random.whole(2_000, 15_000);
    const freeze = async ({ sluice }: Scene): Promise<void> => {
      await signal(sluice, 'SIGSTOP');
      await sleep(frozenMs);
      await signal(sluice, 'SIGCONT');
    };
    return atEffect(random, `worker frozen for ${frozenMs / 1000} s`, freeze, random.pick([true, false]));
  },
  (random) => {
    const effect = random.pick(upgradeEffects(random.pick(['cold', 'warm'] as const)));
    const times = random.whole(1, 3);
    const lost = random.pick(['answers', 'requests'] as const);
    return {
      name: `${times} ${lost} lost of ${effect.name}`,
      async run({ sluice, over }) {
        const faults = sluice.faults[effect.role];
        const fault =
          lost === 'answers' ? faults.dropAnswerOf(effect.match, times) : faults.dropRequest(effect.match, times);
        await over;
        fault.off();
      },
    };
  },
  (random) => {
    const silentMs = random.whole(1_000, 6_000);
    const role = random.pick(['resourceManager', 'jobManager', 's3'] as const);
    const how = random.pick(['answers HTML', 'is cut off', 'is slow'] as const);
    return afterAWhile(random, `${role} ${how} for ${silentMs / 1000} s`, async ({ sluice }) => {
      const faults = sluice.faults[role];
      const fault =
        how === 'answers HTML'
          ? faults.answerHtml({}, role === 's3' ? 503 : 200)
          : how === 'is cut off'
            ? faults.dropRequest({})
            : faults.slow({}, 1_500);
      await sleep(silentMs);
      fault.off();
    });
  },
  (random) => {
    const silentMs = random.whole(1_000, 8_000);
    const how = random.pick(['cut', 'pause'] as const);
    return afterAWhile(random, `Temporal ${how} for ${silentMs / 1000} s`, async ({ sluice }) => {
      sluice.temporal[how]();
      await sleep(silentMs);
      sluice.temporal.mend();
    });
  },
  (random) => {
    const part = random.pick(['JobManager', 'TaskManager'] as const);
    return afterAWhile(random, `old ${part} killed`, async ({ application }) => {
      if (application === null) return;
      // The application may have ended by then, which is trouble enough.
      const found = await containersOf(application, 2_000).catch(() => null);
      if (!found) return;
      for (const container of part === 'JobManager' ? [found.jobManager] : found.taskManagers) killContainer(container);
    });
  },
  (random) => afterAWhile(random, 'ResourceManager killed', restartComponent('yarn-a-resourcemanager')),
  (random) => afterAWhile(random, 'NodeManager killed', restartComponent('yarn-a-nodemanager')),
  (random) => afterAWhile(random, 'Temporal killed', restartComponent('temporal')),
];

/** A kill, which happens only where its part lives before the operation is over. */
export interface Kill extends Trouble {
  hasHappened(): boolean;
}

const parts = ['worker', 'old JobManager', 'old TaskManager', 'new JobManager', 'new TaskManager'] as const;

/** Chooses a kill of the worker, or of a JVM of the instance that runs or of the one that is to replace it. */
export function chooseKill(random: Random): Kill {
  const part = random.pick(parts);
  let hasHappened = false;
  const trouble = afterAWhile(random, `${part} killed`, async ({ sluice, job, application, over }) => {
    if (part === 'worker') {
      await signal(sluice, 'SIGKILL');
      hasHappened = true;
      await sluice.worker.restart();
      return;
    }
    const ends = over.then(() => true);
    while (!hasHappened && !(await Promise.race([ends, sleep(100, false)]))) {
      const live = await liveApplicationsOf(job).catch(withoutAnswer);
      const id = live?.find((one) => (one === application) === part.startsWith('old'));
      const found = id === undefined ? null : await containersOf(id, 2_000).catch(() => null);
      const containers = found && (part.endsWith('JobManager') ? [found.jobManager] : found.taskManagers);
      hasHappened = containers !== null && containers.map(killContainer).some((processes) => processes > 0);
    }
  });
  return { ...trouble, hasHappened: () => hasHappened };
}

/** Chooses a trouble, or two at once. */
export function chooseTroubles(random: Random): readonly Trouble[] {
  return Array.from({ length: random.whole(1, 2) }, () => random.pick(makers)(random));
}
