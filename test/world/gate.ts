/**
 * The gate as the JVMs of a fake application read it. It is written apart from Sluice's own code, and held against the real
 * part in the JVM by the same cases (test/contract/gate).
 */
import type { FakeS3 } from '../fakes/s3.ts';
import { BUCKET } from './bucket.ts';

/** The exit codes of the part in the JVM. */
export const exits = { refused: 86, silent: 87, heldTooLong: 88, notArmed: 89 } as const;

export type GateAnswer = 'open' | 'held' | 'refused';

interface StoredGate {
  readonly startKey?: unknown;
  readonly applicationId?: unknown;
  readonly gate?: unknown;
}

/** Finds what the gate says to the JobManager of an application; a program without the part in its JVM just runs. */
export function gateOf(config: string, applicationId: string, s3: FakeS3): GateAnswer {
  const uri = /"metrics\.reporter\.sluice\.gate": "([^"]+)"/.exec(config)?.[1];
  const startKey = /"metrics\.reporter\.sluice\.start": "([^"]+)"/.exec(config)?.[1];
  if (uri === undefined || startKey === undefined) return 'open';
  const body = s3.objects.get(uri.slice(`s3://${BUCKET}/`.length))?.body.toString();
  return answerOf(body, { startKey, applicationId });
}

/** The answer of a record, whose text is undefined where there is none. */
export function answerOf(
  body: string | undefined,
  { startKey, applicationId }: { readonly startKey: string; readonly applicationId: string },
): GateAnswer {
  if (body === undefined) return 'refused';
  const { starts } = JSON.parse(body) as { readonly starts: readonly StoredGate[] };
  const own = starts.find((start) => start.startKey === startKey);
  if (own?.gate === 'held' && (own.applicationId === null || own.applicationId === applicationId)) return 'held';
  return own?.gate === 'open' && own.applicationId === applicationId ? 'open' : 'refused';
}
