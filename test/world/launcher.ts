/** Launchers of the fake YARN: the client of each submits a Flink application, or does not, as the test says. */
import { launchOfTags, LAUNCHER_TYPE, tagsOf } from '../../src/domain/identity/yarn-tags.ts';
import { stagedConfigKey, stagedGateKey, stagedOrderKey } from '../../src/domain/identity/storage-keys.ts';
import type { FakeS3 } from '../fakes/s3.ts';
import type { FakeApplication, FakeYarn } from '../fakes/yarn.ts';

/** How the next launchers behave once their container runs. */
export type LauncherBehaviour =
  | 'submits'
  /** The client ends without having submitted anything. */
  | 'diesBefore'
  /** The client submits, and the launcher dies of something else. */
  | 'diesAfter'
  /** The client takes its time: nothing happens until it is released. */
  | 'isHeld';

export interface FakeLaunchers {
  behaviour: LauncherBehaviour;
  /** The held clients, oldest first; a call lets one go on, whatever has become of its launcher meanwhile. */
  readonly held: (() => Promise<void>)[];
}

interface Launchers {
  readonly s3: FakeS3;
  readonly yarnOf: (application: FakeApplication) => FakeYarn;
}

/** The fake launchers, and what is called when the container of one runs. */
export function createFakeLaunchers({ s3, yarnOf }: Launchers): {
  readonly launchers: FakeLaunchers;
  readonly run: (runner: FakeApplication) => void;
} {
  const launchers: FakeLaunchers = { behaviour: 'submits', held: [] };
  const text = (key: string): string | null => s3.objects.get(key)?.body.toString() ?? null;

  return {
    launchers,
    run(runner) {
      const yarn = yarnOf(runner);
      const { job, flinkJobId, config, order } = startOf(runner, s3);
      const staged = config !== null && order !== null;
      const { behaviour } = launchers;
      const end = (how: 'FINISHED' | 'FAILED', diagnostics: string) => yarn.end(runner.id, { state: how, diagnostics });
      const submit = async (): Promise<void> => {
        // Flink's client lists the files that it ships, and cannot go on without one of them.
        if (text(stagedGateKey(job, flinkJobId)) === null && behaviour !== 'isHeld') return;
        await yarn.launch({
          name: job,
          user: 'sluice',
          tags: tagsOf({ job, flinkJobId, epoch: Number(/sluice-epoch-(\d+)/.exec(config ?? '')?.[1]) }),
          submission: { config, order },
        });
      };
      setImmediate(() => {
        if (!staged) void end('FAILED', 'FileNotFoundException: the configuration of the start');
        else if (behaviour === 'isHeld') launchers.held.push(submit);
        else if (behaviour === 'diesBefore') void end('FAILED', "Flink's client ended with 1:\nunknown queue");
        else {
          void submit().then(() =>
            behaviour === 'diesAfter'
              ? end('FAILED', 'the launcher was killed')
              : end('FINISHED', "Flink's client ended well"),
          );
        }
      });
    },
  };
}

/** Reads the files that the container of a launcher gets when YARN makes it. */
function startOf(runner: FakeApplication, s3: FakeS3) {
  const flinkJobId = launchOfTags(runner.tags) ?? '';
  const staged = [...s3.objects.keys()].find((key) => key.startsWith('staging/') && key.includes(`/${flinkJobId}/`));
  const job = staged?.split('/')[1] ?? '';
  const text = (key: string): string | null => s3.objects.get(key)?.body.toString() ?? null;
  return {
    job,
    flinkJobId,
    config: text(stagedConfigKey(job, flinkJobId)),
    order: text(stagedOrderKey(job, flinkJobId)),
  };
}

export const isLauncher = ({ type }: FakeApplication): boolean => type === LAUNCHER_TYPE;
