/**
 * The forms of messages against what their receivers document, with the links that help.
 *
 * Seen to fail: a `<!channel>` in a reason that calls everybody; a resolve with another key than its trigger; a link to a
 * filter that the console does not know.
 */
import { describe, expect, test } from 'vitest';
import { hex32 } from '../../../src/domain/identity/fingerprint.ts';
import type { Message } from '../../../src/domain/notification/channel-state.ts';
import type { Notice } from '../../../src/domain/notification/notice.ts';
import { pagerDutyBody } from '../../../src/domain/notification/shapes/pagerduty.ts';
import { slackBody } from '../../../src/domain/notification/shapes/slack.ts';
import { WebhookBody, webhookBody } from '../../../src/domain/notification/shapes/webhook.ts';
import { worded } from '../../../src/domain/notification/words.ts';
import { filterNames as activityFilters } from '../../../src/ui/pages/activity/filter.ts';
import { filterNames as jobFilters } from '../../../src/ui/pages/jobs/filters.ts';
import { endedOperation, NOON, notice } from '../../support/notices.ts';
import { operationNotice } from '../../../src/domain/notification/operation-notices.ts';

const URL_OF_CONSOLE = 'https://sluice.example.com';
const messageOf = (...notices: Notice[]): Message => ({
  id: hex32(...notices.map(({ id }) => id)),
  at: NOON,
  notices,
  key: notices[0]?.problem ?? null,
});
const told = (...notices: Notice[]) => worded(messageOf(...notices), URL_OF_CONSOLE);
const runbook = 'https://wiki.example.com/clicks';
const failed = notice({ runbook });
const group = ['a', 'b', 'c'].map((job) => notice({ job, id: job, problem: job }));

describe('links', () => {
  test('of a problem lead to its job and the runbook', () =>
    expect(told(failed).links).toEqual([
      { name: 'Job', url: `${URL_OF_CONSOLE}/jobs/clicks-prod` },
      { name: 'Runbook', url: runbook },
    ]));
  test('of an operation lead to the operation first', () => {
    const about = { environment: null, team: null, cluster: null, runbook: null };
    const [first] = told(operationNotice(endedOperation(), 'operationFailed', about)).links;
    expect(first).toEqual({ name: 'Operation', url: `${URL_OF_CONSOLE}/jobs/clicks-prod/operations/op-1` });
  });
  test('of a group lead to the list with its filter, which the console knows', () => {
    expect(told(...group).links).toEqual([
      { name: 'Jobs', url: `${URL_OF_CONSOLE}/jobs?view=all&state=failed&cluster=yarn-a` },
    ]);
    const operations = ['x', 'y'].map((id) =>
      notice({ id, kind: 'operationFailed', status: 'happened', operation: id, problem: null }),
    );
    const [{ url } = { url: '' }] = told(...operations).links;
    expect(url).toBe(`${URL_OF_CONSOLE}/activity?since=24h&cluster=yarn-a`);
    const known = { jobs: [...jobFilters, 'view'], activity: activityFilters as readonly string[] };
    for (const name of new URL(url).searchParams.keys()) expect(known.activity).toContain(name);
    for (const kind of ['failed', 'unreachable', 'degraded', 'hotfixExpired'] as const) {
      const [link] = told(...group.map((one) => ({ ...one, kind }))).links;
      for (const name of new URL(link?.url ?? '').searchParams.keys()) expect(known.jobs).toContain(name);
    }
  });
  test('to the console are left out where nobody has configured its address', () =>
    expect(worded(messageOf(failed), null).links).toEqual([{ name: 'Runbook', url: runbook }]));
});

describe('Slack', () => {
  test('gets a text, blocks and buttons', () => {
    const body = slackBody(told(failed), 'sluice');
    expect(body.text).toBe(':red_circle: clicks-prod failed and needs a person');
    expect(body.blocks.map(({ type }) => type)).toEqual(['section', 'section', 'actions', 'context']);
    expect(JSON.stringify(body)).toContain(`"url":"${runbook}"`);
  });
  test('is not made to call everybody, nor to show another link', () => {
    const body = JSON.stringify(
      slackBody(told(notice({ text: '<!channel> <https://evil.example.com|Sign in> & more' })), 'sluice'),
    );
    expect(body).not.toContain('<!');
    expect(body).not.toContain('<https://evil');
    expect(body).toContain('&lt;!channel&gt;');
  });
  test('gets no more than its blocks hold', () => {
    const lines = slackBody(told(notice({ text: '<'.repeat(500) })), 'sluice').blocks[1];
    expect(JSON.stringify(lines).length).toBeLessThan(3_000);
  });
});

describe('PagerDuty', () => {
  test('gets a trigger with its key, and a resolve with the same', () => {
    const trigger = pagerDutyBody(told(failed), 'sluice', 'routing');
    expect(trigger).toMatchObject({
      routing_key: 'routing',
      event_action: 'trigger',
      dedup_key: `sluice/sluice/${failed.problem ?? ''}`,
      payload: {
        summary: 'clicks-prod failed and needs a person',
        source: 'clicks-prod',
        severity: 'critical',
        timestamp: NOON,
      },
      links: [
        { href: `${URL_OF_CONSOLE}/jobs/clicks-prod`, text: 'Job' },
        { href: runbook, text: 'Runbook' },
      ],
    });
    expect(pagerDutyBody(told({ ...failed, status: 'closed' }), 'sluice', 'routing')).toEqual({
      routing_key: 'routing',
      event_action: 'resolve',
      dedup_key: trigger.dedup_key,
    });
  });
  test('gets keys that it does not cut', () => {
    const keyOf = (tail: string) =>
      pagerDutyBody(told(notice({ problem: 'x'.repeat(300) + tail })), 'sluice', 'routing').dedup_key;
    expect(keyOf('a').length).toBeLessThanOrEqual(255);
    expect(keyOf('a')).not.toBe(keyOf('b'));
  });
});

describe('a webhook', () => {
  test('gets what its schema says, with every event', () => {
    const body = webhookBody(told(...group), 'sluice', URL_OF_CONSOLE);
    expect(WebhookBody.parse(body)).toEqual(body);
    expect(body).toMatchObject({ version: 1, count: 3, status: 'opened', severity: 'critical' });
    expect(body.events.map(({ id, job }) => [id, job])).toEqual(group.map(({ id, job }) => [id, job]));
    expect(body.events[0]).not.toHaveProperty('runbook');
  });
  test('gets the first hundred of a storm, and their number', () => {
    const many = Array.from({ length: 150 }, (_none, number) => notice({ job: `job-${number}`, id: `${number}` }));
    const body = webhookBody(told(...many), 'sluice', null);
    expect([body.count, body.events.length]).toEqual([150, 100]);
    expect(body.lines).toEqual([expect.stringMatching(/^job-0, job-1, .* and 140 more$/)]);
  });
});
