/**
 * A stream for a caller who has gone meanwhile holds nothing.
 *
 * Seen to fail: without the look at `destroyed`, the stream stayed open for ever.
 */
import { expect, it } from 'vitest';
import { EventStreams } from '../../../src/api/http/event-stream.ts';
import type { Call } from '../../../src/api/http/route.ts';

it('is not begun when its caller went while its rights were looked up', () => {
  const streams = new EventStreams();
  const touched: string[] = [];
  const touch = (name: string) => () => void touched.push(name);
  const response = { destroyed: true, writeHead: touch('writeHead'), write: touch('write'), on: touch('on') };
  const caller = { name: 'ci', method: 'token', token: 'ci', bindings: [] };
  const call = {
    caller,
    request: { method: 'GET' },
    response,
    may: () => true,
    renew: () => Promise.resolve(() => true),
  };
  const begun = streams.begin(call as unknown as Call, { beat: () => ({ data: {} }), mayGoOn: () => true });
  expect([begun, streams.open, touched]).toEqual([null, 0, []]);
});
