/**
 * The fence of a job: the record in S3 that decides who may start it. Every start takes the next epoch here by a
 * conditional PUT, and may only submit while it is the newest and every earlier start is closed.
 */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { LauncherName } from '../identity/launcher-name.ts';
import { Ownership } from '../identity/ownership.ts';
import { OperationRecord } from '../operation/operation.ts';
import { GivenUp, leasesOverAt, type GivenUpInstance } from './give-up.ts';
import { Retiring } from './retiring.ts';

/** A holder acts: one run of one workflow of one Sluice. */
export const HolderId = z.strictObject({ installation: z.string(), runId: z.string() });
export type HolderId = z.infer<typeof HolderId>;

export const sameHolder = (a: HolderId, b: HolderId): boolean =>
  a.installation === b.installation && a.runId === b.runId;

export const Start = z.strictObject({
  startKey: z.string(),
  epoch: z.number().int(),
  deployment: z.number().int(),
  flinkJobId: z.string(),
  cluster: z.string(),
  /** The application id that was reserved for the start: with `shell-runner` the launcher's. */
  applicationId: z.string(),
  launcher: LauncherName.default('direct'),
  holder: HolderId,
  takenAt: z.string(),
  /** A person had started the application, so it has no tags of Sluice and no staged files. */
  adopted: z.boolean().default(false),
  /**
   * Set while its application comes up beside the instance that runs, and is none. A mark for readers that know no standby: the gate
   * alone decides whether it runs.
   */
  standsBy: z.boolean().exactOptional(),
  /**
   * Null while the application may live; set once it is confirmed dead, is proven never to have been submitted, or is
   * given up by a person.
   */
  closed: z
    .strictObject({
      at: z.string(),
      how: openEnum(['stopped', 'killed', 'failed', 'finished', 'unsubmitted'], 'failed'),
      /** The decision that stands in for the proof; the application may live on. */
      givenUp: GivenUp.optional(),
    })
    .nullable(),
});
export type Start = z.infer<typeof Start>;

export const Fence = z.strictObject({
  version: z.literal(1),
  job: z.string(),
  epoch: z.number().int(),
  starts: z.array(Start),
  /** To whom the job belongs since its first start; null in fences of before Sluice bound jobs. */
  ownership: Ownership.nullable().default(null),
  /** Keys of folders outside of the job's prefixes that hold its state: those of applications that it has adopted. */
  stateFolders: z.array(z.string()).default([]),
  /** Restore points that are being deleted; nothing starts from them any more. */
  retiring: Retiring.nullable().default(null),
});
export type Fence = z.infer<typeof Fence>;

export const emptyFence = (job: string): Fence => ({
  version: 1,
  job,
  epoch: 0,
  starts: [],
  ownership: null,
  stateFolders: [],
  retiring: null,
});

const KEPT_CLOSED_STARTS = 10;

export const unclosed = (fence: Fence): readonly Start[] => fence.starts.filter((start) => start.closed === null);

/** Tells whether a start is known to be over. A start that the fence has forgotten was closed. */
export const isClosed = (fence: Fence, startKey: string): boolean =>
  !unclosed(fence).some((start) => start.startKey === startKey);

type NewStart = Omit<Start, 'epoch' | 'closed' | 'adopted' | 'standsBy'> & Partial<Pick<Start, 'adopted'>>;

/** Adds a start with the next epoch to the fence, which forgets closed starts beyond the last ten and those given up. */
export function withStart(fence: Fence, start: NewStart): { fence: Fence; start: Start } {
  const taken: Start = { adopted: false, ...start, epoch: fence.epoch + 1, closed: null };
  const closed = fence.starts.filter((known) => known.closed !== null);
  const forgotten = new Set(
    closed.slice(0, -KEPT_CLOSED_STARTS).filter((known) => known.closed?.givenUp === undefined),
  );
  const starts = [...closed.filter((known) => !forgotten.has(known)), ...unclosed(fence), taken];
  return { fence: { ...fence, epoch: taken.epoch, starts }, start: taken };
}

const KEPT_STATE_FOLDERS = 10;

