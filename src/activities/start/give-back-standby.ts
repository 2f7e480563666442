/** Gives a standby back that is not needed: its gate first, so that nothing of it can ever run, and then its application. */
import { isTerminal } from '../../clients/yarn/replies.ts';
import { withoutAnswer } from '../../domain/errors/errors.ts';
import type { Start } from '../../domain/lock/fence.ts';
import { gateOf } from '../../domain/lock/gate.ts';
import { readGates } from '../../records/gates.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import { dropTraces } from '../../records/traces.ts';
import { clusterOfInstance, type Dependencies } from '../dependencies/dependencies.ts';
import { closeStarts } from '../end/close-start.ts';
import { neverRuns, unstage } from '../end/settle-starts.ts';
import { poll, type Look } from '../poll.ts';

/**
 * @returns `over` once YARN has confirmed the end of its application. A JobManager that finds its gate revoked ends by itself as
 * well. `runs`: its gate is open, because the answer of a promotion was lost.
 */
export async function giveBackStandby(
  deps: Dependencies,
  { job, start }: { readonly job: string; readonly start: Start },
): Promise<{ readonly kind: 'over' | 'unconfirmed' | 'runs' }> {
  const { startKey, applicationId } = start;
  const hasGate = gateOf(await readGates(deps.s3, job), startKey) !== undefined;
  if (hasGate && !(await neverRuns(deps, job, start))) return { kind: 'runs' };
  await unstage(deps, job, start);
  await closeStarts(deps, job, [{ startKey, closed: { how: 'unsubmitted' } }]);
  const waited = await poll({ deadlineMs: timeLimits.standbyEnds, everyMs: 200 }, () => endOf(deps, start));
  if (!('found' in waited)) return { kind: 'unconfirmed' };
  await dropTraces(deps.s3, { job, applicationId }).catch(withoutAnswer);
  return { kind: 'over' };
}

async function endOf(deps: Dependencies, { cluster, applicationId }: Start): Promise<Look<true>> {
  const { yarn } = clusterOfInstance(deps, cluster);
  const report = await yarn.application(applicationId);
  if (report && !isTerminal(report.state)) {
    await yarn.kill(applicationId);
    return { seen: `application ${applicationId} is still ${report.state}` };
  }
  return { found: true };
}
