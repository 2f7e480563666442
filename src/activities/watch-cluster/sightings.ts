/**
 * Traces of live applications, refreshed by the watcher: a node that an application left long ago must not raise a doubt
 * at its end, and a node that it came to must be asked.
 */
import { SluiceError } from '../../domain/errors/errors.ts';
import { noteTraces } from '../instance/traces.ts';
import type { Watch } from './questions.ts';
import type { WatchedApplication } from './watched-application.ts';

/** Applications whose traces a round refreshes; each costs two questions to the ResourceManager. */
const IN_A_ROUND = 2;

/** Refreshes the traces of those that changed since, and otherwise in turns. A refresh that fails is tried again in its turn. */
export async function refreshTraces({ deps, cluster, applications }: Watch): Promise<void> {
  const now = Date.now();
  const due = [...applications.live]
    .filter(
      ([, { report, sighted }]) =>
        report.amHostHttpAddress !== null && isDue(report, sighted, now, deps.watch.tracesEveryMs),
    )
    .sort(([, a], [, b]) => (a.sighted?.at ?? 0) - (b.sighted?.at ?? 0))
    .slice(0, IN_A_ROUND);
  for (const [applicationId, application] of due) {
    const { identity, report } = application;
    application.sighted = { at: now, as: placeOf(report) };
    try {
      await noteTraces(deps, { job: identity.job, cluster: cluster.name, applicationId }, report);
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
    }
  }
}

type Report = WatchedApplication['report'];

/** Everything in the cluster's list that changes when containers move. */
const placeOf = ({ amAddress, amHostHttpAddress, runningContainers }: Report): string =>
  `${amAddress ?? ''} ${amHostHttpAddress ?? ''} ${runningContainers}`;

const isDue = (report: Report, sighted: WatchedApplication['sighted'], now: number, everyMs: number): boolean =>
  sighted === null || sighted.as !== placeOf(report) || now - sighted.at >= everyMs;
