/**
 * Rescaling in place: Flink's adaptive scheduler brings the running job to another parallelism. Application, deployment number and
 * epoch stay; the deployment gains a revision. Whatever goes wrong, the deployment keeps its values and Flink goes back to them.
 */
import { patched } from '@temporalio/workflow';
import type { Deployment } from '../../../domain/deployment/deployment.ts';
import type { RescaleAnswer } from '../../../domain/deployment/rescale.ts';
import { SluiceError } from '../../../domain/errors/errors.ts';
import { rescaleBegun, rescaled, rescaleUndone, whyRestart } from '../../../domain/job/rescale.ts';
import type { Request } from '../../../domain/operation/operation.ts';
import { timeLimits } from '../../../domain/time-limits.ts';
import { change, read, waitFor } from '../../activities.ts';
import { now } from '../../desk/now.ts';
import { codeAndDetail } from '../../failures.ts';
import type { OperationRun } from '../operation-run.ts';
import { wantedOf } from './wanted.ts';

type HotfixRequest = Extract<Request, { readonly kind: 'hotfix' | 'revertHotfix' }>;
type Rescale = Extract<RescaleAnswer, { readonly how: 'rescaled' }>;

/**
 * Brings a change of the hotfix to the running job in place, where only its parallelism changes and Flink can do that.
 * @returns false where the change takes a start; nothing has been touched then, and a warning says why if that may surprise.
 */
export async function rescaleInPlace(run: OperationRun, request: HotfixRequest): Promise<boolean> {
  const { memory, operation } = run;
  const { current } = memory;
  if (!current || whyRestart(memory, request) !== null || !patched('2026-11-30-rescale')) return false;
  const { hotfix } = wantedOf(memory, operation, request);
  const answer = await read.lookAtRescale.executeWithOptions({ summary: `Can ${run.job} be rescaled as it runs?` }, [
    { deployment: current, change: hotfix },
  ]);
  if (answer.how === 'restarted') {
    if (answer.isAdaptive) run.warn(`not rescaled in place: ${answer.why}`);
    return false;
  }
  run.safePoint();
  run.about(current);
  run.warn(...answer.warnings);
  operation.how = answer.how;
  run.phase('rescaling');
  rescaleBegun(memory, { operation: operation.id, since: now(), to: answer.to });
  try {
    await rescale(run, { ...(memory.current ?? current) }, answer);
  } catch (error) {
    throw await undone(run, error);
  }
  return true;
}

async function rescale(run: OperationRun, deployment: Deployment, { to, hotfix }: Rescale): Promise<void> {
  const { memory, operation, runId } = run;
  const { configuration } = await change.beginRescale.executeWithOptions(
    { summary: `Require parallelism ${to} of deployment ${deployment.number}` },
    [{ deployment, runId, isHotfixed: hotfix !== null }],
  );
  const wait = (proof: 'tasks' | 'checkpoint', deadlineMs: number) =>
    run.interruptible(
      () =>
        waitFor(deadlineMs).awaitRescaled.executeWithOptions(
          { summary: proof === 'tasks' ? `All tasks at parallelism ${to}` : 'A completed checkpoint' },
          [{ deployment, proof, deadlineMs }],
        ),
      ['cancelled', 'superseded'],
    );
  await wait('tasks', timeLimits.rescale);
  await wait('checkpoint', deployment.deadlines.verify);
  rescaled(memory, { at: now(), operation: operation.id, configuration, parallelism: to, hotfix });
}

/**
 * Has Flink go back to the parallelism of the deployment. An operation that takes over ends the instance, and whoever has the lock
 * now finds the intention in the record: then nothing is undone here.
 * @returns the error that says how it ended.
 */
async function undone(run: OperationRun, error: unknown): Promise<unknown> {
  const failure = codeAndDetail(error);
  const deployment = run.memory.current;
  if (failure === null || !deployment || failure.code === 'LockLost' || failure.code === 'Superseded') return error;
  const { code, detail, cause } = failure;
  const because = (fate: string) => new SluiceError(code, `${detail}; ${fate}`, { why: cause ?? undefined });
  const deadlineMs = timeLimits.putBack;
  const undo = () =>
    waitFor(deadlineMs).undoRescale.executeWithOptions(
      { summary: `Require parallelism ${deployment.parallelism} again` },
      [{ deployment, deadlineMs }],
    );
  try {
    const answer = await run.interruptible(undo, ['superseded']);
    switch (answer.kind) {
      case 'back':
        rescaleUndone(run.memory);
        return because(`deployment ${deployment.number} runs on at parallelism ${deployment.parallelism}`);
      case 'gone':
        rescaleUndone(run.memory);
        return because(`nothing of deployment ${deployment.number} runs any more: ${answer.detail}`);
      case 'notOurs':
        rescaleUndone(run.memory);
        return because(`nothing was left to undo: ${answer.detail}`);
      case 'unknown':
        return because(`${notYet(deployment)}: ${answer.detail}`);
    }
  } catch (later) {
    const again = codeAndDetail(later);
    if (again === null || again.code === 'Superseded') return later;
    return because(`${notYet(deployment)}: ${again.detail}`);
  }
}

const notYet = ({ parallelism }: Deployment): string =>
  `Sluice has Flink go back to parallelism ${parallelism} as soon as it answers`;
