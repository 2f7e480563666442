/** The schedules of periodic savepoints in memory. */
import type { Schedules, WantedSchedule } from '../../src/activities/dependencies/schedules.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';

export interface FakeSchedules extends Schedules {
  readonly kept: Map<string, WantedSchedule>;
  /** The schedules that jobs want, as they say when they are asked. */
  readonly wanted: Map<string, WantedSchedule>;
  /** Jobs whose schedule was made before the workers signed. */
  readonly unsigned: Set<string>;
  /** Jobs that were asked, in order. */
  readonly asked: string[];
  down(on?: boolean): void;
}

export function createFakeSchedules(): FakeSchedules {
  let off = false;
  const enter = async (): Promise<void> => {
    await Promise.resolve();
    if (off) throw new SluiceError('TemporalUnavailable', 'Temporal says "14 UNAVAILABLE"');
  };
  const fake: FakeSchedules = {
    kept: new Map(),
    wanted: new Map(),
    unsigned: new Set(),
    asked: [],
    down: (on = true) => void (off = on),
    async keep(job, wanted) {
      await enter();
      if (wanted === null) fake.kept.delete(job);
      else fake.kept.set(job, wanted);
      fake.unsigned.delete(job);
    },
    async on(cluster) {
      await enter();
      const here = [...fake.kept].filter(([, kept]) => kept.cluster === cluster);
      return here.map(([job]) => ({ job, lacksSignature: fake.unsigned.has(job) }));
    },
    async wantedBy(job) {
      await enter();
      fake.asked.push(job);
      return fake.wanted.get(job) ?? null;
    },
  };
  return fake;
}
