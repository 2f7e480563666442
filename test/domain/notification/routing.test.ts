/**
 * To whom a notice goes, and which configurations are refused.
 *
 * Seen to fail: a contact that is a channel's name left out; an unusual event sent to contacts; a severity that is not looked
 * at; a route without teams that misses jobs without a team.
 */
import { describe, expect, test } from 'vitest';
import { channelsFor } from '../../../src/domain/notification/routing.ts';
import { NotificationSettings, secretNamesOf } from '../../../src/domain/notification/settings.ts';
import { notice, settingsOf } from '../../support/notices.ts';

describe('a notice goes', () => {
  const contacts = { '#ads-streaming': 'slack' };
  test.each<
    [string, Readonly<Record<string, unknown>>, Parameters<typeof notice>[0], readonly string[], readonly string[]]
  >([
    ['nowhere without routes and contacts', {}, {}, ['#ads-streaming'], []],
    ['to the channel of a contact', { contacts }, {}, ['#ads-streaming', '#others'], ['slack']],
    ['to the channel that a contact names', {}, {}, ['hook', 'ads@example.com'], ['hook']],
    ['to a channel of a route', { routes: [{ channels: ['hook'] }] }, {}, [], ['hook']],
    [
      'to each channel once',
      { contacts, routes: [{ channels: ['slack', 'hook'] }, { channels: ['hook'] }] },
      {},
      ['#ads-streaming'],
      ['slack', 'hook'],
    ],
    [
      'to routes of its team',
      {
        routes: [
          { teams: ['ads-*'], channels: ['hook'] },
          { teams: ['bi'], channels: ['slack'] },
        ],
      },
      {},
      [],
      ['hook'],
    ],
    [
      'to routes of its environment',
      { routes: [{ environments: ['prod*'], channels: ['hook'] }] },
      { environment: 'dev' },
      [],
      [],
    ],
    [
      'to no route of a team where it has none',
      { routes: [{ teams: ['*'], channels: ['hook'] }] },
      { team: null },
      [],
      [],
    ],
    [
      'to routes of its kind',
      {
        routes: [
          { events: ['failed'], channels: ['hook'] },
          { events: ['degraded'], channels: ['slack'] },
        ],
      },
      {},
      [],
      ['hook'],
    ],
    [
      'by severity of the route',
      { routes: [{ severity: 'critical', channels: ['hook'] }] },
      { kind: 'degraded', severity: 'warning' },
      [],
      [],
    ],
    ['to PagerDuty where it is critical', { routes: [{ channels: ['pager'] }] }, {}, [], ['pager']],
    [
      'nowhere else',
      { routes: [{ channels: ['pager', 'hook'] }] },
      { kind: 'degraded', severity: 'warning' },
      [],
      ['hook'],
    ],
    [
      'to nobody where it is not usual',
      { contacts, routes: [{ channels: ['hook'] }] },
      { kind: 'personsOperationFailed', severity: 'warning' },
      ['#ads-streaming'],
      [],
    ],
    [
      'where a route names it',
      { routes: [{ events: ['personsOperationFailed'], channels: ['hook'] }] },
      { kind: 'personsOperationFailed', severity: 'warning' },
      [],
      ['hook'],
    ],
  ])('%s', (_what, settings, more, ofFile, expected) =>
    expect(channelsFor(notice(more), ofFile, settingsOf(settings))).toEqual(expected),
  );
});

describe('a configuration is refused', () => {
  const channel = (more: Readonly<Record<string, unknown>>) => ({ channels: { a: { kind: 'webhook', ...more } } });
  test.each<[string, unknown, string]>([
    ['a route to no channel', { routes: [{ channels: ['b'] }] }, 'there is no channel b'],
    ['a contact of no channel', { contacts: { '#ads': 'b' } }, 'there is no channel b'],
    [
      'an address of Slack beside other settings',
      { channels: { a: { kind: 'slack', url: 'https://hooks.example.com/T/B/x' } } },
      'is a secret of Slack',
    ],
    ['plain http', channel({ url: 'http://hooks.example.com/' }), 'must be an https:// address'],
    ['plain http on loopback', channel({ url: 'http://127.0.0.1:9/' }), 'must be an https:// address'],
    ['http in the inside', channel({ url: 'http://10.0.0.1/', allowPrivate: true }), 'must be an https:// address'],
    ['another protocol', channel({ url: 'file:///etc/passwd' }), 'must be an https:// address'],
    ['a password', channel({ url: 'https://ann:secret@hooks.example.com/' }), 'must hold no password'],
    ['two addresses', channel({ url: 'https://hooks.example.com/', urlFile: '/run/x' }), 'goes without url'],
    ['a relative path', channel({ urlFile: 'secret' }), 'must be an absolute path'],
    ['an unknown event', { routes: [{ events: ['exploded'], channels: ['a'] }] }, 'Invalid option'],
  ])('%s', (_what, settings, why) => {
    const { error } = NotificationSettings.safeParse(settings);
    expect(error?.issues.map(({ message }) => message).join('; ')).toContain(why);
  });
  test('and http on loopback is taken where it is allowed', () =>
    expect(NotificationSettings.safeParse(channel({ url: 'http://127.0.0.1:9/', allowPrivate: true })).success).toBe(
      true,
    ));
});

test('the environment names secrets after their channel', () =>
  expect(secretNamesOf('ads-slack')).toEqual({
    url: 'SLUICE_CHANNEL_ADS_SLACK_URL',
    secret: 'SLUICE_CHANNEL_ADS_SLACK_SECRET',
  }));
