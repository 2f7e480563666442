/** The input of the checks for the first start of a job. */
import type { CheckInput } from '../../../src/activities/check/checked.ts';

export const firstStart = (job: string, source: CheckInput['request']['source']): CheckInput => ({
  job,
  operationId: 'first',
  request: {
    source,
    from: null,
    stopWith: null,
    allowNonRestoredState: false,
    discardNewerState: false,
    acceptStateRisk: false,
  },
  last: null,
  before: null,
  running: false,
});
