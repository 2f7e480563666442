/** Reads jobs: one question at a time for each job, and a short-lived index of all of them. */
import type { JobView } from '../../domain/job/job-memory.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { FreshOnce } from '../../concurrency/fresh-once.ts';
import type { JobGateway, JobSummary } from '../../temporal/job-gateway.ts';

/** SQL visibility neither sorts nor joins, so lists are made from an index that is at most so old. */
const INDEX_AGE_MS = 500;

export class Jobs {
  readonly #views: FreshOnce<JobView | null>;
  readonly #histories: FreshOnce<readonly OperationRecord[] | null>;
  readonly #list: FreshOnce<readonly JobSummary[]>;
  #index: { readonly readAt: number; readonly jobs: readonly JobSummary[] } | null = null;

  constructor(gateway: JobGateway) {
    this.#views = new FreshOnce((job) => gateway.view(job));
    this.#histories = new FreshOnce((job) => gateway.history(job));
    this.#list = new FreshOnce(() => gateway.list());
  }

  /** Null when no workflow of this job is open. */
  async view(job: string): Promise<JobView | null> {
    return await this.#views.get(job);
  }

  /** Newest first; null when no workflow of this job is open. */
  async history(job: string): Promise<readonly OperationRecord[] | null> {
    return await this.#histories.get(job);
  }

  /** All jobs by name. */
  async index(): Promise<readonly JobSummary[]> {
    const last = this.#index;
    if (last && Date.now() - last.readAt < INDEX_AGE_MS) return last.jobs;
    const readAt = Date.now();
    const jobs = [...(await this.#list.get('jobs'))].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#index = { readAt, jobs };
    return jobs;
  }
}
