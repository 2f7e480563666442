/** Ended operations, jobs and notices for tests of notifications. */
import { digestOf, type JobDigest } from '../../src/domain/job/list/digest.ts';
import { newMemory, viewOf } from '../../src/domain/job/job-memory.ts';
import type { Notice } from '../../src/domain/notification/notice.ts';
import type { JobFacts } from '../../src/domain/notification/problems.ts';
import { NotificationSettings } from '../../src/domain/notification/settings.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';

export const NOON = '2026-01-05T12:00:00.000Z';
export const noon = Date.parse(NOON);
export const atSecond = (second: number): string => new Date(noon + second * 1_000).toISOString();

export const endedOperation = (more: Partial<OperationRecord> = {}): OperationRecord => ({
  id: 'op-1',
  job: 'clicks-prod',
  kind: 'deploy',
  actor: 'ci-clicks',
  via: 'api',
  claimed: null,
  reason: null,
  acceptedAt: atSecond(-60),
  endedAt: NOON,
  phase: null,
  phases: [],
  outcome: 'failed',
  error: null,
  deployment: 3,
  request: { release: 'clicks/1.4.2' },
  fingerprint: 'f',
  savepoint: null,
  warnings: [],
  deleted: null,
  interruption: null,
  ...more,
});

export const digest = (more: Partial<JobDigest> = {}): JobDigest => ({
  ...digestOf(
    viewOf({ ...newMemory('clicks-prod', NOON), proven: true, state: 'running', health: 'healthy' }, null, []),
  ),
  ...more,
});

export const facts = (more: Partial<JobFacts> = {}): JobFacts => {
  const said = more.digest === undefined ? digest() : more.digest;
  return {
    name: 'clicks-prod',
    state: said?.state ?? 'running',
    health: said?.health ?? 'healthy',
    environment: 'prod',
    team: 'ads-streaming',
    cluster: 'yarn-a',
    release: 'clicks/1.4.2',
    isHeld: false,
    ...more,
    digest: said,
  };
};

export const notice = (more: Partial<Notice> = {}): Notice => {
  const job = more.job ?? 'clicks-prod';
  return {
    id: `${job}/failed/${NOON}/opened`,
    kind: 'failed',
    status: 'opened',
    problem: `${job}/failed/${NOON}`,
    severity: 'critical',
    at: NOON,
    environment: 'prod',
    team: 'ads-streaming',
    cluster: 'yarn-a',
    release: 'clicks/1.4.2',
    operation: null,
    title: `${job} failed and needs a person`,
    text: 'deployment 3 failed',
    runbook: null,
    ...more,
    job,
  };
};

/** Settings with the channels `slack`, `pager` and `hook`. */
export const settingsOf = (more: Readonly<Record<string, unknown>> = {}): NotificationSettings =>
  NotificationSettings.parse({
    channels: {
      slack: { kind: 'slack', urlFile: '/run/secrets/slack' },
      pager: { kind: 'pagerduty', secretFile: '/run/secrets/pager' },
      hook: { kind: 'webhook', url: 'https://hooks.example.com/sluice', secretFile: '/run/secrets/hook' },
    },
    ...more,
  });
