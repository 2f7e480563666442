/**
 * Requests that a page makes by itself say so, once nobody has touched it for a while.
 *
 * Seen to fail: with touches that nobody hears.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { UNATTENDED_HEADER } from '../../src/domain/access/unattended.ts';
import { follow } from '../../src/ui/api/events.ts';
import { attendance, watchAttendance } from '../../src/ui/state/attended.ts';

const page = new EventTarget();
watchAttendance(page);
let sent: (string | null)[];

// All cases share a clock, because a touch of before must not lie in the future.
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterAll(() => void vi.useRealTimers());
beforeEach(() => {
  sent = [];
  vi.stubGlobal('fetch', (_url: string, { headers }: { headers: Record<string, string> }) => {
    sent.push(headers[UNATTENDED_HEADER] ?? null);
    return Promise.resolve(new Response('{}', { status: 503 }));
  });
});
afterEach(() => void vi.unstubAllGlobals());

const later = (ms: number): void => void vi.setSystemTime(Date.now() + ms);
async function ask(): Promise<void> {
  sent.push(attendance()[UNATTENDED_HEADER] ?? null);
  const stream = { lastId: undefined, signal: new AbortController().signal, onOpen: () => undefined };
  await follow('/events', { ...stream, onEvent: () => undefined }).catch(() => undefined);
}

it.each(['pointermove', 'keydown', 'visibilitychange'])(
  '%s tells that somebody is there, for a minute',
  async (touch) => {
    later(3_600_000);
    await ask();
    page.dispatchEvent(new Event(touch));
    later(50_000);
    await ask();
    later(20_000);
    await ask();
    expect(sent).toEqual(['true', 'true', null, null, 'true', 'true']);
  },
);
