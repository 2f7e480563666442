/** Starts that nobody closed: asked of YARN one by one, and closed where they are proven to be over. */
import { sleep } from '@temporalio/activity';
import { isTerminal } from '../clients/yarn-replies.ts';
import { unclosed, withClosed, type Start } from '../domain/fence.ts';
import { howEnded } from './claim-operation.ts';
import { clusterOf, now, type Dependencies } from './dependencies.ts';
import { changeFence, readFence } from './fence-store.ts';

/** Closes what is over, except the application that runs; what lives stays open, and so blocks submits. */
export async function settleStarts(deps: Dependencies, job: string, running: string | null): Promise<void> {
  const { fence } = await readFence(deps.s3, job);
  for (const start of unclosed(fence)) {
    if (start.applicationId !== running) await settleStart(deps, job, start);
  }
}

type Application = Parameters<typeof howEnded>[0];

/**
 * Closes one start when it is over.
 * @returns `live`: it runs and stays open; `unsubmitted`: YARN never had it, and never will; else YARN's last report.
 */
export async function settleStart(
  deps: Dependencies,
  job: string,
  start: Start,
): Promise<'live' | 'unsubmitted' | Application> {
  const { yarn } = clusterOf(deps, start.cluster);
  const report = await yarn.application(start.applicationId);
  if (report && !isTerminal(report.state)) return 'live';
  const how = report ? howEnded(report) : 'unsubmitted';
  await changeFence(deps.s3, job, (before) => withClosed(before, start.startKey, { at: now(), how }));
  if (report) return report;
  await endLateSubmit(deps, start);
  return 'unsubmitted';
}

/**
 * Once a start is closed nothing may submit it, but a submit that read the fence just before may still be under way.
 * Its requests end within the window; what turns up until then is ended.
 */
export async function endLateSubmit(
  deps: Dependencies,
  { cluster, applicationId }: Pick<Start, 'cluster' | 'applicationId'>,
): Promise<void> {
  const { yarn } = clusterOf(deps, cluster);
  for (const endsAt = Date.now() + deps.submitWindowMs; ;) {
    const report = await yarn.application(applicationId);
    if (report && isTerminal(report.state)) return;
    if (report) await yarn.kill(applicationId);
    else if (Date.now() >= endsAt) return;
    await sleep(Math.min(500, deps.submitWindowMs));
  }
}
