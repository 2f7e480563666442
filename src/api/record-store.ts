/** What is kept of jobs in S3, read for people: claims, the audit log, deployments. */
import { z } from 'zod';
import type { S3Client } from '../clients/s3.ts';
import { Deployment } from '../domain/deployment.ts';
import { SluiceError } from '../domain/errors.ts';
import { Claim, Fence } from '../domain/fence.ts';
import { OperationRecord } from '../domain/operation.ts';
import { auditPrefix, claimKey, deploymentsPrefix, fenceKey } from '../domain/storage-keys.ts';

/** The part of the bucket's client that only reads. */
export type ReadableBucket = Pick<S3Client, 'bucket' | 'get' | 'getBytes' | 'list'>;

const AT_ONCE = 16;

/** A finished operation's audit object: its key says when it ended and which operation it was. */
export interface AuditEntry {
  readonly key: string;
  readonly job: string;
  readonly endedAt: string;
  readonly id: string;
}

const AUDIT_KEY = /^audit\/([^/]+)\/(\d{4}-\d\d-\d\dT[\d:.]+Z)-([^/]+)\.json$/;

export class RecordStore {
  readonly bucket: ReadableBucket;

  constructor(bucket: ReadableBucket) {
    this.bucket = bucket;
  }

  async claim(job: string, id: string): Promise<Claim | null> {
    return await this.#read(claimKey(job, id), Claim);
  }

  /** Whether this job was ever started: then its workflow can find out what runs, even if its history is gone. */
  async wasStarted(job: string): Promise<boolean> {
    return (await this.#read(fenceKey(job), Fence)) !== null;
  }

  /** Audit entries of one job, or of all; oldest first, as S3 lists them. */
  async audit(job?: string): Promise<readonly AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for await (const entry of this.bucket.list(job === undefined ? 'audit/' : auditPrefix(job))) {
      const parts = entry.kind === 'object' ? AUDIT_KEY.exec(entry.key) : null;
      const [key, of, endedAt, id] = parts ?? [];
      if (key !== undefined && of !== undefined && endedAt !== undefined && id !== undefined) {
        entries.push({ key, job: of, endedAt, id });
      }
    }
    return entries;
  }

  async operation(entry: AuditEntry): Promise<OperationRecord | null> {
    return await this.#read(entry.key, OperationRecord);
  }

  /** Deployments of a job by number, newest first. */
  async deployments(job: string): Promise<readonly Deployment[]> {
    const keys: string[] = [];
    for await (const entry of this.bucket.list(deploymentsPrefix(job)))
      if (entry.kind === 'object') keys.push(entry.key);
    const read = await inTurns(keys, (key) => this.#read(key, Deployment));
    return read.filter((deployment) => deployment !== null).sort((a, b) => b.number - a.number);
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

/** Like `Promise.all` over a map, with at most sixteen under way. */
export async function inTurns<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let first = 0; first < items.length; first += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(first, first + AT_ONCE).map(act))));
  }
  return results;
}
