/**
 * The audit log as it is written: in slots, bounded while S3 is silent, and with a count of all that is missing.
 *
 * Seen to fail: with one object for entries of several slots; without the bound; with the timer set only once; with a segment
 * given up after a failed try; with an object that cannot be written tried for ever; with a search that ends at its bound.
 */
import { describe, expect, it, vi } from 'vitest';
import { AuditLog } from '../../../src/api/audit/audit-log.ts';
import { readAuditPage } from '../../../src/api/audit/read-audit.ts';
import { emptyEntry, type AuditEntry } from '../../../src/domain/access/audit.ts';
import { AUDIT_LOG_ROOT } from '../../../src/domain/identity/storage-keys.ts';
import type { PlacedEntry } from '../../../src/records/access/audit-log.ts';
import { createFakeS3 } from '../../fakes/s3.ts';

const MINUTE_MS = 60_000;

function logOf(s3 = createFakeS3()) {
  const warned: string[] = [];
  const clock = { now: Date.parse('2026-03-01T10:59:58.000Z') };
  const tell = (_fields: object, text?: string): void => void warned.push(text ?? '');
  const log = { info: tell, warn: tell, error: tell } as unknown as ConstructorParameters<typeof AuditLog>[0]['log']; // the part that is used
  const audit = new AuditLog({ s3, log, now: () => clock.now });
  const keys = (): string[] => [...s3.objects.keys()].filter((key) => key.startsWith(AUDIT_LOG_ROOT)).sort();
  const items = async () => {
    const all: PlacedEntry[] = [];
    let cursor: string | undefined;
    do {
      const page = await readAuditPage(s3, { limit: 200, cursor });
      all.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return all;
  };
  return { s3, audit, clock, warned, keys, items };
}

const entry = (action: string, at: string): AuditEntry => ({
  ...emptyEntry,
  at,
  kind: 'act',
  action,
  outcome: 'accepted',
});

describe('the audit log', () => {
  it('is one object for each slot of a process, in the folder of its hour', async () => {
    const { audit, keys, items } = logOf();
    audit.add(entry('a', '2026-03-01T10:59:58.100Z'));
    audit.add(entry('b', '2026-03-01T10:59:59.900Z'));
    audit.add(entry('c', '2026-03-01T11:00:00.000Z'));
    expect(keys()).toEqual([]);
    await audit.flush();
    expect(keys().map((key) => key.replace(/-[0-9a-f]{16}-/, '-…-'))).toEqual([
      'audit-log/2026/03/01/10/2026-03-01T10:59:55.000Z-…-00000001.json',
      'audit-log/2026/03/01/11/2026-03-01T11:00:00.000Z-…-00000002.json',
    ]);
    expect((await items()).map(({ action }) => action)).toEqual(['c', 'b', 'a']);
  });

  it('waits for S3, and has every entry once afterwards, also when an answer was lost', async () => {
    const { s3, audit, warned, items } = logOf();
    s3.unavailable();
    audit.add(entry('a', '2026-03-01T10:00:00.000Z'));
    await audit.flush();
    await audit.flush();
    audit.add(entry('b', '2026-03-01T10:00:01.000Z'));
    s3.healthy();
    s3.dropAnswerOfNextPut();
    await audit.flush();
    await audit.flush();
    await audit.flush();
    expect((await items()).map(({ action }) => action)).toEqual(['b', 'a']);
    expect(warned).toEqual(['the audit log waits for S3', 'the audit log is written again']);
  });

  it('is written by itself within seconds, and tried again while S3 is silent', async () => {
    vi.useFakeTimers();
    try {
      const { s3, audit, keys } = logOf();
      s3.unavailable();
      audit.add(entry('a', '2026-03-01T10:00:00.000Z'));
      await vi.advanceTimersByTimeAsync(12_000);
      s3.healthy();
      expect(keys()).toEqual([]);
      await vi.advanceTimersByTimeAsync(5_000);
      expect(keys().length).toBe(1);
      const requests = s3.requests();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(s3.requests()).toBe(requests); // nothing is left to write
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps so many entries and no more while S3 is silent, and says how many are missing', async () => {
    const { s3, audit, items } = logOf();
    s3.unavailable();
    for (let number = 0; number < 10_250; number += 1) audit.add(entry(String(number), '2026-03-01T10:00:00.000Z'));
    await audit.flush();
    s3.healthy();
    await audit.flush();
    await audit.flush();
    const [newest] = (await readAuditPage(s3, { outcome: 'failed' })).items;
    expect(newest).toMatchObject({ kind: 'dropped', count: 250, since: '2026-03-01T10:00:00.000Z' });
    expect((await items()).length).toBe(10_001);
  });

  it('goes on behind an object that cannot be written', async () => {
    const { audit, items, warned } = logOf();
    audit.add({ ...entry('bad', '2026-03-01T10:00:00.000Z'), count: 1.5 });
    audit.add(entry('good', '2026-03-01T10:01:00.000Z'));
    await audit.flush();
    await audit.flush();
    expect((await items()).map(({ kind, action, count }) => [kind, action, count])).toEqual([
      ['dropped', 'audit', 1],
      ['act', 'good', 1],
    ]);
    expect(warned).toEqual(['entries of the audit log are dropped']);
  });

  it('counts strangers by address and minute, and the addresses beyond a bound together', async () => {
    const { audit, clock, items, keys } = logOf();
    for (let number = 0; number < 5; number += 1) audit.stranger('10.0.0.1', 'Unauthenticated');
    audit.stranger('10.0.0.1', 'TooManyRequests');
    for (let number = 0; number < 1_100; number += 1)
      audit.stranger(`10.1.${number >> 8}.${number & 255}`, 'Unauthenticated');
    await audit.flush();
    expect(keys()).toEqual([]); // the minute is not over
    clock.now += MINUTE_MS;
    audit.stranger('10.0.0.1', 'Unauthenticated');
    await audit.flush();
    const found = await items();
    expect(found.find(({ address, code }) => address === '10.0.0.1' && code === 'Unauthenticated')).toMatchObject({
      kind: 'strangers',
      outcome: 'denied',
      subject: null,
      count: 5,
      since: '2026-03-01T10:59:58.000Z',
    });
    expect(found.find(({ address }) => address === 'others')?.count).toBe(1_100 - (1_000 - 2));
    await audit.close();
    expect((await items()).filter(({ address }) => address === '10.0.0.1').map(({ count }) => count)).toEqual(
      expect.arrayContaining([1]),
    );
  });

  it('has the logins that somebody tells it', async () => {
    const { audit, items } = logOf();
    audit.login({
      ...{ action: 'login', subject: 'ann', method: 'session', target: null, address: '10.0.0.1' },
      ...{ outcome: 'accepted', status: 303, requestId: 'r' },
    });
    await audit.close();
    expect((await items())[0]).toMatchObject({ kind: 'login', action: 'login', subject: 'ann', outcome: 'accepted' });
  });

  it('hides a token that stands where an id belongs', async () => {
    const { audit, s3 } = logOf();
    const token = `slc_one_${'a'.repeat(43)}`;
    const more = { subject: token, operation: token, target: token, requestId: `x.${token}` };
    audit.add({ ...entry('a', '2026-03-01T10:00:00.000Z'), ...more });
    await audit.close();
    expect(JSON.stringify([...s3.objects.values()].map(({ body }) => body.toString()))).not.toContain('aaaa');
  });
});

describe('the pages of the audit log', () => {
  it('have each entry of all processes once, in one order', async () => {
    const s3 = createFakeS3();
    const [one, other] = [logOf(s3), logOf(s3)];
    const expected: string[] = [];
    for (let number = 0; number < 90; number += 1) {
      const at = new Date(Date.parse('2026-02-28T23:58:00.000Z') + number * 1_700).toISOString();
      expected.unshift(String(number));
      (number % 2 === 0 ? one : other).audit.add(entry(String(number), at));
    }
    await Promise.all([one.audit.flush(), other.audit.flush()]);
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await readAuditPage(s3, { limit: 7, cursor });
      seen.push(...page.items.map(({ action }) => action));
      cursor = page.nextCursor ?? undefined;
      pages += 1;
    } while (cursor !== undefined);
    expect(seen).toEqual(expected);
    expect(pages).toBe(13);
  });

  it('cost the same however long the log is', async () => {
    const { s3, audit } = logOf();
    const requestsOf = async () => {
      const before = s3.requests();
      await readAuditPage(s3, { limit: 5 });
      return s3.requests() - before;
    };
    const fill = async (month: string) => {
      for (let day = 1; day <= 28; day += 1)
        for (let hour = 10; hour < 20; hour += 1)
          audit.add(entry('a', `${month}-${String(day).padStart(2, '0')}T${hour}:00:00.000Z`));
      await audit.flush();
    };
    await fill('2026-03');
    const few = await requestsOf();
    await fill('2026-01');
    await fill('2025-12');
    expect(await requestsOf()).toBe(few);
  });

  it('end after so many objects when nothing is found, and go on from there', async () => {
    const { s3, audit, items } = logOf();
    audit.add(entry('rare', '2026-03-01T09:00:00.000Z'));
    for (let number = 0; number < 1_100; number += 1)
      audit.add(entry('a', new Date(Date.parse('2026-03-01T10:00:00.000Z') + number * 5_000).toISOString()));
    audit.add({ ...entry('rare', '2026-03-01T08:00:00.000Z'), job: 'clicks-dev' });
    await audit.flush();
    const first = await readAuditPage(s3, { job: 'clicks-dev' });
    expect([first.items, first.nextCursor]).toEqual([[], expect.any(String)]);
    const second = await readAuditPage(s3, { job: 'clicks-dev', cursor: first.nextCursor ?? undefined });
    expect(second.items.map(({ at }) => at)).toEqual(['2026-03-01T08:00:00.000Z']);
    expect((await items()).length).toBe(1_102);
  });

  it('hold their span: from the first time on, before the second', async () => {
    const { s3, audit } = logOf();
    for (const at of ['09:59:59.999', '10:00:00.000', '10:30:00.000', '11:00:00.000'])
      audit.add(entry(at, `2026-03-01T${at}Z`));
    await audit.flush();
    const { items } = await readAuditPage(s3, {
      since: '2026-03-01T10:00:00.000Z',
      until: '2026-03-01T11:00:00.000Z',
    });
    expect(items.map(({ action }) => action)).toEqual(['10:30:00.000', '10:00:00.000']);
  });
});
