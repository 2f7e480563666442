/**
 * Twenty people and one job, where Temporal refuses an eleventh update in flight, as it does by default: the API sends fewer
 * at once, so that the job answers all twenty.
 */
import { afterAll, beforeAll, test } from 'vitest';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { startSecondSluice, type SecondSluice } from '../../support/processes/second-sluice.ts';
import { newJobName } from '../../support/stack.ts';
import { twentyDeploy, twentyStopPastTheApi } from '../../support/stories/one-winner.ts';

// Both Sluices share S3, where an operation id is honoured for ever: this one has a job of its own.
const job = newJobName('winner-ten');
let second: SecondSluice;

beforeAll(async () => {
  second = await startSecondSluice({ SLUICE_STACK_DEFAULT_UPDATE_LIMIT: '1' });
});

afterAll(async () => {
  await endApplicationsOf(job);
  await second.down();
});

test('one of twenty simultaneous deploys is accepted, nineteen learn who holds the job', () =>
  twentyDeploy(second.status, job));

test('of twenty who ask the workflow itself to stop, past the API, one is accepted', () =>
  twentyStopPastTheApi(second.status, job));
