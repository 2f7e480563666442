/** The workflows of the jobs as the watch of the releases talks to them: what each says, what was asked, Temporal away. */
import type { ReleasedJobs } from '../../src/activities/dependencies/release-watch-settings.ts';
import type { SeenJob } from '../../src/domain/auto-deploy/auto-deploy.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';
import type { RequestOf } from '../../src/domain/operation/operation.ts';

export interface FakeReleasedJobs extends ReleasedJobs {
  /** Jobs whose workflow is open, and what it says. */
  readonly open: Map<string, SeenJob>;
  /** Every job that was asked for what it is, in order. */
  readonly seen: string[];
  /** Every deploy that arrived, in order. */
  readonly asked: { readonly job: string; readonly request: RequestOf<'deploy'> }[];
  down(on?: boolean): void;
  /** Called the moment after a deploy has arrived. */
  afterDeploy: ((job: string) => void) | null;
}

export function createFakeReleasedJobs(): FakeReleasedJobs {
  let off = false;
  const enter = async (): Promise<void> => {
    await Promise.resolve();
    if (off) throw new SluiceError('TemporalUnavailable', 'Temporal says "14 UNAVAILABLE"');
  };
  const fake: FakeReleasedJobs = {
    open: new Map(),
    seen: [],
    asked: [],
    afterDeploy: null,
    down: (on = true) => void (off = on),
    async see(job) {
      fake.seen.push(job);
      await enter();
      return fake.open.get(job) ?? null;
    },
    async deploy(job, request) {
      await enter();
      fake.asked.push({ job, request });
      fake.afterDeploy?.(job);
    },
  };
  return fake;
}
