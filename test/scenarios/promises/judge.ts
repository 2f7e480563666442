/**
 * Judges the promises of the design by what really happened: applications, snapshots, restore paths, records in S3,
 * requests and answers. Only promise 14 asks Sluice, because it compares the state that Sluice shows with what lives.
 */
import { isLeftToPeople } from '../deploy-at-last.ts';
import type { Stage } from '../stage.ts';
import type { Instance } from '../instance.ts';
import { agreesAtRest, outcomeIsTrue } from './agreement.ts';
import { hotfixIsKept, whatWasDeclared } from './declared.ts';
import { atMostOne, givenUpByRequest, stoppedOnlyWithSavepoint, stoppedStaysStopped } from './instances.ts';
import { oneProject } from './owned.ts';
import { failedDeployIsClear, neverInterleaved, overIsKnown, recordedOnce } from './records.ts';
import { restartHasState, restartIsDue } from './restarts.ts';
import { startOf, type Start } from './start.ts';
import { noStateLost, onlyNeedlessIsDeleted } from './state-kept.ts';
import type { Story } from './story.ts';

export interface Judge {
  /** Compares everything that says what runs, while the world is healed and quiet. */
  readonly atRest: () => void;
  /** @returns everything that was broken. */
  readonly atEnd: () => readonly string[];
}

/** Watches from now on. */
export function watch(stage: Stage, story: Story): Judge {
  const { truth } = stage;
  const broken: string[] = [];
  const tell = (promise: number, what: string): void => {
    const at = new Date(stage.clock.now).toISOString();
    broken.push(`promise ${promise}: ${what} (${at})`);
  };
  truth.onInstance.push((instance) => {
    atMostOne(stage, story, instance, tell);
    if (instance.isStranger) return; // adopted: nobody started it
    const start = startOf(stage, story, instance);
    stoppedStaysStopped(stage, story, instance, start, tell);
    starts.set(instance, start);
    restartIsDue(stage, story, { instance, start, starts }, tell);
  });
  truth.onGivenUp.push((instance, operation) => givenUpByRequest(story, instance, operation, tell));
  truth.onKill.push((instance) => stoppedOnlyWithSavepoint(stage, story, instance, tell));
  truth.onRecord.push((recorded) => failedDeployIsClear(stage, recorded, tell));
  if (story.isCompared) truth.onRecord.push((recorded) => outcomeIsTrue(stage, recorded, tell));
  truth.onRecord.push(() => overIsKnown(stage, story, tell));
  truth.onRemoved.push((snapshot) => onlyNeedlessIsDeleted(stage, story, snapshot, tell));
  const starts = new Map<Instance, Start | null>();
  const atEnd = (): readonly string[] => {
    for (const instance of truth.instances) {
      if (instance.startedAt === null || instance.isStranger) continue;
      const start = starts.get(instance) ?? null;
      restartHasState(instance, start, tell);
      noStateLost(truth.instances, instance, start, starts, tell);
      whatWasDeclared(story, instance, start, tell);
      oneProject(story, truth.instances, instance, start, tell);
      hotfixIsKept(stage, instance, start, starts, tell);
    }
    overIsKnown(stage, story, tell);
    recordedOnce(stage, story, tell);
    neverInterleaved(truth.audit, story, tell);
    return broken;
  };
  const atRest = (): void => {
    agreesAtRest(stage, story, tell);
    // A job that waits for people waits with its records too.
    if (!isLeftToPeople(stage)) recordedOnce(stage, story, tell);
  };
  return { atRest, atEnd };
}
