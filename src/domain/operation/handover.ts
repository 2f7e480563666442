/**
 * Handovers: how an upgrade goes from the old instance to the new one. Warm: the next application comes up as a standby beside the
 * old instance, with its gate held, and takes over the moment the old one has stopped. Cold: it is submitted after that.
 */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { rulesOf, type JobType } from '../deployment-file/job-type.ts';
import { hasName } from '../flink-options/key-spellings.ts';

/** How an operation went over, for its record. */
export const Handover = z.strictObject({
  how: openEnum(['warm', 'cold'], 'cold'),
  /** The reason for a cold one; null for a warm one. */
  reason: z.string().nullable(),
});
export type Handover = z.infer<typeof Handover>;

export const WARM: Handover = { how: 'warm', reason: null };

export const cold = (reason: string): Handover => ({ how: 'cold', reason });

/** Facts on which it depends whether a standby can come up. */
export interface Conditions {
  readonly flinkVersion: string;
  readonly jobType: JobType;
  /** Whether the program may choose its own options; Flink refuses a restore path that comes later otherwise. */
  readonly programConfigures: boolean;
  /** Whether the launcher's instances can wait with everything up for the word to run. */
  readonly canStandBy: boolean;
  readonly launcher: string;
  /** Whether the old instance reads its gate. */
  readonly isOldGated: boolean;
  readonly neededMb: number;
  /** Infinite for a cluster that grows. */
  readonly freeMb: number;
}

/** Decides how an upgrade of an instance that runs is to go. */
export function handoverOf(on: Conditions): Handover {
  if (!on.canStandBy) return cold(`an application of the launcher ${on.launcher} cannot stand by`);
  if (!on.isOldGated) return cold('the instance that runs reads no gate');
  if (!rulesOf(on.jobType).runsAllTasks) return cold('a batch job runs its tasks one after the other');
  // The part of Sluice in the JVM sets the path by this name once the gate opens.
  if (!hasName(on.flinkVersion, 'execution.state-recovery.path'))
    return cold(`Flink ${on.flinkVersion} takes its restore point only at its start`);
  if (!on.programConfigures)
    return cold('execution.program-config.enabled is false, and the restore point comes after the configuration');
  if (on.neededMb > on.freeMb)
    return cold(`both would need ${on.neededMb} MiB more, and the cluster has ${on.freeMb} MiB free`);
  return WARM;
}
