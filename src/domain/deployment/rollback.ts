/** Finds what a rollback without a number goes back to. */
import { isSameHotfix, type ActiveHotfix } from '../hotfix/hotfix.ts';
import { hasRun, type Deployment } from './deployment.ts';

/** The part of a deployment that decides about going back. */
export type Comparable = Pick<
  Deployment,
  | 'number'
  | 'release'
  | 'file'
  | 'jar'
  | 'shipped'
  | 'hotfix'
  | 'verifiedAt'
  | 'runningAt'
  | 'completedCheckpoint'
  | 'ended'
> & {
  /** Absent in what an API of an earlier release tells. */
  readonly revisions?: readonly { readonly before: { readonly hotfixed: boolean } }[] | undefined;
};

/** A deployment to go back to, and the hotfix of it that stays reverted. */
export interface RollbackTarget<D extends Comparable = Deployment> {
  readonly deployment: D;
  /** The hotfix with which it ran and that ended since; null when the deployment starts again just as it ran. */
  readonly leftOut: ActiveHotfix | null;
}

/** Tells whether the deployment came up and stayed. A later crash is no objection, a failure during verification is. */
const cameUp = (deployment: Comparable): boolean =>
  deployment.verifiedAt !== null || (hasRun(deployment) && deployment.ended?.how !== 'failed');

/** Tells whether a deployment has run without a hotfix, now or before a revision. */
const ranWithout = ({ hotfix, revisions = [] }: Comparable): boolean =>
  hotfix === null || revisions.some(({ before }) => !before.hotfixed);

/**
 * Tells which hotfix of a deployment ended since: a later deployment ran without any. Hotfixes pass from deployment to
 * deployment, so somebody had reverted it, gone back from it, or let it expire.
 */
const endedSince = (one: Comparable, between: readonly Comparable[]): ActiveHotfix | null =>
  between.some((later) => later.number > one.number && ranWithout(later)) ? one.hotfix : null;

const runsTheSame = (a: Comparable, b: Comparable): boolean =>
  a.release === b.release &&
  a.file === b.file &&
  a.jar.sha256 === b.jar.sha256 &&
  (a.shipped ?? null) === (b.shipped ?? null) &&
  isSameHotfix(a.hotfix, b.hotfix);

/**
 * Finds the newest deployment before `from` that came up and ran something else. A hotfix that ended since does not come
 * back, so a deployment that differs from `from` by such a hotfix only is passed over.
 */
export function rollbackTarget<D extends Comparable>(deployments: readonly D[], from: D): RollbackTarget<D> | null {
  const ran = deployments.filter((one) => one.number <= from.number && cameUp(one));
  const earlier = ran.filter(({ number }) => number < from.number).toSorted((a, b) => b.number - a.number);
  for (const deployment of earlier) {
    const leftOut = endedSince(deployment, ran);
    if (!runsTheSame(leftOut ? { ...deployment, hotfix: null } : deployment, from)) return { deployment, leftOut };
  }
  return null;
}
