/** Decides when an operation that a campaign follows counts as lost, and what becomes of its job in the campaign. Pure. */
import type { ErrorCode } from '../errors/errors.ts';
import type { JobEnd } from './transitions.ts';

/** The state of an operation that the workflow of its job does not vouch for. */
export interface Unvouched {
  /** The claim in S3: none was taken, nobody has ended it, or S3 gives no answer. */
  readonly claim: 'none' | 'open' | 'silent';
  /** The workflow of the job: it is open and does not know the operation, there is none, its tasks fail, or it gives no answer. */
  readonly workflow: 'open' | 'closed' | 'stuck' | 'silent';
}

export interface LossPatience {
  /** Time after which an operation is lost where both have answered. */
  readonly lostAfterMs: number;
  /** The same while one of them gives no answer. */
  readonly unknownAfterMs: number;
}

const isUnknown = ({ claim, workflow }: Unvouched): boolean =>
  claim === 'silent' || workflow === 'stuck' || workflow === 'silent';

/** @param forMs how long nobody has vouched for the operation. */
export const isLost = (state: Unvouched, forMs: number, { lostAfterMs, unknownAfterMs }: LossPatience): boolean =>
  forMs >= (isUnknown(state) ? unknownAfterMs : lostAfterMs);

/** @param refusal why the job has dropped the operation, where it says so. */
export function endOfLost(state: Unvouched, refusal: Why | null): JobEnd {
  const { claim, workflow } = state;
  const detail = `${claims[claim]}, and ${workflows[workflow]}`;
  if (isUnknown(state)) return { ...failed, code: silences[workflow], detail };
  if (claim !== 'none') return { ...failed, code: 'HistoryLost', detail };
  const why = refusal ?? { code: 'NotFound', detail };
  return { outcome: 'rejected', isLost: true, code: why.code, detail: why.detail, deployment: null };
}

interface Why {
  readonly code: string;
  readonly detail: string;
}

const failed = { outcome: 'failed', deployment: null } as const;

/** The code of what gives no answer. */
const silences = {
  open: 'StorageUnavailable',
  closed: 'StorageUnavailable',
  stuck: 'WorkflowTasksFail',
  silent: 'TemporalUnavailable',
} as const satisfies Record<Unvouched['workflow'], ErrorCode>;

/** Short, because the memory of a campaign has little room for each job. */
const claims = {
  none: 'it has not begun',
  open: 'it has begun',
  silent: 'S3 is away',
} as const satisfies Record<Unvouched['claim'], string>;
const workflows = {
  open: "the job's workflow does not know it",
  closed: 'no workflow of the job is open',
  stuck: "the tasks of the job's workflow fail",
  silent: "the job's workflow does not answer",
} as const satisfies Record<Unvouched['workflow'], string>;
