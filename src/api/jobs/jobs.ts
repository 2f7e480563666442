/** Reads jobs: one question at a time for each job, and the index of all of them. */
import type { JobView } from '../../domain/job/job-memory.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { FreshOnce } from '../../concurrency/fresh-once.ts';
import type { JobGateway } from '../../temporal/jobs/job-gateway.ts';
import type { JobItem } from '../job-list-contract.ts';
import { Details } from '../../temporal/jobs/job-details.ts';
import type { Items } from './index/items.ts';
import { JobIndex } from './index/job-index.ts';

export class Jobs {
  /** The index of all jobs. */
  readonly all: JobIndex;
  readonly #views: FreshOnce<JobView | null>;
  readonly #histories: FreshOnce<readonly OperationRecord[] | null>;

  constructor(gateway: JobGateway, items: Items) {
    this.#views = new FreshOnce((job) => gateway.view(job));
    this.#histories = new FreshOnce((job) => gateway.history(job));
    this.all = new JobIndex({ gateway, items, details: new Details((job) => this.view(job)) });
  }

  /** Null when no workflow of this job is open. */
  async view(job: string): Promise<JobView | null> {
    return await this.#views.get(job);
  }

  /** Newest first; null when no workflow of this job is open. */
  async history(job: string): Promise<readonly OperationRecord[] | null> {
    return await this.#histories.get(job);
  }

  /** All jobs by name. @throws SluiceError `TemporalUnavailable` before the index has been read once. */
  async index(): Promise<readonly JobItem[]> {
    return await this.all.items();
  }
}
