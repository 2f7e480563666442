/** The body of a signed webhook. Version 1 only ever gains fields. */
import { z } from 'zod';
import { eventKinds, severities } from '../events.ts';
import { noticeStatuses } from '../notice.ts';
import { linksOf, type Worded } from '../words.ts';

/** Events that one body holds. */
const MOST_EVENTS = 100;

const Link = z.object({ name: z.string(), url: z.string() });

const Event = z.object({
  id: z.string().describe('Names the event for ever: what comes twice has the same one'),
  kind: z.enum(eventKinds),
  status: z.enum(noticeStatuses).describe('opened and closed are about a problem, happened about a moment'),
  problem: z.string().nullable().describe('The problem that begins or ends; null where the event has no end'),
  severity: z.enum(severities),
  at: z.string().describe('ISO 8601'),
  job: z.string(),
  environment: z.string().nullable(),
  team: z.string().nullable(),
  cluster: z.string().nullable(),
  release: z.string().nullable(),
  operation: z.string().nullable().describe('Id of the operation'),
  title: z.string(),
  text: z.string().nullable(),
  links: z.array(Link),
});

export const WebhookBody = z.object({
  version: z.literal(1),
  id: z.string().describe('Names the message: one that is sent twice has the same one'),
  installation: z.string(),
  at: z.string().describe('When the message was made, ISO 8601'),
  status: z.enum([...noticeStatuses, 'mixed']),
  severity: z.enum(severities).describe('The gravest of its events'),
  title: z.string(),
  lines: z.array(z.string()).describe('Further lines for people'),
  links: z.array(Link).describe('The link that helps most comes first'),
  count: z.int().describe('How many events the message is about'),
  events: z.array(Event).max(MOST_EVENTS).describe(`The events, ${MOST_EVENTS} at most`),
});
export type WebhookBody = z.infer<typeof WebhookBody>;

export function webhookBody(message: Worded, installation: string, publicUrl: string | null): WebhookBody {
  const { id, at, status, severity, title, lines, links, notices } = message;
  return {
    version: 1,
    id,
    installation,
    at,
    status,
    severity,
    title,
    lines: [...lines],
    links: [...links],
    count: notices.length,
    events: notices.slice(0, MOST_EVENTS).map((notice) => {
      const { runbook: _runbook, ...rest } = notice;
      return { ...rest, links: linksOf(notice, publicUrl) };
    }),
  };
}
