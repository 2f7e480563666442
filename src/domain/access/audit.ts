/** The audit log of an installation: who did what through its API, or was denied it, from where, and with what outcome. */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';

const auditKinds = ['act', 'denial', 'login', 'strangers', 'dropped'] as const;
export const auditOutcomes = ['accepted', 'refused', 'denied', 'failed'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** An entry holds names, ids and codes only: no body, no query and no header of a request. */
export const AuditEntry = z.strictObject({
  /** The time at which the request came. */
  at: z.string(),
  kind: openEnum(auditKinds, 'act').describe(
    'act: a request that changes something; denial: a known caller lacked a permission; login: also a logout; strangers: counted refusals of nobody known; dropped: entries that are missing here',
  ),
  subject: z.string().nullable().describe('The authenticated name; null where nobody is known'),
  method: z.string().nullable().describe('The proof of the name, such as token'),
  token: z.string().nullable().describe('Id of the token'),
  address: z.string().nullable().describe('The peer, or what a proxy of `api.proxies` says; `others` beyond the bound'),
  action: z.string().describe('The kind of operation, else the permission, else the route'),
  route: z.string().nullable(),
  job: z.string().nullable(),
  operation: z.string().nullable().describe('Id of the operation'),
  target: z.string().nullable().describe('The thing of the installation that is changed, such as the id of a token'),
  asked: z
    .string()
    .nullable()
    .default(null)
    .describe('The kind and the jobs of a campaign, such as `restart of cluster=yarn-a`; null for all else'),
  outcome: openEnum(auditOutcomes, 'failed'),
  lacks: z.string().nullable().describe('The permission that lacked'),
  status: z.number().int().nullable().describe('Null of an entry that was written before the change'),
  code: z.string().nullable().describe('The error code'),
  requestId: z.string().nullable(),
  count: z.number().int().describe('The number of requests or entries that this entry stands for'),
  since: z.string().nullable().describe('The first of those that are counted'),
});
export type AuditEntry = z.output<typeof AuditEntry>;

/** The entries of one process and one slot of time, oldest first. */
export const AuditSegment = z.strictObject({ version: z.literal(1), entries: z.array(AuditEntry) });
export type AuditSegment = z.output<typeof AuditSegment>;

/** An entry about nothing in particular, from which the others are made. */
export const emptyEntry: Omit<AuditEntry, 'at' | 'kind' | 'action' | 'outcome'> = {
  subject: null,
  method: null,
  token: null,
  address: null,
  route: null,
  job: null,
  operation: null,
  target: null,
  asked: null,
  lacks: null,
  status: null,
  code: null,
  requestId: null,
  count: 1,
  since: null,
};

const SLOT_MS = 5_000;

/**
 * The start of the slot that a time lies in. Objects of the log are named by slots, so that the entries of all processes
 * have one order although each process writes its own objects, some of them late.
 */
export const slotOf = (at: string): string => new Date(Math.floor(Date.parse(at) / SLOT_MS) * SLOT_MS).toISOString();

/** The outcome that a status of HTTP tells. */
export function outcomeOfStatus(status: number): AuditOutcome {
  if (status < 400) return 'accepted';
  if (status === 401 || status === 403 || status === 429) return 'denied';
  return status < 500 ? 'refused' : 'failed';
}

/** Limits of a search; an absent one is not looked at. */
export interface AuditQuery {
  /** Inclusive. */
  readonly since?: string | undefined;
  /** Exclusive. */
  readonly until?: string | undefined;
  readonly subject?: string | undefined;
  readonly job?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
}

export const isSought = (entry: AuditEntry, { since, until, subject, job, outcome }: AuditQuery): boolean =>
  (since === undefined || entry.at >= since) &&
  (until === undefined || entry.at < until) &&
  (subject === undefined || entry.subject === subject) &&
  (job === undefined || entry.job === job) &&
  (outcome === undefined || entry.outcome === outcome);
