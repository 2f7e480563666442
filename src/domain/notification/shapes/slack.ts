/** The body for an incoming webhook of Slack (https://api.slack.com/messaging/webhooks), and of receivers that understand the same. */
import { clip } from '../../values/clip.ts';
import type { Severity } from '../events.ts';
import type { Worded } from '../words.ts';

const signs: Readonly<Record<Severity, string>> = {
  critical: ':red_circle:',
  warning: ':large_yellow_circle:',
  info: ':large_blue_circle:',
};
/** Limits of Slack's blocks, with room for what escaping adds. */
const MOST = { title: 600, lines: 2_000 } as const;

export function slackBody({ status, severity, title, lines, links, id }: Worded, installation: string) {
  const sign = status === 'closed' ? ':large_green_circle:' : signs[severity];
  const head = `${sign} ${escaped(clip(title, MOST.title))}`;
  const buttons = links.map(({ name, url }) => ({
    type: 'button',
    text: { type: 'plain_text', text: name },
    url: clip(url, 3_000),
  }));
  return {
    text: head,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `*${head}*` } },
      ...(lines.length === 0
        ? []
        : [{ type: 'section', text: { type: 'mrkdwn', text: escaped(clip(lines.join('\n'), MOST.lines)) } }]),
      ...(buttons.length === 0 ? [] : [{ type: 'actions', elements: buttons }]),
      { type: 'context', elements: [{ type: 'mrkdwn', text: escaped(`${installation}, message ${id}`) }] },
    ],
  };
}

/** Slack reads these three as control characters: `<!channel>` would call everybody. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('*', '\u2217');
