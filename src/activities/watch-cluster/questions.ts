/** Questions of one round: how live applications do, and what became of missing ones. */
import { isTerminal, type ApplicationReport } from '../../clients/yarn/replies.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import type { Cluster, Dependencies } from '../dependencies/dependencies.ts';
import { questionsInARound } from '../dependencies/watch-settings.ts';
import { howEnded, reportedCause, reportedEnd } from '../instance/how-ended.ts';
import type { Applications } from './applications.ts';
import { silence, type MissingApplication } from './missing-applications.ts';
import type { Complaints } from './complaints.ts';
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
}

/** Asks live applications, those first that were not asked for longest: a round has only so many questions. */
export async function lookAtLive({ deps, applications, telling }: Watch): Promise<Edge[]> {
  const { watch, flink } = deps;
  const now = Date.now();
  const due = [...applications.live]
    .filter(([id, { askedAt }]) => now - askedAt >= watch.sameJobEveryMs && !telling.hasEnded(id))
    .sort(([, a], [, b]) => a.askedAt - b.askedAt);
  let questions = questionsInARound(watch);
  const chosen = due.filter(([, application]) => {
    if (questions <= 0) return false;
    questions -= application.cost(now, watch);
    return true;
  });
  const lookAt = async ([applicationId, application]: [string, WatchedApplication]): Promise<Edge[]> => {
    const verdict = await application.look(flink, watch);
    return verdict === null ? [] : [{ applicationId, ...application.identity, ...verdict }];
  };
  return (await Promise.all(chosen.map(lookAt))).flat();
}

/** Asks for missing applications by id, because the cluster's list has only live ones. */
export async function lookForMissing(watch: Watch): Promise<Edge[]> {
  const due = watch.applications.missing.due(Date.now()).slice(0, questionsInARound(watch.deps.watch));
  const looks = await inTurns(due, (missing) => lookFor(missing, watch), AT_ONCE);
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
