/** What is kept of jobs in S3, read for people: claims, the audit log, deployments. */
import { z } from 'zod';
import { inTurns } from '../concurrency/in-turns.ts';
import type { S3Client } from '../clients/s3/s3.ts';
import { Deployment } from '../domain/deployment/deployment.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { Claim, Fence } from '../domain/lock/fence.ts';
import { OperationRecord } from '../domain/operation/operation.ts';
import {
  AUDIT_ROOT,
  auditPrefix,
  claimKey,
  deploymentsPrefix,
  evidenceOfKey,
  fenceKey,
  FENCES_ROOT,
  jobOfFenceKey,
  logsPrefix,
  operationOfAuditKey,
} from '../domain/identity/storage-keys.ts';

/** The part of the bucket's client that only reads. */
export type ReadableBucket = Pick<S3Client, 'bucket' | 'get' | 'getBytes' | 'list'>;

const MOST_KNOWN_DEPLOYMENTS = 10_000;

/** A finished operation's audit object: its key says when it ended and which operation it was. */
export interface AuditEntry {
  readonly key: string;
  readonly job: string;
  readonly endedAt: string;
  readonly id: string;
}

/** One saved file of an instance; the operation is the one that ended it. */
export interface Evidence {
  readonly key: string;
  readonly job: string;
  readonly operation: string;
  readonly application: string;
  readonly file: string;
  readonly size: number;
  readonly savedAt: string;
}

export class RecordStore {
  readonly bucket: ReadableBucket;
  readonly #deployments = new Map<string, { readonly etag: string; readonly deployment: Deployment }>();

  constructor(bucket: ReadableBucket) {
    this.bucket = bucket;
  }

  async claim(job: string, id: string): Promise<Claim | null> {
    return await this.#read(claimKey(job, id), Claim);
  }

  /** Whether this job was ever started: then its workflow can find out what runs, even if its history is gone. */
  async wasStarted(job: string): Promise<boolean> {
    return (await this.fence(job)) !== null;
  }

  /** Every job that was ever started, by name. */
  async startedJobs(): Promise<string[]> {
    const jobs: string[] = [];
    for await (const entry of this.bucket.list(FENCES_ROOT)) {
      const job = entry.kind === 'object' ? jobOfFenceKey(entry.key) : null;
      if (job !== null) jobs.push(job);
    }
    return jobs;
  }

  async fence(job: string): Promise<Fence | null> {
    return await this.#read(fenceKey(job), Fence);
  }

  /** Audit entries of one job, or of all, that ended at a time or later; of each job oldest first, as S3 lists them. */
  async audit(job?: string, since: string | null = null): Promise<readonly AuditEntry[]> {
    const prefixes = job === undefined ? await this.#folders(AUDIT_ROOT) : [auditPrefix(job)];
    return (await inTurns(prefixes, (prefix) => this.#auditBelow(prefix, since))).flat();
  }

  /** What was saved of instances of a job before they were ended; newest first. */
  async evidence(job: string, operation?: string): Promise<readonly Evidence[]> {
    const found: Evidence[] = [];
    const prefix = operation === undefined ? auditPrefix(job) : logsPrefix(job, operation);
    for await (const entry of this.bucket.list(prefix)) {
      const named = entry.kind === 'object' ? evidenceOfKey(entry.key) : null;
      if (entry.kind !== 'object' || named === null) continue;
      found.push({ key: entry.key, ...named, size: entry.size, savedAt: new Date(entry.lastModified).toISOString() });
    }
    return found.sort((a, b) => (a.savedAt === b.savedAt ? (a.key < b.key ? -1 : 1) : a.savedAt < b.savedAt ? 1 : -1));
  }

  /** The records directly below a prefix; with the delimiter the evidence in the folders beside them is not listed. */
  async #auditBelow(prefix: string, since: string | null): Promise<AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for await (const entry of this.bucket.list(prefix, {
      delimiter: '/',
      startAfter: since === null ? undefined : prefix + since,
    })) {
      const named = entry.kind === 'object' ? operationOfAuditKey(entry.key) : null;
      if (entry.kind === 'object' && named) entries.push({ key: entry.key, ...named });
    }
    return entries;
  }

  async #folders(prefix: string): Promise<string[]> {
    const folders: string[] = [];
    for await (const entry of this.bucket.list(prefix, { delimiter: '/' })) {
      if (entry.kind === 'prefix') folders.push(entry.prefix);
    }
    return folders;
  }

  async operation(entry: AuditEntry): Promise<OperationRecord | null> {
    return await this.#read(entry.key, OperationRecord);
  }

  /** Deployments of a job by number, newest first. */
  async deployments(job: string): Promise<readonly Deployment[]> {
    const found: { readonly key: string; readonly etag: string }[] = [];
    for await (const entry of this.bucket.list(deploymentsPrefix(job))) if (entry.kind === 'object') found.push(entry);
    const read = await inTurns(found, (entry) => this.#deployment(entry));
    return read.filter((deployment) => deployment !== null).sort((a, b) => b.number - a.number);
  }

  /** Records of what has ended do not change any more, and a job may have thousands: each is read once. */
  async #deployment({ key, etag }: { readonly key: string; readonly etag: string }): Promise<Deployment | null> {
    const known = this.#deployments.get(key);
    if (known?.etag === etag) return known.deployment;
    const deployment = await this.#read(key, Deployment);
    if (this.#deployments.size >= MOST_KNOWN_DEPLOYMENTS) this.#deployments.clear();
    if (deployment) this.#deployments.set(key, { etag, deployment });
    return deployment;
  }

  async #read<T extends z.ZodType>(key: string, schema: T): Promise<z.output<T> | null> {
    const object = await this.bucket.get(key);
    if (!object) return null;
    try {
      return schema.parse(JSON.parse(object.body));
    } catch (cause) {
      const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
      throw new SluiceError('Internal', `${key} in bucket ${this.bucket.bucket} is not what Sluice writes: ${why}`, {
        cause,
      });
    }
  }
}
