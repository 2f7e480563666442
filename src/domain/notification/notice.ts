/** A notice: one event of one job, as it is kept, routed and told. */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { eventKinds, severities } from './events.ts';

export const noticeStatuses = ['opened', 'closed', 'happened'] as const;

export const Notice = z.strictObject({
  /** Names the event for ever: a notice that is told twice has the same one. */
  id: z.string(),
  kind: openEnum(eventKinds, 'operationFailed'),
  /** `opened` and `closed` are about a problem, `happened` about a moment. */
  status: openEnum(noticeStatuses, 'happened'),
  /** The problem that begins or ends; null where the event has no end. */
  problem: z.string().nullable(),
  severity: openEnum(severities, 'critical'),
  at: z.string(),
  job: z.string(),
  environment: z.string().nullable(),
  team: z.string().nullable(),
  cluster: z.string().nullable(),
  release: z.string().nullable(),
  /** Id of the operation that it is about. */
  operation: z.string().nullable(),
  /** A single line. */
  title: z.string(),
  /** The reason; null where none is known. */
  text: z.string().nullable(),
  runbook: z.string().nullable(),
});
export type Notice = z.infer<typeof Notice>;

/** Characters of the texts of a notice. */
export const noticeLimits = { title: 200, text: 500 } as const;
