/**
 * The events that Sluice notifies people of. Configuration, texts and docs read this table. An event with an end opens a
 * problem, and a further message says when the problem is over.
 */
import { leftToPeople, type AttentionReason } from '../job/list/attention.ts';
import { keysOf } from '../values/keys-of.ts';

/** From the least to the most. */
export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** Tells whether a severity is at least another one. */
export const isAtLeast = (severity: Severity, least: Severity): boolean =>
  severities.indexOf(severity) >= severities.indexOf(least);

interface EventEntry {
  readonly severity: Severity;
  /** The event in one sentence, for people. */
  readonly meaning: string;
  /** The end of a title that begins with the name of a job. */
  readonly one: string;
  /** The end of a title that begins with a number. */
  readonly many: string;
  /** The same of the ends of problems; absent where the event opens none. */
  readonly manyEnded?: string;
  /** Whether it is told without a route that names it. */
  readonly isUsual: boolean;
}

export const notifiedEvents = {
  failed: {
    severity: 'critical',
    meaning: `A job failed, and ${leftToPeople}.`,
    one: 'failed and needs a person',
    many: 'jobs failed and need a person',
    manyEnded: 'failed jobs are in order again',
    isUsual: true,
  },
  unreachable: {
    severity: 'critical',
    meaning: 'The cluster of a job does not answer, or the end of its instance is not confirmed.',
    one: 'cannot be reached',
    many: 'jobs cannot be reached',
    manyEnded: 'jobs can be reached again',
    isUsual: true,
  },
  degraded: {
    severity: 'warning',
    meaning: 'A job runs and has not been healthy for 5 minutes.',
    one: 'is degraded',
    many: 'jobs are degraded',
    manyEnded: 'jobs are no longer degraded',
    isUsual: true,
  },
  pendingStop: {
    severity: 'warning',
    meaning: 'A stop has had no known outcome for 2 minutes, so nothing may be started.',
    one: 'has a stop without a known outcome',
    many: 'jobs have a stop without a known outcome',
    manyEnded: 'jobs have an outcome of their stop',
    isUsual: true,
  },
  givenUp: {
    severity: 'warning',
    meaning: 'An instance was given up and may still run.',
    one: 'has an instance that was given up and may still run',
    many: 'jobs have an instance that was given up and may still run',
    manyEnded: 'jobs are rid of an instance that was given up',
    isUsual: true,
  },
  hotfixExpired: {
    severity: 'warning',
    meaning: 'A hotfix has expired and still applies. The event is repeated once a day.',
    one: 'has a hotfix that expired and still applies',
    many: 'jobs have a hotfix that expired and still applies',
    manyEnded: 'expired hotfixes no longer apply',
    isUsual: true,
  },
  instanceFailed: {
    severity: 'warning',
    meaning: 'An instance failed, and Sluice starts the job again by itself.',
    one: 'failed, and Sluice starts it again',
    many: 'jobs failed, and Sluice starts them again',
    isUsual: true,
  },
  restarted: {
    severity: 'info',
    meaning: 'Sluice has started a failed job again, and it runs.',
    one: 'runs again, restarted by Sluice',
    many: 'jobs run again, restarted by Sluice',
    isUsual: true,
  },
  restartFailed: {
    severity: 'warning',
    meaning: 'A restart by Sluice failed.',
    one: 'could not be restarted by Sluice',
    many: 'jobs could not be restarted by Sluice',
    isUsual: true,
  },
  failedOver: {
    severity: 'warning',
    meaning: 'Sluice has moved a job to another cluster.',
    one: 'was moved to another cluster by Sluice',
    many: 'jobs were moved to another cluster by Sluice',
    isUsual: true,
  },
  failoverFailed: {
    severity: 'critical',
    meaning: 'Sluice could not move a job to another cluster.',
    one: 'could not be moved to another cluster by Sluice',
    many: 'jobs could not be moved to another cluster by Sluice',
    isUsual: true,
  },
  operationFailed: {
    severity: 'warning',
    meaning: 'An operation failed that CI, a schedule, a release or Sluice itself had asked for.',
    one: 'has a failed operation',
    many: 'operations of programs failed',
    isUsual: true,
  },
  personsOperationFailed: {
    severity: 'warning',
    meaning: 'An operation failed that a person had asked for, who sees that anyway.',
    one: 'has a failed operation of a person',
    many: 'operations of people failed',
    isUsual: false,
  },
  hotfixReverted: {
    severity: 'info',
    meaning: 'Sluice has reverted an expired hotfix, as `hotfix.onExpiry` says.',
    one: 'runs without its expired hotfix',
    many: 'expired hotfixes were reverted',
    isUsual: true,
  },
  autoDeployRefused: {
    severity: 'warning',
    meaning: 'A release that asks to be deployed does not deploy itself, and waits for no better time.',
    one: 'does not get its newest release by itself',
    many: 'releases do not deploy themselves',
    isUsual: true,
  },
} as const satisfies Record<string, EventEntry>;

export type EventKind = keyof typeof notifiedEvents;
export const eventKinds = keysOf(notifiedEvents);

/** The row of an event, with the fields that only some rows have. */
export const entryOf = (kind: EventKind): EventEntry => notifiedEvents[kind];

const minute = 60_000;

interface ProblemEntry {
  /** Milliseconds that the reason must hold before somebody is told. */
  readonly afterMs: number;
  /** Milliseconds after which an open problem is told again; null for never. */
  readonly againMs: number | null;
}

/** The problems of a job: the reasons why a person must look at it, each of which is an event of the same name. */
export const problems = {
  failed: { afterMs: 0, againMs: null },
  unreachable: { afterMs: 0, againMs: null },
  degraded: { afterMs: 5 * minute, againMs: null },
  pendingStop: { afterMs: 2 * minute, againMs: null },
  givenUp: { afterMs: 0, againMs: null },
  hotfixExpired: { afterMs: 0, againMs: 24 * 60 * minute },
} as const satisfies Record<AttentionReason, ProblemEntry>;
export type Problem = keyof typeof problems;
export const problemNames = keysOf(problems);
