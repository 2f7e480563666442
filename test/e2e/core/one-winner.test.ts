/** Twenty people and one job, where Temporal lets far more than twenty updates be in flight. */
import { afterAll, test } from 'vitest';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { newJobName, runningStack } from '../../support/stack.ts';
import { twentyDeploy, twentyStopPastTheApi } from '../../support/stories/one-winner.ts';

const job = newJobName('winner');

afterAll(() => endApplicationsOf(job));

test('one of twenty simultaneous deploys is accepted, nineteen learn who holds the job', () =>
  twentyDeploy(runningStack(), job));

test('of twenty who ask the workflow itself to stop, past the API, one is accepted', () =>
  twentyStopPastTheApi(runningStack(), job));
