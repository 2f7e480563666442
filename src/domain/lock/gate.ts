/**
 * The gates of a job: the record in S3 that decides which of its starts may run, as the fence decides which may submit. The
 * part of Sluice inside each JVM of a start (java/sluice-agent) reads it before Flink begins, and runs only with an open gate.
 * JVMs live for months and meet newer records, so the format only ever gains fields.
 */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { SluiceError } from '../errors/errors.ts';

const gateStates = ['held', 'open', 'revoked'] as const;

const Gate = z.strictObject({
  startKey: z.string(),
  epoch: z.number().int(),
  /** The application that may run; null while only Flink's client knows which one that will be. */
  applicationId: z.string().nullable(),
  /** A held JobManager waits; a revoked one ends, and so does one without a gate. */
  gate: openEnum(gateStates, 'revoked'),
  /** When the gate got its state, ISO 8601. */
  at: z.string(),
  /** The path from which the program of a standby goes on; absent where its configuration says that, or nothing is restored. */
  restore: z.string().optional(),
  /** The start whose standby took over from this one, by the word of Flink that its job was FINISHED; absent for every other end. */
  replacedBy: z.string().optional(),
});
type Gate = z.infer<typeof Gate>;

export const Gates = z.strictObject({
  version: z.literal(1),
  job: z.string(),
  /** In the order of their epochs; at most one is open. */
  starts: z.array(Gate),
});
export type Gates = z.infer<typeof Gates>;

export const noGates = (job: string): Gates => ({ version: 1, job, starts: [] });

/** Revoked gates that are kept for people: a JVM whose gate is forgotten ends as one whose gate is revoked. */
const KEPT_REVOKED = 10;

interface Admission {
  readonly startKey: string;
  readonly epoch: number;
  /** Null: the gate is held until Flink's client has submitted the application. */
  readonly applicationId: string | null;
}

/**
 * Gives a start its gate, and takes the gates of all others away: the start may submit now, so the others are over. With its
 * application the gate is open.
 * @throws SluiceError `LockLost` when a later start has a gate, or this one was revoked.
 */
export function withGate(gates: Gates, { startKey, epoch, applicationId }: Admission, at: string): Gates {
  const own = gateOf(gates, startKey);
  refuseLate(gates, { startKey, epoch });
  const gate = applicationId === null ? 'held' : 'open';
  const others = gates.starts.filter((known) => known !== own);
  const isSettled = others.every((other) => other.gate === 'revoked');
  if (own && isSettled && (own.gate === gate || own.gate === 'open')) return gates; // an attempt before this one wrote it
  const revoked = others.map((other) => revokedAt(other, at)).slice(-KEPT_REVOKED);
  return { ...gates, starts: [...revoked, { ...own, startKey, epoch, applicationId, gate, at }] };
}

/**
 * Opens a held gate for the application that Flink's client has submitted.
 * @throws SluiceError `LockLost` when the gate was revoked, or is open for another application.
 */
export function withOpened(gates: Gates, { startKey, epoch, applicationId }: Admission, at: string): Gates {
  refuseLate(gates, { startKey, epoch });
  const own = gateOf(gates, startKey);
  if (own?.gate === 'open' && own.applicationId === applicationId) return gates;
  if (own?.gate !== 'held')
    throw new SluiceError('LockLost', `the gate of start ${startKey} of ${gates.job} is not held any more`);
  return replaced(gates, { ...own, applicationId, gate: 'open', at });
}

/**
 * Gives a standby its gate, which is held: it comes up beside the instance that runs, whose gate stays as it is.
 * @throws SluiceError `LockLost` when a later start has a gate, or this one was revoked.
 */
