/**
 * What deploy, restart, rollback, resume and hotfixes have in common: check while the old instance runs, stage, take the old one
 * down with its state, bring the new one up.
 */
import { SluiceError } from '../../domain/errors.ts';
import type { HotfixChange } from '../../domain/hotfix.ts';
import { rulesOf } from '../../domain/job-type.ts';
import type { RequestOf, StopWith } from '../../domain/operation.ts';
import type { StartSource } from '../../activities/check-release.ts';
import type { OperationRun } from '../operation-run.ts';
import { bringUp } from './bring-up.ts';
import { orGiveBack, readyStart, type Staged } from './stage.ts';
import { takeDown } from './take-down.ts';

type Asked = Omit<RequestOf<'resume'>, 'id' | 'actor' | 'reason' | 'via'> & {
  readonly stopWith?: StopWith | undefined;
};

/** An operation keeps the hotfix that is active, unless it is about it. */
const KEEP: HotfixChange = { kind: 'keep' };

export async function replace(run: OperationRun, source: StartSource, asked: Asked, hotfix = KEEP): Promise<void> {
  const checked = await readyStart(run, {
    source,
    from: asked.from ?? null,
    stopWith: asked.stopWith ?? null,
    allowNonRestoredState: asked.allowNonRestoredState ?? false,
    discardNewerState: asked.discardNewerState ?? false,
    acceptStateRisk: asked.acceptStateRisk ?? false,
    hotfix,
  });
  const staged: Staged = { plan: checked.plan, start: checked.start };
  const old = run.memory.state === 'running' ? run.memory.current : null;
  const given = await orGiveBack(run, staged, async () => {
    run.safePoint(); // the last one at which the old instance stays
    if (!old) return null;
    const { maxCheckpointAge } = checked.plan;
    return takeDown(run, old, { stopWith: checked.stopWith, drain: false, isReplaced: true, maxCheckpointAge });
  });
  if (checked.restorePoint === 'from-stop' && !given) {
    throw new SluiceError('Internal', `${run.job} was stopped without the state that the new deployment goes on from`);
  }
  await bringUp(run, {
    staged,
    restorePoint: checked.restorePoint === 'from-stop' ? given : checked.restorePoint,
    fallback: old && (given || !rulesOf(old.jobType).keepsState) ? { deployment: old, restorePoint: given } : null,
  });
}
