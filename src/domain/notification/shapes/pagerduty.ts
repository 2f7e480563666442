/** The body of PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/send-alert-event/). */
import { hex32 } from '../../identity/fingerprint.ts';
import { clip } from '../../values/clip.ts';
import type { Worded } from '../words.ts';

/** Limits of the Events API. */
const MOST = { summary: 1_024, key: 255 } as const;
/** Notices of which an alert tells the reason. */
const MOST_DETAILS = 20;

export function pagerDutyBody(message: Worded, installation: string, routingKey: string) {
  const { status, severity, title, lines, links, notices, id, at, key } = message;
  const [first] = notices;
  const common = { routing_key: routingKey, dedup_key: dedupKeyOf(installation, key ?? id) };
  if (status === 'closed') return { ...common, event_action: 'resolve' };
  return {
    ...common,
    event_action: 'trigger',
    client: `Sluice ${installation}`,
    payload: {
      summary: clip(title, MOST.summary),
      source: first !== undefined && notices.length === 1 ? first.job : installation,
      severity,
      timestamp: at,
      component: first?.cluster ?? undefined,
      group: first?.team ?? undefined,
      class: first?.kind,
      custom_details: {
        message: id,
        text: lines.join('\n'),
        events: notices
          .slice(0, MOST_DETAILS)
          .map((notice) => ({ id: notice.id, job: notice.job, reason: notice.text })),
        count: notices.length,
      },
    },
    links: links.map(({ name, url }) => ({ href: url, text: name })),
  };
}

/** Long names would be cut, and two alerts become one. */
function dedupKeyOf(installation: string, key: string): string {
  const readable = `sluice/${installation}/${key}`;
  return readable.length <= MOST.key ? readable : `sluice/${hex32(readable)}`;
}
