// Reads the gates of a job from S3, the record that the JVMs of its applications obey: an application is an instance from the
// moment its gate is open.
import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';

/** Tolerant, because newer releases write more. */
const Record = z.object({
  starts: z.array(
    z.object({ epoch: z.number(), applicationId: z.string().nullable(), gate: z.string(), at: z.string() }),
  ),
});

/** The gate of one start. */
export type Gate = z.infer<typeof Record>['starts'][number];

/** Reads the gates of a job. Without a record a job has none. Undefined stands for gates that cannot be read. */
export type GateReader = (job: string) => Promise<readonly Gate[] | undefined>;

/** Access to the bucket of the installation. */
export interface GateStore {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Reads gates from S3. A store that takes longer counts as unreadable for that moment. */
export function gateReader({ endpoint, region, bucket, ...credentials }: GateStore, timeoutMs = 2_000): GateReader {
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
  return async (job) => {
    try {
      const command = new GetObjectCommand({ Bucket: bucket, Key: `gates/${job}.json` });
      const { Body } = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      return Record.parse(JSON.parse((await Body?.transformToString()) ?? '')).starts;
    } catch (error) {
      return error instanceof NoSuchKey ? [] : undefined;
    }
  };
}

/** The word of the gates on an application that lives. */
export type Standing =
  /** The gate is open since this time, or was: the application may run the job's code. */
  | { readonly kind: 'opened'; readonly at: string }
  /** The gate has never been open, so nothing of the job runs in the application. */
  | { readonly kind: 'held' }
  /** The gates say nothing, or cannot tell that it was never open. */
  | { readonly kind: 'unknown' };

/** Judges an application by its gate. The epoch finds a gate that names no application yet. */
export function standingOf(
  { id, epoch }: { readonly id: string; readonly epoch: number | null },
  gates: readonly Gate[] | undefined,
): Standing {
  const own =
    gates?.find(({ applicationId }) => applicationId === id) ??
    gates?.find((gate) => gate.applicationId === null && gate.epoch === epoch);
  if (own?.gate === 'open') return { kind: 'opened', at: own.at };
  if (own?.gate === 'held') return { kind: 'held' };
  if (own?.gate === 'revoked' && wasNeverOpen(own, gates ?? [])) return { kind: 'held' };
  return { kind: 'unknown' };
}

/**
 * Finds when a later start took the place of an application: the record that opened its gate revoked this one. Undefined for an
 * application that nobody replaced.
 */
export function replacedAt(id: string, gates: readonly Gate[] | undefined): string | undefined {
  const own = gates?.find(({ applicationId }) => applicationId === id);
  if (own?.gate !== 'revoked') return undefined;
  return gates?.find(({ gate, epoch }) => gate === 'open' && epoch > own.epoch)?.at;
}

/** Opening a gate names its application, and revokes all others for ever, so an earlier one that is open has had no successor. */
const wasNeverOpen = (own: Gate, gates: readonly Gate[]): boolean =>
  own.applicationId === null || gates.some(({ gate, epoch }) => gate === 'open' && epoch < own.epoch);