/** Adds a folder of the job's state to the fence, which forgets the oldest ones beyond the last ten. */
export function withStateFolder(fence: Fence, folder: string | null): Fence {
  if (folder === null || fence.stateFolders.includes(folder)) return fence;
  return { ...fence, stateFolders: [...fence.stateFolders, folder].slice(-KEPT_STATE_FOLDERS) };
}

/** Closes a start that was confirmed dead; the fence stays unchanged when the start is closed already or unknown. */
export function withClosed(fence: Fence, startKey: string, closed: NonNullable<Start['closed']>): Fence {
  return {
    ...fence,
    starts: fence.starts.map((start) =>
      start.startKey === startKey && start.closed === null ? { ...unmarked(start), closed } : start,
    ),
  };
}

const unmarked = ({ standsBy: _over, ...start }: Start): Start => start;

/** Marks a start as one whose application comes up beside the instance that runs; unchanged where it is marked or closed. */
export const withStandingBy = (fence: Fence, startKey: string): Fence =>
  changedStart(
    fence,
    (start) => start.startKey === startKey && start.closed === null && start.standsBy !== true,
    (start) => ({ ...start, standsBy: true }),
  );

/** Takes the mark of a standby away, because its gate is open: it is an instance like any other. Unchanged where it has none. */
export const withoutStandingBy = (fence: Fence, startKey: string): Fence =>
  changedStart(fence, (start) => start.startKey === startKey && start.standsBy === true, unmarked);

const changedStart = (fence: Fence, isMeant: (start: Start) => boolean, change: (start: Start) => Start): Fence =>
  fence.starts.some(isMeant)
    ? { ...fence, starts: fence.starts.map((start) => (isMeant(start) ? change(start) : start)) }
    : fence;

/** Condemns restore points, unless others are being deleted: those go first. */
export const withRetiring = (fence: Fence, retiring: Retiring): Fence =>
  fence.retiring === null ? { ...fence, retiring } : fence;

/** Replaces what is being deleted, unless somebody else has finished it meanwhile. */
export const withRetired = (fence: Fence, { at }: Retiring, left: Retiring | null): Fence =>
  fence.retiring?.at === at ? { ...fence, retiring: left } : fence;

/** The instances of starts that were given up, newest first; they may live on. */
export const givenUpIn = ({ starts }: Fence): readonly GivenUpInstance[] =>
  starts
    .flatMap(({ epoch, deployment, cluster, closed }): GivenUpInstance[] =>
      closed?.givenUp ? [{ ...closed.givenUp, epoch, deployment, cluster, at: closed.at }] : [],
    )
    .reverse();

/**
 * Explains why this start may not submit now; null when it may.
 * @param beside the application beside which a standby comes up: it lives, and keeps its gate. Default null: none may live.
 */
export function submitRefusal(
  fence: Fence,
  startKey: string,
  holder: HolderId,
  { now, beside = null }: { readonly now: number; readonly beside?: string | null },
): string | null {
  const start = fence.starts.find((known) => known.startKey === startKey);
  if (!start) return `the fence does not know start ${startKey}`;
  if (!sameHolder(start.holder, holder))
    return `start ${startKey} belongs to run ${start.holder.runId} of ${start.holder.installation}`;
  if (start.closed) return `start ${startKey} was closed at ${start.closed.at}`;
  if (fence.epoch !== start.epoch)
    return `epoch ${fence.epoch} was taken after epoch ${start.epoch} of start ${startKey}`;
  const alive = unclosed(fence).find((known) => known.startKey !== startKey && known.applicationId !== beside);
  if (alive) return `application ${alive.applicationId} of start ${alive.startKey} is not confirmed dead`;
  const leased = givenUpIn(fence).find((instance) => leasesOverAt([instance]) > now);
  return leased
    ? `application ${leased.applicationId} may run until its lease is over at ${leased.deadAt ?? ''}`
    : null;
}

/** The claim of an operation, `operations/<job>/<id>.json`; the record is added when it ends. */
export const Claim = z.strictObject({
  version: z.literal(1),
  job: z.string(),
  id: z.string(),
  kind: z.string(),
  fingerprint: z.string(),
  actor: z.string(),
  claimedAt: z.string(),
  holder: HolderId,
  /** The stop drains the job; absent for all else, and in claims of before Sluice noted it. */
  drains: z.boolean().optional(),
  ended: OperationRecord.nullable(),
});
export type Claim = z.infer<typeof Claim>;
