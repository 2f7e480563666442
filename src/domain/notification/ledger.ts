/**
 * The ledger of the notifier: the point up to which it has looked, the problems of which it has told, and each channel with
 * the notices that wait. It is one record in S3, so that a worker that dies loses no event.
 */
import { z } from 'zod';
import { ChannelState, emptyChannel, queued } from './channel-state.ts';
import { problemNames, type Problem } from './events.ts';
import type { Notice } from './notice.ts';

const OpenProblem = z.strictObject({
  /** Names the problem; it begins the ids of its notices. */
  id: z.string(),
  /** When people were told last: milliseconds since 1970. */
  toldAt: z.number(),
  /** The channels that were told of it, and are told of its end. */
  channels: z.array(z.string()),
  environment: z.string().nullable(),
  team: z.string().nullable(),
  cluster: z.string().nullable(),
});
export type OpenProblem = z.infer<typeof OpenProblem>;

export const Ledger = z.strictObject({
  version: z.literal(1),
  /** When the notifier began. Problems and operations of before are no news. */
  since: z.string(),
  /** Every operation that ended before this, less an overlap, was seen. */
  auditedUntil: z.string(),
  /** The operations within the overlap that were seen: the end of each, in milliseconds since 1970, by `<job>/<id>`. */
  seen: z.record(z.string(), z.number()).default({}),
  /** Operations that have ended and whose records are not in S3 yet: since when they are missed, by key of the record. */
  missing: z.record(z.string(), z.number()).default({}),
  /** By job, then by problem. */
  open: z.record(z.string(), z.record(z.string(), OpenProblem)).default({}),
  /** The last refused release, by job and project. */
  refused: z.record(z.string(), z.string()).default({}),
  channels: z.record(z.string(), ChannelState).default({}),
});
export type Ledger = Readonly<z.infer<typeof Ledger>>;

/** Records of operations may appear so much later than others that ended after them. */
export const AUDIT_OVERLAP_MS = 600_000;
/** A ledger that nobody has looked at for so long is begun anew: its news is old. */
const STALE_MS = 24 * 3_600_000;
/** A record that is missed for so long is not waited for any more. */
const MISSED_FOR_MS = 24 * 3_600_000;

const iso = (at: number): string => new Date(at).toISOString();

export const newLedger = (now: number): Ledger => ({
  version: 1,
  since: iso(now),
  auditedUntil: iso(now),
  seen: {},
  missing: {},
  open: {},
  refused: {},
  channels: {},
});

/** The ledger to go on from; what was still to be told of an old one goes with it. */
export const continued = (ledger: Ledger | null, now: number): Ledger =>
  ledger === null || now - Date.parse(ledger.auditedUntil) > STALE_MS ? newLedger(now) : ledger;

/** The open problems of a job, with when people were told of each. */
export function openProblems(ledger: Ledger, job: string): ReadonlyMap<Problem, OpenProblem> {
  const open = ledger.open[job] ?? {};
  return new Map(problemNames.flatMap((name) => (open[name] === undefined ? [] : [[name, open[name]] as const])));
}

export function withOpen(ledger: Ledger, job: string, problem: Problem, open: OpenProblem | null): Ledger {
  const { [problem]: _before, ...others } = ledger.open[job] ?? {};
  const ofJob = open === null ? others : { ...others, [problem]: open };
  const { [job]: _ofJob, ...rest } = ledger.open;
  return { ...ledger, open: Object.keys(ofJob).length === 0 ? rest : { ...rest, [job]: ofJob } };
}

/** Queues a notice for channels. */
export function withNotice(ledger: Ledger, notice: Notice, channels: readonly string[], now: number): Ledger {
  const told = channels.map((name) => [name, queued(ledger.channels[name] ?? emptyChannel, [notice], now)] as const);
  return { ...ledger, channels: { ...ledger.channels, ...Object.fromEntries(told) } };
}

/** Tells whether an ended operation is one that nobody was told of. */
export const isNews = (ledger: Ledger, key: string, endedAt: string): boolean =>
  endedAt >= ledger.since && ledger.seen[key] === undefined;

export const withSeen = (ledger: Ledger, key: string, endedAt: string): Ledger => ({
  ...ledger,
  seen: { ...ledger.seen, [key]: Date.parse(endedAt) },
});

/** Notes that all records up to a time were seen, and forgets what can come no more. */
export function auditedUntil(ledger: Ledger, until: number): Ledger {
  const oldest = until - 2 * AUDIT_OVERLAP_MS;
  const seen = Object.fromEntries(Object.entries(ledger.seen).filter(([, endedAt]) => endedAt >= oldest));
  const missing = Object.fromEntries(Object.entries(ledger.missing).filter(([, at]) => until - at < MISSED_FOR_MS));
  return { ...ledger, auditedUntil: iso(until), seen, missing };
}
