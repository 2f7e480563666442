/**
 * Messages go only to addresses that are allowed, and a receiver can do no more than answer with a status.
 *
 * Seen to fail: a literal address that is not checked; one address of several that is not; a name that is resolved once more
 * after the check; a redirect that is followed; a receiver that is waited for without end; `::a9fe:a9fe` as an address of its own.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { refusalOfAddress } from '../../../src/clients/channels/addresses.ts';
import { checkedLookup, post, type Posting, type Resolve } from '../../../src/clients/channels/post.ts';
import { startReceiver, type Receiver } from '../../fakes/receiver.ts';
import { Authority } from '../../temporal/front.ts';

describe('an address', () => {
  test.each(['8.8.8.8', '151.101.1.1', '2606:4700::1111', '2606:4700::1:5efe:a9fe:a9fe'])('%s is taken', (address) =>
    expect([refusalOfAddress(address, false), refusalOfAddress(address, true)]).toEqual([null, null]),
  );
  test.each(['127.0.0.1', '127.9.9.9', '10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', '::1', 'fd12::1'])(
    '%s is taken only where the configuration allows it',
    (address) => {
      expect(refusalOfAddress(address, false)).toContain('set allowPrivate');
      expect(refusalOfAddress(address, true)).toBeNull();
    },
  );
  test.each([
    '169.254.169.254',
    '169.254.1.1',
    'fe80::1',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
    '0.0.0.0',
    '::',
    '224.0.0.1',
    'ff02::1',
    '255.255.255.255',
    '240.0.0.1',
    '198.18.0.1',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '::a9fe:a9fe',
    '::7f00:1',
    '::808:808',
    '::2',
    '::5efe:a9fe:a9fe',
    '2606:4700::5efe:169.254.169.254',
    '2606:4700::200:5efe:7f00:1',
    'fd12::5efe:a9fe:a9fe',
    '64:ff9b:1::a9fe:a9fe',
    '::ffff:0:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    '2001:0:53aa:64c:0:0:80ff:fffe',
    'fec0::1',
    'nowhere',
    '',
  ])('%s is never taken', (address) => {
    expect(refusalOfAddress(address, false)).not.toBeNull();
    expect(refusalOfAddress(address, true)).not.toBeNull();
  });
});

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const posted = (more: Partial<Posting> = {}): ReturnType<typeof post> =>
  post({ url: `${receiver.url}/hook`, headers: {}, body: '{"a":1}', allowPrivate: true, ca: undefined, ...more });
const resolvesTo =
  (...addresses: string[]): Resolve =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

describe('a message', () => {
  test('arrives as it was made', async () => {
    await expect(posted({ headers: { 'x-name': 'value' } })).resolves.toEqual({ status: 200, retryAfterMs: null });
    expect(receiver.received).toMatchObject([{ path: '/hook', text: '{"a":1}', headers: { 'x-name': 'value' } }]);
  });

  test.each<[string, Partial<Posting>, string]>([
    ['to loopback without leave', { url: 'https://127.0.0.1:1/', allowPrivate: false }, 'range loopback'],
    ['to loopback by another spelling', { url: 'https://2130706433/', allowPrivate: false }, 'range loopback'],
    ['to loopback in IPv6', { url: 'https://[::1]:1/', allowPrivate: false }, 'range loopback'],
    ['to a mapped address', { url: 'https://[::ffff:7f00:1]/' }, 'range ipv4Mapped'],
    ['to the metadata of a cloud', { url: 'https://169.254.169.254/latest/' }, 'range linkLocal'],
    ['by plain http to another machine', { url: 'http://10.0.0.1/' }, 'must begin with https://'],
    ['by another protocol', { url: 'ftp://127.0.0.1/' }, 'must begin with https://'],
    ['to no address', { url: 'hooks' }, 'is no URL'],
  ])('%s is not sent', async (_what, more, why) => {
    await expect(posted(more)).rejects.toThrow(why);
    expect(receiver.received).toEqual([]);
  });

  test('is not sent to a name if any of its addresses is of the inside', async () => {
    const resolve = resolvesTo('8.8.8.8', '127.0.0.1');
    await expect(posted({ url: 'https://rebound.example.com/', allowPrivate: false, resolve })).rejects.toThrow(
      'rebound.example.com: 127.0.0.1 is of the range loopback',
    );
    await expect(posted({ url: 'https://empty.example.com/', resolve: resolvesTo() })).rejects.toThrow(
      'has no address',
    );
  });

  test('goes to the very address that was checked, whatever the name means a moment later', async () => {
    let asked = 0;
    // As a name server does that tells a checker one thing and the connection another.
    const resolve: Resolve = (name) => resolvesTo((asked += 1) === 1 ? '151.101.1.1' : '127.0.0.1')(name);
    const lookup = checkedLookup(resolve, false);
    const given = await new Promise((settle) =>
      lookup('rebound.example.com', { all: true }, (error, addresses) => settle(error ?? addresses)),
    );
    expect([given, asked]).toEqual([[{ address: '151.101.1.1', family: 4 }], 1]);
    const later = await new Promise((settle) => lookup('rebound.example.com', {}, (error) => settle(error?.message)));
    expect(later).toContain('127.0.0.1 is of the range loopback');
  });

  test('is not sent on where the receiver redirects it', async () => {
    const inside = await startReceiver();
    receiver.answer = 307;
    receiver.headers = { location: `${inside.url}/admin` };
    await expect(posted()).resolves.toMatchObject({ status: 307 });
    expect(inside.received).toEqual([]);
    await inside.close();
  });

  test('is given up on a receiver that hangs, cuts, or answers without end', async () => {
    receiver.answer = 'hangs';
    await expect(posted({ deadlineMs: 200 })).rejects.toThrow('no answer within 0.2 s');
    receiver.answer = 'cuts';
    await expect(posted()).rejects.toThrow(/socket|closed/);
    receiver.answer = 200;
    receiver.says = 'x'.repeat(5_000_000);
    await expect(posted()).resolves.toMatchObject({ status: 200 });
  });

  test.each([
    ['7', 7_000],
    [new Date(Date.now() + 3_600_000).toUTCString(), 3_600_000],
    ['soon', null],
  ])('is told to come back: %s', async (header, expected) => {
    receiver.answer = 429;
    receiver.headers = { 'retry-after': header };
    const { retryAfterMs } = await posted();
    expect(retryAfterMs === null ? null : Math.round(retryAfterMs / 10_000)).toBe(
      expected === null ? null : Math.round(expected / 10_000),
    );
  });
});

describe('over https', () => {
  test('the name of the certificate counts, and its authority', async () => {
    const authority = new Authority('Hooks CA');
    const secure = await startReceiver(authority.issue('hooks', 'DNS:hooks.example.com'));
    const to = (name: string, ca?: string) =>
      posted({ url: `https://${name}:${secure.port}/`, resolve: resolvesTo('127.0.0.1'), ca });
    const { readFileSync } = await import('node:fs');
    const ca = readFileSync(authority.caFile, 'utf8');
    await expect(to('hooks.example.com', ca)).resolves.toMatchObject({ status: 200 });
    await expect(to('hooks.example.com')).rejects.toThrow(/certificate/);
    await expect(to('other.example.com', ca)).rejects.toThrow(/altnames/);
    expect(secure.received).toHaveLength(1);
    await secure.close();
  });
});
