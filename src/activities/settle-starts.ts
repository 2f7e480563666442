/** Starts that nobody closed: asked of YARN one by one, and closed where they are proven to be over. */
import { isTerminal } from '../clients/yarn-replies.ts';
import { unclosed, withClosed, type Start } from '../domain/fence.ts';
import { howEnded } from './claim-operation.ts';
import { clusterOf, now, type Dependencies } from './dependencies.ts';
import { changeFence, readFence } from './fence-store.ts';

/** Closes what is over, except the application that runs; what cannot be told stays open, and so blocks submits. */
export async function settleStarts(deps: Dependencies, job: string, running: string | null): Promise<void> {
  const { fence } = await readFence(deps.s3, job);
  for (const start of unclosed(fence)) {
    if (start.applicationId === running) continue;
    const how = await howOver(deps, start);
    if (how) await changeFence(deps.s3, job, (before) => withClosed(before, start.startKey, { at: now(), how }));
  }
}

/**
 * How a start is over; null while it may live. One that YARN does not know after the submit window, with a newer epoch
 * taken since, will never run.
 */
async function howOver(deps: Dependencies, start: Start): Promise<NonNullable<Start['closed']>['how'] | null> {
  const report = await clusterOf(deps, start.cluster).yarn.application(start.applicationId);
  if (report) return isTerminal(report.state) ? howEnded(report) : null;
  return Date.now() - Date.parse(start.takenAt) > deps.submitWindowMs ? 'unsubmitted' : null;
}
