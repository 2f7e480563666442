/** The questions of a check, and its answers. */
import type { StartSource } from './check-release.ts';
import type { Deployment, DeploymentPlan } from '../../domain/deployment/deployment.ts';
import type { Move } from '../../domain/deployment/placed.ts';
import type { Handover } from '../../domain/operation/handover.ts';
import type { Left } from '../../domain/lock/left.ts';
import type { HotfixChange } from '../../domain/hotfix/hotfix.ts';
import type { BackTo } from '../../domain/operation/back-to.ts';
import type { StopWith } from '../../domain/operation/operation.ts';
import type { Ownership } from '../../domain/identity/ownership.ts';
import type { Preflight, Problem } from '../../domain/plan/preflight.ts';
import type { From } from '../../domain/restore-points/restore-point.ts';
import type { FenceOnce } from '../../records/fences.ts';
import type { OwnershipOfStart } from './check-owner.ts';
import type { Source } from './check-release.ts';
import type { ChosenPoint } from './check-restore-point.ts';
import type { LargestContainer } from './check-resources.ts';

export interface CheckInput {
  readonly job: string;
  readonly operationId: string;
  readonly request: {
    readonly source: StartSource;
    /** Null: the newest state, where the job is of a type that keeps any. */
    readonly from: From | null;
    /** Null: as the deployment file says. */
    readonly stopWith: StopWith | null;
    readonly allowNonRestoredState: boolean;
    readonly discardNewerState: boolean;
    readonly acceptStateRisk: boolean;
    /** Absent, as a worker of an earlier release asked: no state of another job is accepted. */
    readonly foreignState?: boolean;
    /** Sluice itself restarts the job, so nothing begins without the state that it has had. Absent: a person decides. */
    readonly needsState?: boolean;
    /** Absent, as a worker of an earlier release asked: the hotfix is kept. */
    readonly hotfix?: HotfixChange;
    /** The move to another cluster; absent for an operation that moves nothing. */
    readonly move?: Move;
  };
  readonly last: Deployment | null;
  /** The one before it that ran. */
  readonly before: Deployment | null;
  readonly running: boolean;
  /** The instance that the job is to leave, because nobody can ask its cluster; absent where none is left. */
  readonly leaves?: Left;
  /** Whether the operation has passed these checks before, and has left the old instance since. */
  readonly isChecked?: boolean;
}

export interface Checked {
  readonly plan: DeploymentPlan;
  readonly stopWith: StopWith;
  /**
   * `from-stop`: the savepoint that stopping will take; with `stopWith: checkpoint` or `none`, the newest checkpoint of the
   * dead instance.
   */
  readonly restorePoint: ChosenPoint;
  /** To whom the job belongs once it is started. */
  readonly ownership: Ownership;
  readonly warnings: readonly string[];
  /** The target of a rollback; absent for other operations, and from workers of before it was named. */
  readonly backTo?: BackTo;
  /** How the instance that runs is replaced; absent where none runs, the file wants no handover, and from earlier workers. */
  readonly handover?: Handover;
  /** Whether the file wants a warm handover or none; absent otherwise. */
  readonly isOnlyWarm?: true;
}

/** Differences between the checks of an operation, which goes on from them, and of a plan, which only tells of them. */
export interface Manner {
  readonly largestContainer: LargestContainer;
  /** Reads the fence of the job. */
  readonly readFence: FenceOnce;
  /** Keeps the deployment file and the list of the shipped files, where deployments find them. */
  readonly keep: (source: Source) => Promise<unknown>;
}

/** Results of all checks; null where a problem stood in the way. */
export interface Looked {
  readonly source: Source | null;
  readonly ownership: OwnershipOfStart | null;
  /** Another job whose state the asker accepts. */
  readonly foreignState: string | null;
  readonly stopWith: StopWith | null;
  readonly plan: DeploymentPlan | null;
  readonly restore: { readonly point: Checked['restorePoint'] } | null;
  /** Null where nothing runs that would be replaced, or the file wants no handover. */
  readonly handover: Handover | null;
  readonly warnings: readonly string[];
  readonly looked: readonly Preflight[];
  readonly problems: readonly Problem[];
}
