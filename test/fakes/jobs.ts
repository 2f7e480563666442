/** The workflows of the jobs as a watcher talks to them: what each was told, what each believes, Temporal away. */
import type { BelievedJob, WatchedJobs } from '../../src/activities/dependencies/watch-settings.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';
import type { Fact } from '../../src/domain/watch/facts.ts';
import type { WrittenNotes } from '../../src/domain/watch/notes.ts';

type Started = NonNullable<Awaited<ReturnType<WatchedJobs['lastStarted']>>>;

export interface FakeJobs extends WatchedJobs {
  /** Every fact that arrived, in order. */
  readonly told: { readonly job: string; readonly fact: Fact }[];
  /** Notes that were written down at once, before something was told. */
  readonly written: WrittenNotes[];
  readonly believes: Map<string, Omit<BelievedJob, 'job'> & { readonly started: Started }>;
  /** How often jobs were asked what they started last. */
  readonly queried: string[];
  down(on?: boolean): void;
  /** No job answers what it started last until the returned function is called. */
  hold(): () => void;
  /** Called the moment before a fact arrives. */
  beforeTelling: (() => void) | null;
}

export function createFakeJobs(): FakeJobs {
  let off = false;
  let held: Promise<void> = Promise.resolve();
  const enter = (): void => {
    if (off) throw new SluiceError('TemporalUnavailable', 'Temporal says "14 UNAVAILABLE"');
  };
  const fake: FakeJobs = {
    told: [],
    written: [],
    believes: new Map(),
    queried: [],
    beforeTelling: null,
    down: (on = true) => void (off = on),
    hold() {
      let release = (): void => undefined;
      held = new Promise((resolve) => (release = resolve));
      return () => release();
    },
    tell(job, fact) {
      return attempt(() => {
        enter();
        fake.beforeTelling?.();
        fake.told.push({ job, fact });
      });
    },
    believedOn(cluster) {
      return attempt(() => {
        enter();
        const here = [...fake.believes].filter(([, { started }]) => started.cluster === cluster);
        return here.map(([job, { state, runSince }]) => ({ job, state, runSince }));
      });
    },
    async lastStarted(job) {
      fake.queried.push(job);
      await held;
      return attempt(() => fake.believes.get(job)?.started ?? null);
    },
    writeDown(_taskToken, notes) {
      return attempt(() => {
        enter();
        fake.written.push(notes);
      });
    },
  };
  return fake;
}

async function attempt<T>(act: () => T): Promise<T> {
  await Promise.resolve();
  return act();
}