export function withStandby(
  gates: Gates,
  { startKey, epoch }: Pick<Admission, 'startKey' | 'epoch'>,
  at: string,
): Gates {
  refuseLate(gates, { startKey, epoch });
  if (gateOf(gates, startKey)) return gates; // an attempt before this one wrote it
  const revoked = gates.starts.filter(({ gate }) => gate === 'revoked').slice(-KEPT_REVOKED);
  const others = gates.starts.filter((known) => known.gate !== 'revoked' || revoked.includes(known));
  return { ...gates, starts: [...others, { startKey, epoch, applicationId: null, gate: 'held', at }] };
}

interface Promotion {
  readonly startKey: string;
  readonly epoch: number;
  readonly applicationId: string;
  /** The path from which its program goes on; null for a start without state. */
  readonly restore: string | null;
}

/**
 * Opens the gate of a standby and takes the gates of all others away, in the same change.
 * @throws SluiceError `LockLost` when a later start has a gate, or this one is not held any more.
 */
export function withPromoted(gates: Gates, { restore, ...admission }: Promotion, at: string): Gates {
  const before = gateOf(gates, admission.startKey);
  const alone = withGate(gates, admission, at);
  if (before === undefined)
    throw new SluiceError('LockLost', `start ${admission.startKey} of ${gates.job} has no gate to open`);
  const own = gateOf(alone, admission.startKey);
  if (own === undefined || before.gate === 'open') return alone; // an attempt before this one opened it
  const wasOpen = (gate: Gate): boolean => gateOf(gates, gate.startKey)?.gate === 'open';
  const starts = alone.starts.map((gate) => (wasOpen(gate) ? { ...gate, replacedBy: own.startKey } : gate));
  return replaced({ ...alone, starts }, restore === null ? own : { ...own, restore });
}

/** Revokes the gate of a start that is over or given up; unchanged where it has none. */
export function withRevoked(gates: Gates, startKey: string, at: string): Gates {
  const own = gateOf(gates, startKey);
  return own === undefined || own.gate === 'revoked' ? gates : replaced(gates, revokedAt(own, at));
}

/**
 * Tells whether no application of a start was ever let in: the gate is not open, and only an open one of Flink's client names an
 * application. Once such a gate is revoked, nothing of the start can ever run.
 */
export function neverOpened(gates: Gates, startKey: string): boolean {
  const own = gateOf(gates, startKey);
  return own !== undefined && own.applicationId === null && own.gate !== 'open';
}

/**
 * The start whose standby took the place of a start that was not closed yet: Flink had said that its job was FINISHED. Every other
 * start is closed before a later one has an open gate. The proof outlives the start that took over.
 */
export function replacerOf(gates: Gates, { startKey, epoch }: Pick<Admission, 'startKey' | 'epoch'>): string | null {
  const own = gateOf(gates, startKey);
  if (own?.gate !== 'revoked') return null;
  const isNext = (other: Gate): boolean => other.gate === 'open' && other.epoch > epoch;
  return own.replacedBy ?? gates.starts.find(isNext)?.startKey ?? null;
}

export const isReplaced = (gates: Gates, start: Pick<Admission, 'startKey' | 'epoch'>): boolean =>
  replacerOf(gates, start) !== null;

export const gateOf = ({ starts }: Gates, startKey: string): Gate | undefined =>
  starts.find((known) => known.startKey === startKey);

const replaced = (gates: Gates, gate: Gate): Gates => ({
  ...gates,
  starts: gates.starts.map((known) => (known.startKey === gate.startKey ? gate : known)),
});

const revokedAt = (gate: Gate, at: string): Gate => (gate.gate === 'revoked' ? gate : { ...gate, gate: 'revoked', at });

function refuseLate(gates: Gates, { startKey, epoch }: Pick<Admission, 'startKey' | 'epoch'>): void {
  const later = gates.starts.find((known) => known.epoch > epoch);
  if (later)
    throw new SluiceError('LockLost', `start ${later.startKey} of ${gates.job} has a gate with epoch ${later.epoch}`);
  if (gateOf(gates, startKey)?.gate === 'revoked')
    throw new SluiceError('LockLost', `the gate of start ${startKey} of ${gates.job} is revoked`);
}
