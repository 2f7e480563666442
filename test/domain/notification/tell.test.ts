/**
 * News in the ledger: what is told, to whom, and what is no news.
 *
 * Seen to fail: a problem of before the notifier told at its first start; an operation told twice; the end of a problem sent
 * where nobody had heard of its begin; a failure told twice where nothing is restarted.
 */
import { describe, expect, test } from 'vitest';
import {
  AUDIT_OVERLAP_MS,
  auditedUntil,
  continued,
  newLedger,
  openProblems,
  type Ledger,
} from '../../../src/domain/notification/ledger.ts';
import { judgeProblems } from '../../../src/domain/notification/problems.ts';
import {
  tellGone,
  tellOperation,
  tellProblems,
  tellRefusal,
  type Telling,
} from '../../../src/domain/notification/tell.ts';
import { settledRecord } from '../../../src/domain/operation/settled.ts';
import { atSecond, digest, endedOperation, facts, noon, settingsOf } from '../../support/notices.ts';

const settings = settingsOf({ contacts: { '#ads-streaming': 'slack' }, routes: [{ channels: ['hook', 'pager'] }] });
const telling = (second: number, more: Partial<Telling> = {}): Telling => ({
  settings,
  now: noon + second * 1_000,
  facts: facts(),
  contacts: ['#ads-streaming'],
  runbook: 'https://wiki.example.com/clicks',
  ...more,
});
const waitingIn = (ledger: Ledger) =>
  Object.fromEntries(
    Object.entries(ledger.channels).map(([name, { waiting }]) => [name, waiting.map(({ notice }) => notice.id)]),
  );

const failed = facts({
  digest: digest({ state: 'failed', restartAt: null, stateSince: atSecond(10), stateReason: 'main() threw' }),
});

function judged(ledger: Ledger, job: typeof failed, second: number): Ledger {
  const told = new Map([...openProblems(ledger, job.name)].map(([problem, { toldAt }]) => [problem, toldAt]));
  return tellProblems(ledger, job, judgeProblems(job, told, noon + second * 1_000), telling(second, { facts: job }));
}

describe('a problem', () => {
  test('is told where it belongs, once, and its end at the same places', () => {
    const open = judged(newLedger(noon), failed, 11);
    const id = `clicks-prod/failed/${atSecond(10)}`;
    const [opened, closed] = [`${id}/opened`, `${id}/closed`];
    expect(waitingIn(open)).toEqual({ slack: [opened], hook: [opened], pager: [opened] });
    expect(open.channels['slack']?.waiting[0]?.notice).toMatchObject({
      title: 'clicks-prod failed and needs a person',
      text: 'main() threw',
      runbook: 'https://wiki.example.com/clicks',
      severity: 'critical',
    });
    expect(judged(open, failed, 20)).toEqual(open);
    // The end weighs nothing, and goes also where only grave events go.
    const well = facts({
      digest: digest({
        lastOperation: { id: 'r', kind: 'resume', outcome: 'succeeded', actor: 'ann', endedAt: atSecond(29) },
      }),
    });
    const over = judged(open, well, 30);
    expect(waitingIn(over)).toEqual({ slack: [opened, closed], hook: [opened, closed], pager: [opened, closed] });
    expect(over.channels['slack']?.waiting[1]?.notice).toMatchObject({
      title: 'clicks-prod runs again',
      text: 'Last operation: resume r of ann',
    });
    expect(over.open).toEqual({});
  });

  test('of before the notifier is no news, nor is its end', () => {
    const old = facts({ digest: digest({ state: 'failed', restartAt: null, stateSince: atSecond(-10) }) });
    const open = judged(newLedger(noon), old, 11);
    expect(Object.keys(open.open)).toEqual(['clicks-prod']);
    expect(waitingIn(judged(open, facts(), 20))).toEqual({});
  });

  test('is over when the workflow of its job is closed', () => {
    const gone = tellGone(judged(newLedger(noon), failed, 11), 'clicks-prod', telling(20, { facts: null }));
    expect(gone.channels['hook']?.waiting[1]?.notice.title).toBe('clicks-prod has no open workflow any more');
    expect(gone.open).toEqual({});
  });

  test('that is told again has another id, and the same problem', () => {
    const hotfix = {
      actor: 'on-call',
      reason: null,
      at: atSecond(0),
      operationId: 'h',
      expiresAt: atSecond(5),
      onExpiry: 'remind',
    } as const;
    const job = facts({ digest: digest({ hotfix }) });
    const day = judged(judged(newLedger(noon), job, 6), job, 86_406);
    const notices = day.channels['slack']?.waiting.map(({ notice }) => notice) ?? [];
    expect(notices.map(({ problem }) => problem)).toEqual(Array(2).fill(`clicks-prod/hotfixExpired/${atSecond(5)}`));
    expect(new Set(notices.map(({ id }) => id)).size).toBe(2);
  });
});

