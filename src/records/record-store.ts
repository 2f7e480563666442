/** The records of jobs in S3 as the API shows them. */
import type { Deployment } from '../domain/deployment/deployment.ts';
import type { PlacedContainers } from '../domain/deployment/placed-containers.ts';
import type { Claim, Fence } from '../domain/lock/fence.ts';
import type { OperationRecord } from '../domain/operation/operation.ts';
import { auditedJobs, listAudit, readAudit, type AuditEntry } from './audit.ts';
import { readClaim } from './claims.ts';
import { listDeployments, readDeploymentAt } from './deployments.ts';
import { listEvidence, type Evidence } from './evidence.ts';
import { readPlacedContainers } from './placed-containers.ts';
import { readFence, startedJobs } from './fences.ts';
import { readEach, type ReadEach } from './read-each.ts';
import type { ReadableBucket } from './record.ts';
import { adoptionKey, fenceKey } from '../domain/identity/storage-keys.ts';
import { adoptedOn, readAdoption } from './adoptions.ts';

const MOST_CACHED_DEPLOYMENTS = 10_000;
const MOST_AUDITS = 2_000;

/** Methods that read one record throw `RecordInvalid` when it cannot be read; lists name it beside the others. */
export class RecordStore {
  readonly bucket: ReadableBucket;
  readonly #deployments = new Map<string, { readonly etag: string; readonly deployment: Deployment }>();
  readonly #audits = new Map<string, OperationRecord>();

  constructor(bucket: ReadableBucket) {
    this.bucket = bucket;
  }

  async claim(job: string, id: string): Promise<Claim | null> {
    return (await readClaim(this.bucket, job, id))?.value ?? null;
  }

  /** Whether this job was ever started: then its workflow can find out what runs, even if its history is gone. */
  async wasStarted(job: string): Promise<boolean> {
    return (await this.bucket.get(fenceKey(job))) !== null;
  }

  /** Every job that was ever started, by name. */
  async startedJobs(): Promise<string[]> {
    return await startedJobs(this.bucket);
  }

  async fence(job: string): Promise<Fence | null> {
    const { fence, etag } = await readFence(this.bucket, job);
    return etag === null ? null : fence;
  }

  /** Audit entries of one job, or of all, that ended at a time or later; of each job oldest first, as S3 lists them. */
  async audit(job?: string, since: string | null = null): Promise<readonly AuditEntry[]> {
    return await listAudit(this.bucket, job, since);
  }

  /** The saved files of a job's instances; newest first. */
  async evidence(job: string, operation?: string): Promise<readonly Evidence[]> {
    return await listEvidence(this.bucket, job, operation);
  }

  /** The containers that an application was seen with; null when nobody has noted any. */
  async placedContainers(job: string, applicationId: string): Promise<PlacedContainers | null> {
    return await readPlacedContainers(this.bucket, { job, applicationId });
  }

  /** Jobs that have an audit log, by name. */
  async auditedJobs(): Promise<readonly string[]> {
    return await auditedJobs(this.bucket);
  }

  /** A record of the audit log. It never changes, so the last that were read are kept. */
  async operation({ key }: AuditEntry): Promise<OperationRecord | null> {
    const known = this.#audits.get(key);
    if (known) return known;
    const record = await readAudit(this.bucket, key);
    if (!record) return null;
    this.#audits.set(key, record);
    for (const [oldest] of this.#audits) {
      if (this.#audits.size <= MOST_AUDITS) break;
      this.#audits.delete(oldest);
    }
    return record;
  }

  /** Deployments of a job by number, newest first. */
  async deployments(job: string): Promise<ReadEach<Deployment>> {
    const entries = await listDeployments(this.bucket, job);
    const { values, unreadable } = await readEach(entries, (entry) => this.#deployment(entry));
    return { values: values.toSorted((a, b) => b.number - a.number), unreadable };
  }

  /** The adoptions of a cluster. */
  async adoptions(cluster: string): Promise<ReadEach<Deployment>> {
    const ids = await adoptedOn(this.bucket, cluster);
    const entries = ids.map((applicationId) => ({ cluster, applicationId, key: adoptionKey(cluster, applicationId) }));
    return await readEach(entries, (place) => readAdoption(this.bucket, place));
  }

  /** The fences of all jobs that were ever started. */
  async fences(): Promise<ReadEach<Fence>> {
    const entries = (await this.startedJobs()).map((job) => ({ job, key: fenceKey(job) }));
    return await readEach(entries, ({ job }) => this.fence(job));
  }

  /** Reads each version of a record once: a job may have thousands, and a record of what has ended does not change. */
  async #deployment({ key, etag }: { readonly key: string; readonly etag: string }): Promise<Deployment | null> {
    const cached = this.#deployments.get(key);
    if (cached?.etag === etag) return cached.deployment;
    const deployment = await readDeploymentAt(this.bucket, key);
    if (this.#deployments.size >= MOST_CACHED_DEPLOYMENTS) this.#deployments.clear();
    if (deployment) this.#deployments.set(key, { etag, deployment });
    return deployment;
  }
}
