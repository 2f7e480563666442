/**
 * Sessions by the clock.
 *
 * Seen to fail: with a write of the use by a plain PUT, which brought the session back; with looks that count as a use.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Sessions } from '../../../src/api/access/sessions.ts';
import { createFakeS3 } from '../../fakes/s3.ts';

const ADA = { subject: 'u-1', name: 'ada', groups: [] };
const START = Date.parse('2030-01-01T00:00:00Z');
const s3 = createFakeS3();
const sessions = (): Sessions => new Sessions(s3, { lifetimeMs: 60_000, idleMs: 10_000 });
const at = (ms: number): void => void vi.setSystemTime(START + ms);

beforeEach(() => {
  s3.objects.clear();
  vi.useFakeTimers({ toFake: ['Date'] });
  at(0);
});
afterEach(() => vi.useRealTimers());

it('a use that is written late brings no session back that another API has ended', async () => {
  const api = sessions();
  const { text, record } = await api.open(ADA, 'browser');
  expect(await api.by(text)).not.toBeNull();
  await sessions().end(record.id);
  at(1_500); // still remembered, and a use is due to be written
  await api.by(text);
  expect(s3.objects.size).toBe(0);
  at(3_600);
  expect(await api.by(text)).toBeNull();
});

it('a session in use goes on until its lifetime, one without use until the idle time', async () => {
  const [used, idle] = [await sessions().open(ADA, 'browser'), await sessions().open(ADA, 'cli')];
  for (let ms = 4_000; ms < 60_000; ms += 4_000) {
    at(ms);
    expect([ms, (await sessions().by(used.text)) !== null]).toEqual([ms, true]);
    // A stream that only looks whether the session goes on is no use.
    expect([ms, (await sessions().by(idle.text, false)) !== null]).toEqual([ms, ms < 10_000]);
  }
  at(60_000);
  expect(await sessions().by(used.text)).toBeNull();
});

it('a login removes the ended sessions of its person, and no other', async () => {
  await sessions().open(ADA, 'browser');
  const bob = await sessions().open({ ...ADA, subject: 'u-2' }, 'browser');
  at(11_000);
  const { record } = await sessions().open(ADA, 'browser');
  expect([...s3.objects.keys()].sort()).toEqual(
    [`sessions/${bob.record.id}.json`, `sessions/${record.id}.json`].sort(),
  );
});