describe('an operation', () => {
  const record = endedOperation({ endedAt: atSecond(5) });
  test('is told once, however often its record is read', () => {
    const told = tellOperation(newLedger(noon), record, telling(6));
    expect(waitingIn(told)).toEqual({
      slack: ['clicks-prod/op-1/operationFailed'],
      hook: ['clicks-prod/op-1/operationFailed'],
    });
    expect(tellOperation(told, record, telling(7))).toBe(told);
  });
  test('of before the notifier is no news', () => {
    const ledger = newLedger(noon);
    expect(tellOperation(ledger, endedOperation({ endedAt: atSecond(-1) }), telling(6))).toBe(ledger);
  });
  test('is forgotten only when its record can be listed no more', () => {
    const told = tellOperation(newLedger(noon), record, telling(6));
    const marked = auditedUntil(told, noon + 5_000 + AUDIT_OVERLAP_MS);
    expect(tellOperation(marked, record, telling(700))).toBe(marked);
    expect(auditedUntil(told, noon + 5_001 + 2 * AUDIT_OVERLAP_MS).seen).toEqual({});
  });
});

test('an instance that failed is told by itself only where people were not told of the job', () => {
  const ended = { how: 'failed', savepoint: null };
  const instance = { epoch: 4, number: 3, applicationId: 'application_1_0001', ended };
  const settled = settledRecord({
    job: 'clicks-prod',
    at: atSecond(10),
    instance,
    operationId: null,
    reason: 'it failed',
  });
  expect(waitingIn(tellOperation(newLedger(noon), settled, telling(11)))['slack']).toEqual([
    'clicks-prod/settled-4/instanceFailed',
  ]);
  const open = judged(newLedger(noon), failed, 11);
  expect(waitingIn(tellOperation(open, settled, telling(11)))).toEqual(waitingIn(open));
});

test('a refused release is told once, and not where it is older than the notifier', () => {
  const refusal = {
    version: 1,
    job: 'clicks-prod',
    release: 'clicks/1.5.0',
    environment: 'prod',
    publishedAt: atSecond(1),
    at: atSecond(2),
    detail: 'clicks-prod has a hotfix',
  } as const;
  const told = tellRefusal(newLedger(noon), refusal, telling(3));
  expect(waitingIn(told)['hook']).toEqual(['clicks-prod/clicks/1.5.0/autoDeployRefused']);
  expect(tellRefusal(told, { ...refusal, at: atSecond(60) }, telling(61))).toBe(told);
  const ledger = newLedger(noon);
  expect(tellRefusal(ledger, { ...refusal, publishedAt: atSecond(-1) }, telling(3))).toBe(ledger);
});

test('a ledger goes on unless it is a day old', () => {
  const ledger = judged(newLedger(noon), failed, 11);
  expect(continued(ledger, noon + 3_600_000)).toBe(ledger);
  expect(continued(ledger, noon + 90_000_000)).toEqual(newLedger(noon + 90_000_000));
  expect(continued(null, noon)).toEqual(newLedger(noon));
});
