/** Takes news into the ledger: notes what was seen, and queues its notice for the channels that are to tell of it. */
import type { OperationRecord } from '../operation/operation.ts';
import { projectOf } from '../identity/ownership.ts';
import type { Problem } from './events.ts';
import { isNews, openProblems, withNotice, withOpen, withSeen, type Ledger } from './ledger.ts';
import type { Notice } from './notice.ts';
import { eventOf, operationNotice } from './operation-notices.ts';
import { closedNotice, openedNotice } from './problem-notices.ts';
import type { JobFacts, Judgement } from './problems.ts';
import { refusalNotice, type Refusal } from './refusal-notice.ts';
import { channelsFor } from './routing.ts';
import type { NotificationSettings } from './settings.ts';

/** The circumstances of news: the configuration, the time, and what is known of the job. */
export interface Telling {
  readonly settings: NotificationSettings;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Null where the workflow of the job is closed. */
  readonly facts: JobFacts | null;
  /** `owner.contacts` of its deployment file. */
  readonly contacts: readonly string[];
  /** `links.runbook` of its deployment file. */
  readonly runbook: string | null;
}

const iso = (at: number): string => new Date(at).toISOString();

/** The key of an operation among those that were seen. */
export const seenKeyOf = (job: string, id: string): string => `${job}/${id}`;

const aboutOf = ({ facts, runbook }: Telling) => ({
  environment: facts?.environment ?? null,
  team: facts?.team ?? null,
  cluster: facts?.cluster ?? null,
  runbook,
});

const routed = (ledger: Ledger, notice: Notice, { settings, contacts, now }: Telling): Ledger =>
  withNotice(ledger, notice, channelsFor(notice, contacts, settings), now);

/** Tells of an ended operation, once. */
export function tellOperation(ledger: Ledger, record: OperationRecord, telling: Telling): Ledger {
  const { job, id } = record;
  const endedAt = record.endedAt ?? record.acceptedAt;
  const key = seenKeyOf(job, id);
  if (!isNews(ledger, key, endedAt)) return ledger;
  const noted = withSeen(ledger, key, endedAt);
  const kind = eventOf(record, telling.settings.programs);
  // People who were told that the job needs them know that its instance failed.
  const isTold = kind === 'instanceFailed' && openProblems(noted, job).has('failed');
  return kind === null || isTold ? noted : routed(noted, operationNotice(record, kind, aboutOf(telling)), telling);
}

/** Tells which problems of a job begin, are over, or are told again. */
export function tellProblems(ledger: Ledger, facts: JobFacts, judged: Judgement, telling: Telling): Ledger {
  let next = ledger;
  for (const { problem, since } of judged.opened) next = opened(next, facts, { problem, since }, telling);
  for (const problem of judged.again) next = toldAgain(next, facts, problem, telling);
  for (const problem of judged.closed) next = closed(next, { job: facts.name, facts, problem }, telling);
  return next;
}

/** Ends all problems of a job whose workflow is closed. */
export function tellGone(ledger: Ledger, job: string, telling: Telling): Ledger {
  let next = ledger;
  for (const problem of openProblems(ledger, job).keys()) next = closed(next, { job, facts: null, problem }, telling);
  return next;
}

function opened(
  ledger: Ledger,
  facts: JobFacts,
  { problem, since }: { readonly problem: Problem; readonly since: string },
  telling: Telling,
): Ledger {
  const { settings, contacts, now, runbook } = telling;
  const { name: job, environment, team, cluster } = facts;
  const id = `${job}/${problem}/${since}`;
  const notice = openedNotice(facts, { problem, of: id, id: `${id}/opened`, at: iso(now) }, runbook);
  // A problem of before the notifier began is known to whoever looks after the job.
  const channels = since < ledger.since ? [] : channelsFor(notice, contacts, settings);
  const open = { id, toldAt: now, channels: [...channels], environment, team, cluster };
  return withNotice(withOpen(ledger, job, problem, open), notice, channels, now);
}

function toldAgain(ledger: Ledger, facts: JobFacts, problem: Problem, telling: Telling): Ledger {
  const open = openProblems(ledger, facts.name).get(problem);
  if (open === undefined) return ledger;
  const { now, runbook } = telling;
  const at = iso(now);
  const notice = openedNotice(facts, { problem, of: open.id, id: `${open.id}/${at}`, at }, runbook);
  return withNotice(withOpen(ledger, facts.name, problem, { ...open, toldAt: now }), notice, open.channels, now);
}

function closed(
  ledger: Ledger,
  { job, facts, problem }: { readonly job: string; readonly facts: JobFacts | null; readonly problem: Problem },
  { now }: Telling,
): Ledger {
  const open = openProblems(ledger, job).get(problem);
  if (open === undefined) return ledger;
  const { environment, team, cluster, id, channels } = open;
  const of = { job, environment, team, cluster };
  const notice = closedNotice({ job: facts, of }, { problem, id, at: iso(now) });
  return withNotice(withOpen(ledger, job, problem, null), notice, channels, now);
}

/** Tells of a release that does not deploy itself, once. */
export function tellRefusal(ledger: Ledger, refusal: Refusal, telling: Telling): Ledger {
  const { job, release, publishedAt, environment } = refusal;
  const key = `${job}/${projectOf(release)}`;
  if (ledger.refused[key] === release || publishedAt < ledger.since) return ledger;
  const noted = { ...ledger, refused: { ...ledger.refused, [key]: release } };
  const about = aboutOf(telling);
  return routed(noted, refusalNotice(refusal, { ...about, environment: about.environment ?? environment }), telling);
}
