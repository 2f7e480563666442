/** Questions: how live applications do, and what became of missing ones, in rounds and one by one. */
import { isTerminal, type ApplicationReport } from '../../clients/yarn/replies.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import type { Cluster, Dependencies } from '../dependencies/dependencies.ts';
import { questionsInARound } from '../dependencies/watch-settings.ts';
import { howEnded, reportedCause, reportedEnd } from '../instance/how-ended.ts';
import type { Applications } from './applications.ts';
import { silence, type MissingApplication } from './missing-applications.ts';
import type { Complaints } from './complaints.ts';
import type { Signs } from './signs.ts';
import type { Edge, Telling } from './telling.ts';
import type { WatchedApplication } from './watched-application.ts';

/** Questions under way at one time. */
const AT_ONCE = 10;

export interface Watch {
  readonly deps: Dependencies;
  readonly cluster: Cluster;
  readonly applications: Applications;
  readonly telling: Telling;
  readonly complaints: Complaints;
  readonly signs: Signs;
}

/** Asks live applications, those first that were not asked for longest: a round has only so many questions. */
export async function lookAtLive(watched: Watch): Promise<Edge[]> {
  const { applications, telling, deps } = watched;
  const { watch } = deps;
  const now = Date.now();
  const due = [...applications.live]
    .filter(([, { askedAt }]) => now - askedAt >= watch.sameJobEveryMs)
    .filter(([id]) => !telling.hasEnded(id) && !applications.isAskedAbout(id))
    .sort(([, a], [, b]) => a.askedAt - b.askedAt);
  let questions = questionsInARound(watch);
  const chosen = due.filter(([, application]) => {
    if (questions <= 0) return false;
    questions -= application.cost(now, watch);
    return true;
  });
  const lookInTurn = ([id, application]: [string, WatchedApplication]): Promise<Edge[]> =>
    applications.inTurn(id, () => lookAt(watched, id, application));
  return (await Promise.all(chosen.map(lookInTurn))).flat();
}

/** Asks one application. Its answer holds until a later look, and while its cluster answers and calls it alive. */
async function lookAt(
  { deps, applications }: Watch,
  applicationId: string,
  application: WatchedApplication,
): Promise<Edge[]> {
  const { watch, flink } = deps;
  const verdict = await application.look(flink, watch);
  if (verdict === null) return [];
  const { looks, identity } = application;
  const holds = (): boolean =>
    application.looks === looks &&
    applications.live.get(applicationId) === application &&
    !applications.isSilent(watch);
  return [{ applicationId, ...identity, ...verdict, holds }];
}

/** Asks about one application at once, and tells its job what is new. Where its JobManager gives no answer, YARN may know more. */
export async function askAbout(watch: Watch, id: string): Promise<void> {
  const { applications, telling, deps, cluster } = watch;
  await applications.inTurn(id, async () => {
    const application = applications.live.get(id);
    if (application && !telling.hasEnded(id)) {
      await telling.tell(await lookAt(watch, id, application));
      if (application.answeredAt !== null || telling.hasEnded(id)) return;
      const report = await cluster.yarn.application(id, { deadlineMs: deps.watch.questionDeadlineMs }).catch(silence);
      if (report === 'silent' || report === null || !isTerminal(report.state)) return;
      applications.lose(id);
    }
    const missing = applications.missing.get(id);
    const edge = missing && (await lookFor(missing, watch));
    if (edge) await tellOfMissing(watch, [edge]);
  });
}

/** Tells jobs what became of missing applications, and forgets those of whose end the job was told. */
export async function tellOfMissing({ applications, telling }: Watch, edges: readonly Edge[]): Promise<void> {
  await telling.tell(edges);
  for (const { applicationId, mark } of edges) {
    // A job that could not be told of its end is told in a later round.
    if (mark !== 'e' || !telling.hasEnded(applicationId)) continue;
    applications.missing.delete(applicationId);
    telling.forget(applicationId);
  }
}

/** Asks for missing applications by id, because the cluster's list has only live ones. */
export async function lookForMissing(watch: Watch): Promise<Edge[]> {
  const { applications, deps } = watch;
  const due = applications.missing
    .due(Date.now())
    .filter(({ id }) => !applications.isAskedAbout(id))
    .slice(0, questionsInARound(deps.watch));
  const ask = (missing: MissingApplication): Promise<Edge | null> =>
    applications.inTurn(missing.id, () => lookFor(missing, watch));
  const looks = await inTurns(due, ask, AT_ONCE);
  return looks.filter((edge) => edge !== null);
}

async function lookFor(missing: MissingApplication, watch: Watch): Promise<Edge | null> {
  const { deps, cluster, applications, telling } = watch;
  const { id } = missing;
  const options = { deadlineMs: deps.watch.questionDeadlineMs };
  const report = await cluster.yarn.application(id, options).catch(silence);
  if (report === 'silent') return applications.missing.askLater(missing, 'soon');
  if (report === null) return unknownEdge(missing, watch);
  if (!isTerminal(report.state)) return applications.missing.askLater(missing, 'soon');
  const identity = applications.identityOf(report) ?? missing.identity;
  if (identity === null) {
    applications.missing.delete(id);
    telling.forget(id);
    return null;
  }
  return { applicationId: id, ...identity, mark: 'e', seen: endOf(report) };
}

/** An application that YARN does not know is silent, and only once YARN has said so for long: it may have restarted. */
function unknownEdge(missing: MissingApplication, { cluster, applications }: Watch): Edge | null {
  const { id, identity } = missing;
  if (!applications.missing.isUnknownForLong(missing)) return applications.missing.askLater(missing, 'soon');
  applications.missing.askLater(missing, 'rarely');
  const detail = `the ResourceManager of cluster ${cluster.name} does not know application ${id} any more`;
  return identity && { applicationId: id, ...identity, mark: 's', seen: { kind: 'silent', detail } };
}

const endOf = (report: ApplicationReport): Edge['seen'] => ({
  kind: 'ended',
  how: howEnded(report),
  detail: reportedEnd(report),
  cause: reportedCause(report),
});
