/** Tells which ended operation is an event, by its record in the audit log. */
import { RETENTION, SETTLED } from '../lifecycle.ts';
import { isOwnRestart } from '../job/recovery/recovery.ts';
import { doors } from '../operation/doors.ts';
import { doorOf, releaseOf, whoAsked } from '../operation/in-words.ts';
import type { OperationRecord } from '../operation/operation.ts';
import { redact } from '../secrets/redact.ts';
import { clip } from '../values/clip.ts';
import { matches } from '../values/name-pattern.ts';
import { entryOf, type EventKind } from './events.ts';
import { noticeLimits, type Notice } from './notice.ts';

/** The event that an ended operation is; null when it is none. `programs` are patterns of the names of callers that are no people. */
export function eventOf(record: OperationRecord, programs: readonly string[]): EventKind | null {
  const { kind, via, outcome, request } = record;
  const isDone = outcome === 'succeeded';
  const isFailure = outcome === 'failed' || outcome === 'rolledBack';
  const isSluice = via === 'supervisor';
  switch (kind) {
    case RETENTION:
      return null;
    case SETTLED:
      return isSluice && request['ended'] === 'failed' ? 'instanceFailed' : null;
    case 'restart':
      if (isOwnRestart(record)) return isDone ? 'restarted' : isFailure ? 'restartFailed' : null;
      break;
    case 'failover':
      if (isSluice) return isDone ? 'failedOver' : isFailure ? 'failoverFailed' : null;
      break;
    case 'revertHotfix':
      if (isSluice && isDone) return 'hotfixReverted';
      break;
    case 'deploy':
      if (via === 'autoDeploy' && outcome === 'rejected') return 'autoDeployRefused';
      break;
    case 'savepoint':
    case 'stop':
    case 'kill':
    case 'resume':
    case 'rollback':
    case 'hotfix':
    case 'adopt':
    case 'recover':
    case 'transfer':
    case 'failback':
  }
  const isOfProgram = isOfProgramIn(record, programs);
  if (isFailure || (isOfProgram && outcome === 'rejected'))
    return isOfProgram ? 'operationFailed' : 'personsOperationFailed';
  return null;
}

/** Tells whether nobody waits for the outcome: Sluice asked itself, or CI did, by its own word or by its name. */
function isOfProgramIn(record: OperationRecord, programs: readonly string[]): boolean {
  const { via, actor, claimed } = record;
  const isOwn = Object.entries(doors).some(([door, { isOwn: own }]) => door === via && own);
  const names = [actor, claimed?.actor ?? actor];
  return isOwn || doorOf(record) === 'ci' || names.some((name) => programs.some((pattern) => matches(pattern, name)));
}

/** The job of an operation, as far as its notice tells of it. */
type About = Pick<Notice, 'environment' | 'team' | 'cluster' | 'runbook'>;

export function operationNotice(record: OperationRecord, kind: EventKind, about: About): Notice {
  const { job, id } = record;
  const { one, severity } = entryOf(kind);
  return {
    id: `${job}/${id}/${kind}`,
    kind,
    status: 'happened',
    problem: null,
    severity,
    at: record.endedAt ?? record.acceptedAt,
    job,
    environment: about.environment,
    team: about.team,
    cluster: about.cluster,
    release: releaseOf(record),
    operation: id,
    title: clip(
      kind === 'operationFailed' || kind === 'personsOperationFailed' ? failureOf(record) : `${job} ${one}`,
      noticeLimits.title,
    ),
    text: textOf(record),
    runbook: about.runbook,
  };
}

const failureOf = (record: OperationRecord): string => {
  const { job, kind, outcome } = record;
  const how = outcome === 'rolledBack' ? 'was rolled back' : outcome === 'rejected' ? 'was refused' : 'failed';
  return `${kind} of ${job} by ${whoAsked(record)} ${how}`;
};

/** The error with what to do, or the reason; both quote YARN and Flink, and the message leaves the installation. */
function textOf({ error, reason }: OperationRecord): string | null {
  const words =
    error === null ? reason : [error.detail, error.runsNow, error.whatToDo ?? error.hint].filter(Boolean).join(' ');
  return words === null || words === '' ? null : clip(redact(words), noticeLimits.text);
}
