/** An upgrade with state on Flink 2, on the second cluster. */
import { afterAll, test } from 'vitest';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { newJobName } from '../../support/stack.ts';
import { upgradeCountsOn } from '../../support/stories/upgrade.ts';

const job = newJobName('upgrade-2');

afterAll(() => endApplicationsOf(job));

test('counts on exactly where the savepoint was taken, without overlap, gap or repetition', () =>
  upgradeCountsOn({ job, flinkVersion: '2.1.0', cluster: 'yarn-b' }));
