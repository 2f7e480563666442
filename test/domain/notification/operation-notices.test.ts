/**
 * Which ended operations people are told of, and in which words.
 *
 * Seen to fail: a person's own failure told like that of CI; a restart of a person told as one of Sluice; a secret of an
 * exception in the text.
 */
import { describe, expect, test } from 'vitest';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { eventOf, operationNotice } from '../../../src/domain/notification/operation-notices.ts';
import { settledRecord } from '../../../src/domain/operation/settled.ts';
import { endedOperation, NOON, settingsOf } from '../../support/notices.ts';

const { programs } = settingsOf();
const settled = (how: string): OperationRecord =>
  settledRecord({
    job: 'clicks-prod',
    at: NOON,
    instance: { epoch: 4, number: 3, applicationId: 'application_1_0001', ended: { how, savepoint: null } },
    operationId: null,
    reason: 'application_1_0001 failed',
  });
const own = { via: 'supervisor', actor: 'supervisor' } as const;
const restart = { ...own, kind: 'restart', id: 'restart-e4-1' } as const;

describe('an ended operation', () => {
  test.each<[string, Partial<OperationRecord>, string | null]>([
    ['a deploy of CI that failed', {}, 'operationFailed'],
    ['one that was rolled back', { outcome: 'rolledBack' }, 'operationFailed'],
    ['one that was refused', { outcome: 'rejected' }, 'operationFailed'],
    ['one that succeeded', { outcome: 'succeeded' }, null],
    ['one that was cancelled', { outcome: 'cancelled' }, null],
    ['a deploy of a person that failed', { actor: 'ann' }, 'personsOperationFailed'],
    ['one that was refused to a person, who sees that', { actor: 'ann', outcome: 'rejected' }, null],
    ['a person who says that CI asks', { actor: 'ann', claimed: { actor: null, via: 'ci' } }, 'operationFailed'],
    ['a proxy in front of CI', { actor: 'proxy', claimed: { actor: 'ci', via: null } }, 'operationFailed'],
    ['a savepoint of a schedule', { kind: 'savepoint', via: 'schedule', actor: 'sluice' }, 'operationFailed'],
    ['a restart by Sluice', { ...restart, outcome: 'succeeded' }, 'restarted'],
    ['one that failed', { ...restart, outcome: 'failed' }, 'restartFailed'],
    ['one that a person superseded', { ...restart, outcome: 'superseded' }, null],
    ['a restart of a person', { kind: 'restart', actor: 'ann', outcome: 'succeeded' }, null],
    ['a failover by Sluice', { ...own, kind: 'failover', id: 'failover-e4-1', outcome: 'succeeded' }, 'failedOver'],
    ['one that failed', { ...own, kind: 'failover', id: 'failover-e4-1', outcome: 'failed' }, 'failoverFailed'],
    ['a failover of a person', { kind: 'failover', actor: 'ann', outcome: 'succeeded' }, null],
    [
      'a hotfix that was reverted at its expiry',
      { ...own, kind: 'revertHotfix', outcome: 'succeeded' },
      'hotfixReverted',
    ],
    ['one that was not', { ...own, kind: 'revertHotfix', outcome: 'failed' }, 'operationFailed'],
    [
      'a release that deploys itself, refused',
      { via: 'autoDeploy', actor: 'clicks/1.4.2', outcome: 'rejected' },
      'autoDeployRefused',
    ],
    ['the same, failed', { via: 'autoDeploy', actor: 'clicks/1.4.2', outcome: 'failed' }, 'operationFailed'],
    ['deleted restore points', { ...own, kind: 'retention', outcome: 'failed' }, null],
  ])('%s', (_what, more, expected) => expect(eventOf(endedOperation(more), programs)).toBe(expected));

  test('an instance that failed between operations', () => {
    expect(eventOf(settled('failed'), programs)).toBe('instanceFailed');
    expect(eventOf(settled('killed'), programs)).toBeNull();
    expect(eventOf(settled('finished'), programs)).toBeNull();
  });
});

describe('its words', () => {
  const about = { environment: 'prod', team: 'ads-streaming', cluster: 'yarn-a', runbook: null };
  test('name what failed, whose it was and what to do, without secrets', () => {
    const error = {
      code: 'StartFailed',
      detail: 'main() threw: password=hunter2 is wrong',
      hint: 'Look at the log.',
      cause: null,
      runsNow: 'Deployment 2 runs.',
      state: null,
      whatToDo: 'Mend the program.',
    };
    const record = endedOperation({ outcome: 'rolledBack', error });
    expect(operationNotice(record, 'operationFailed', about)).toMatchObject({
      id: 'clicks-prod/op-1/operationFailed',
      title: 'deploy of clicks-prod by ci-clicks was rolled back',
      text: 'main() threw: password=****** is wrong Deployment 2 runs. Mend the program.',
      operation: 'op-1',
      release: 'clicks/1.4.2',
      severity: 'warning',
      at: NOON,
    });
  });
  test('of a restart say why', () =>
    expect(
      operationNotice(
        endedOperation({ ...restart, outcome: 'succeeded', reason: 'attempt 1 of 5: deployment 3 failed' }),
        'restarted',
        about,
      ),
    ).toMatchObject({
      title: 'clicks-prod runs again, restarted by Sluice',
      text: 'attempt 1 of 5: deployment 3 failed',
    }));
});
