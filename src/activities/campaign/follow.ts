/** Follows the operation of a job to its end, and notices that nobody knows it any more. */
import { endOfLost, isLost, type Unvouched } from '../../domain/campaign/lost.ts';
import type { JobEnd } from '../../domain/campaign/transitions.ts';
import { isCode } from '../../domain/errors/errors.ts';
import { reuseOf } from '../../domain/job/refusal.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { readClaim } from '../../records/claims.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { poll, type Look } from '../poll.ts';

export interface FollowInput {
  readonly job: string;
  readonly operation: string;
  /** Fingerprint of the campaign's request; absent in the inputs of workflows of before Sluice compared it. */
  readonly fingerprint?: string;
  readonly deadlineMs: number;
}

/** Reads the claim, which costs the job nothing, and asks the job itself now and then: S3 may have been away at the end. */
export async function follow(deps: Dependencies, input: FollowInput): Promise<JobEnd | null> {
  const { lookEveryMs: everyMs, questionEveryMs } = deps.campaign;
  const follower = new Follower(deps, input);
  let askedAt = performance.now();
  const waited = await poll<JobEnd>({ deadlineMs: input.deadlineMs, everyMs }, async () => {
    const { end, claim } = await follower.look();
    if (end) return { found: end };
    if (performance.now() - askedAt < questionEveryMs) return { seen: `${input.operation} of ${input.job} goes on` };
    askedAt = performance.now();
    return await follower.question(claim);
  });
  return 'found' in waited ? waited.found : null;
}

interface Claimed {
  /** Null while the claim tells of no end. */
  readonly end: JobEnd | null;
  readonly claim: Unvouched['claim'];
}

class Follower {
  readonly #deps: Dependencies;
  readonly #input: FollowInput;
  /** Since when nobody vouches for the operation. */
  #unvouchedSince: number | null = null;

  constructor(deps: Dependencies, input: FollowInput) {
    this.#deps = deps;
    this.#input = input;
  }

  /** Reads the claim: the end of the job in the campaign, or the state of a claim that tells of none. */
  async look(): Promise<Claimed> {
    const { job, operation } = this.#input;
    try {
      const stored = await readClaim(this.#deps.s3, job, operation);
      if (stored === null) return { end: null, claim: 'none' };
      const { ended } = stored.value;
      return { end: this.#endOfAnother(stored.value) ?? (ended && endOf(ended)), claim: 'open' };
    } catch (error) {
      if (isCode(error, 'StorageUnavailable')) return { end: null, claim: 'silent' };
      throw error;
    }
  }

  /** Asks the workflow of the job. While Temporal itself is away, another attempt of this activity begins to count anew. */
  async question(claim: Unvouched['claim']): Promise<Look<JobEnd>> {
    try {
      return await this.#ask(claim);
    } catch (error) {
      if (isCode(error, 'TemporalUnavailable')) return this.#unvouched({ claim, workflow: 'silent' }, null);
      if (isCode(error, 'WorkflowTasksFail')) return this.#unvouched({ claim, workflow: 'stuck' }, null);
      throw error;
    }
  }

  async #ask(claim: Unvouched['claim']): Promise<Look<JobEnd>> {
    const { job, operation: id } = this.#input;
    const { campaignJobs } = this.#deps;
    const known = await campaignJobs.operation(job, id);
    if (known !== null) {
      this.#unvouchedSince = null;
      const end = this.#endOfAnother(known) ?? endOf(known);
      return end === null ? { seen: `${id} of ${job} goes on` } : { found: end };
    }
    const view = await campaignJobs.see(job);
    const refusal = view?.rejections.last.findLast((rejection) => rejection.id === id) ?? null;
    return this.#unvouched({ claim, workflow: view === null ? 'closed' : 'open' }, refusal);
  }

  /** The end of the job in the campaign when its id names another operation: the campaign's own never begins. Null when it is the same. */
  #endOfAnother(known: { readonly kind: string; readonly fingerprint: string }): JobEnd | null {
    const { job, operation: id, fingerprint = known.fingerprint } = this.#input;
    const reuse = reuseOf(job, { id, fingerprint }, known);
    if (reuse === null) return null;
    return { outcome: 'rejected', isLost: true, code: reuse.code, detail: reuse.detail, deployment: null };
  }

  #unvouched(state: Unvouched, refusal: Parameters<typeof endOfLost>[1]): Look<JobEnd> {
    const now = performance.now();
    this.#unvouchedSince ??= now;
    if (isLost(state, now - this.#unvouchedSince, this.#deps.campaign)) return { found: endOfLost(state, refusal) };
    return { seen: `${this.#input.job} does not know ${this.#input.operation}` };
  }
}

/** Null for an operation that goes on. */
const endOf = ({ outcome, error, deployment }: OperationRecord): JobEnd | null =>
  outcome === null ? null : { outcome, code: error?.code ?? null, detail: error?.detail ?? null, deployment };
