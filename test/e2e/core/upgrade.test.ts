/** An upgrade with state on Flink 1.20; `launchers/upgrade-flink-2.test.ts` tells the same story on Flink 2. */
import { afterAll, test } from 'vitest';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { newJobName } from '../../support/stack.ts';
import { upgradeCountsOn } from '../../support/stories/upgrade.ts';

const job = newJobName('upgrade');

afterAll(() => endApplicationsOf(job));

test('counts on exactly where the savepoint was taken, without overlap, gap or repetition', () =>
  upgradeCountsOn({ job, flinkVersion: '1.20.1', cluster: 'yarn-a' }));
