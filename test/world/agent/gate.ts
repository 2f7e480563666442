/**
 * Gate and lease as the JVMs of a fake application keep them. They are written apart from Sluice's own code, and held against the
 * real part in the JVM by the same cases (test/contract/gate.test.ts and lease.test.ts).
 */
import type { FakeS3 } from '../../fakes/s3.ts';
import { BUCKET } from '../bucket.ts';

/** The exit codes of the part in the JVM. */
export const exits = {
  refused: 86,
  silent: 87,
  heldTooLong: 88,
  notArmed: 89,
  revoked: 90,
  leaseOver: 91,
  unrestorable: 92,
} as const;

export type GateAnswer = 'open' | 'held' | 'refused';

interface StoredGate {
  readonly startKey?: unknown;
  readonly applicationId?: unknown;
  readonly gate?: unknown;
  readonly restore?: unknown;
}

/** The answer of a record to a JVM that runs: it goes on, ends at once, or has had no answer. */
export type LeaseAnswer = 'good' | 'over' | 'none';

/** The settings of an application that has the part of Sluice in its JVMs. */
interface Own {
  readonly key: string;
  readonly startKey: string;
  /** Milliseconds; null without a lease. */
  readonly lease: number | null;
  /** Milliseconds after which a standby ends that nobody promotes; null for a start that is none. */
  readonly standby: number | null;
}

/** Finds the gate of an application in its configuration; null for a program without the part of Sluice, which just runs. */
export function ownIn(config: string): Own | null {
  const setting = (name: string) => new RegExp(`"metrics\\.reporter\\.sluice\\.${name}": "([^"]+)"`).exec(config)?.[1];
  const [uri, startKey, lease, standby] = [setting('gate'), setting('start'), setting('lease'), setting('standby')];
  if (uri === undefined || startKey === undefined) return null;
  return {
    key: uri.slice(`s3://${BUCKET}/`.length),
    startKey,
    lease: lease === undefined ? null : Number(lease),
    standby: standby === undefined ? null : Number(standby),
  };
}

const recordOf = ({ key }: Own, s3: FakeS3): string | undefined => s3.objects.get(key)?.body.toString();

/** Finds what the gate says to the JobManager of an application. */
export function gateOf(config: string, applicationId: string, s3: FakeS3): GateAnswer {
  const own = ownIn(config);
  return own === null ? 'open' : answerOf(recordOf(own, s3), { ...own, applicationId });
}

/** Finds the path from which the program of a promoted standby goes on; null for none. */
export function restoreOf(config: string, s3: FakeS3): string | null {
  const own = ownIn(config);
  const body = own === null ? undefined : recordOf(own, s3);
  if (own === null || body === undefined) return null;
  const { starts } = JSON.parse(body) as { readonly starts: readonly StoredGate[] };
  const restore = starts.find(({ startKey }) => startKey === own.startKey)?.restore;
  return typeof restore === 'string' ? restore : null;
}

/** Finds what the gate says to a JVM of an application that runs with a lease. */
export function leaseOf(config: string, applicationId: string, s3: FakeS3): LeaseAnswer {
  const own = ownIn(config);
  return own === null ? 'good' : leaseAnswerOf(recordOf(own, s3), { ...own, applicationId });
}

interface Reader {
  readonly startKey: string;
  readonly applicationId: string;
}

/** The answer of a record, whose text is undefined where there is none. */
export function answerOf(body: string | undefined, { startKey, applicationId }: Reader): GateAnswer {
  if (body === undefined) return 'refused';
  const { starts } = JSON.parse(body) as { readonly starts: readonly StoredGate[] };
  const own = starts.find((start) => start.startKey === startKey);
  if (own?.gate === 'held' && (own.applicationId === null || own.applicationId === applicationId)) return 'held';
  return own?.gate === 'open' && own.applicationId === applicationId ? 'open' : 'refused';
}

/** The newest reader of which a fake understands records. */
const READER = 2;

/** The same of a JVM that runs; a record that it does not understand is no answer. */
export function leaseAnswerOf(body: string | undefined, reader: Reader): LeaseAnswer {
  try {
    const { minReader = 0, starts } = JSON.parse(body ?? '{"starts":[]}') as {
      readonly minReader?: number;
      readonly starts: readonly StoredGate[];
    };
    const words: readonly unknown[] = ['held', 'open', 'revoked'];
    const own = starts.find(({ startKey }) => startKey === reader.startKey);
    if (minReader > READER || (own !== undefined && !words.includes(own.gate))) return 'none';
    return answerOf(body, reader) === 'refused' ? 'over' : 'good';
  } catch {
    return 'none';
  }
}
