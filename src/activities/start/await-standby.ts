/** Waits until a standby is up: its JobManager answers, and its TaskManagers have brought the slots of the job. */
import { isTerminal, type ApplicationReport } from '../../clients/yarn/replies.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { clusterOfInstance, type Dependencies } from '../dependencies/dependencies.ts';
import { reportedEnd } from '../instance/how-ended.ts';
import { keepTraces } from '../instance/traces.ts';
import { poll, type Look } from '../poll.ts';

export type StandbySeen =
  | { readonly kind: 'up' }
  /** The cluster gave it no room in time. */
  | { readonly kind: 'waits'; readonly seen: string }
  /** The application has ended by itself. */
  | { readonly kind: 'ended'; readonly report: string };

export async function awaitStandby(
  deps: Dependencies,
  { deployment, deadlineMs }: { readonly deployment: Deployment; readonly deadlineMs: number },
): Promise<StandbySeen> {
  const note = keepTraces(deps, deployment);
  const waited = await poll({ deadlineMs, everyMs: 200 }, async () => {
    const report = await clusterOfInstance(deps, deployment.cluster).yarn.application(deployment.applicationId);
    if (report && !isTerminal(report.state)) await note(report);
    return lookAt(deps, deployment, report);
  });
  return 'found' in waited ? waited.found : { kind: 'waits', seen: waited.timedOut };
}

async function lookAt(
  { flink }: Dependencies,
  { applicationId, parallelism }: Deployment,
  report: ApplicationReport | null,
): Promise<Look<StandbySeen>> {
  if (!report) return { seen: `YARN does not know application ${applicationId}` };
  if (isTerminal(report.state)) return { found: { kind: 'ended', report: reportedEnd(report) } };
  if (report.amAddress === null) return { seen: `application ${applicationId} is ${report.state}` };
  const { slotsTotal } = await flink.overview(report.amAddress);
  return slotsTotal >= parallelism
    ? { found: { kind: 'up' } }
    : { seen: `${slotsTotal} of ${parallelism} slots of application ${applicationId} are there` };
}
