/**
 * Streams: no snapshot of all jobs, changes with ids, filters, beats, an end with the right, and many at once.
 *
 * Seen to fail: without the bound of a caller, the first one held more than 100 streams; with a stream that goes on after `Unauthenticated` both outlived their token; with `gone` for closed workflows
 * only, nobody was told that a job no longer fits.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createToken } from '../../../src/records/access/tokens.ts';
import { hashOf, newSecret } from '../../../src/api/access/secrets.ts';
import { tokenOf, type TokenRecord } from '../../../src/domain/access/tokens.ts';
import { startApp, type App } from '../start-app.ts';

let app: App;
beforeEach(async () => {
  app = await startApp();
  // With a digest a job is known at once; without, a change is told by its row first, and then by the job itself.
  app.gateway.visibility.hasDigests = true;
});
afterEach(async () => await app.stop());

interface Event {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: { readonly name: string; readonly state: string; readonly time?: string; readonly version?: string };
}

interface Streaming {
  /** The next event but beats; the next of a kind, where one is named. */
  next(kind?: string): Promise<Event>;
  /** Ends when the server ends the stream. */
  ended(): Promise<void>;
  close(): void;
}

async function open({ url }: App, path: string, headers: Record<string, string> = {}): Promise<Streaming> {
  const controller = new AbortController();
  const response = await fetch(url + path, { signal: controller.signal, headers });
  expect(response.headers.get('content-encoding')).toBeNull();
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const read = async (): Promise<Event | null> => {
    for (;;) {
      const [block, ...rest] = text.split('\n\n');
      if (rest.length > 0) {
        text = rest.join('\n\n');
        const fields = new Map((block ?? '').split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
        const [event, data] = [fields.get('event'), fields.get('data')];
        if (event === undefined || data === undefined) continue;
        return { id: fields.get('id'), event, data: JSON.parse(data) as Event['data'] };
      }
      const { value, done } = await reader.read();
      if (done) return null;
      text += value;
    }
  };
  return {
    async next(kind) {
      for (;;) {
        const event = await read();
        if (event === null) throw new Error('the stream has ended');
        if (kind === undefined ? event.event !== 'beat' : event.event === kind) return event;
      }
    },
    async ended() {
      while ((await read()) !== null);
    },
    close: () => controller.abort(),
  };
}

/** Makes a token of a viewer. */
async function tokenHeaders(id: string): Promise<{ authorization: string }> {
  const secret = newSecret();
  const record: TokenRecord = {
    version: 1,
    ...{ id, name: id },
    hash: hashOf(secret),
    bindings: [{ role: 'viewer' }],
    createdAt: new Date().toISOString(),
    createdBy: null,
    expiresAt: null,
  };
  await createToken(app.s3, record);
  return { authorization: `Bearer ${tokenOf(id, secret)}` };
}

const said = ({ event, data }: Event): [string, string] => [event, data.name];

describe('the stream of a job', () => {
  it('has the whole job at first and after each change, and resumes', async () => {
    app.gateway.put('clicks-dev', { state: 'running' });
    const stream = await open(app, '/api/v1/jobs/clicks-dev/events');
    const first = await stream.next();
    expect(first).toMatchObject({
      event: 'job',
      data: { name: 'clicks-dev', state: 'running', autoDeploy: null, periodicSavepoints: null, attention: [] },
    });
    app.gateway.put('clicks-dev', { state: 'stopped' });
    const second = await stream.next();
    expect(second).toMatchObject({ event: 'job', data: { state: 'stopped' } });
    const resumed = await open(app, '/api/v1/jobs/clicks-dev/events', { 'last-event-id': first.id! });
    expect(await resumed.next()).toEqual(second);
    app.gateway.jobs.delete('clicks-dev');
    expect(said(await stream.next())).toEqual(['gone', 'clicks-dev']);
    expect((await app.send('/api/v1/jobs/nobody/events')).status).toBe(404);
    for (const one of [stream, resumed]) one.close();
  });
});

describe('releases', () => {
  it('are told when they appear, whatever the filters', async () => {
    await app.publish('clicks/1.0.0', 'clicks-dev');
    const stream = await open(app, '/api/v1/events?jobs=somebody');
    expect(said(await stream.next('release'))).toEqual(['release', 'clicks/1.0.0']);
    await app.publish('clicks/1.1.0', 'clicks-dev');
    const { data } = await stream.next('release');
    expect(data).toMatchObject({ name: 'clicks/1.1.0', jobs: ['clicks-dev'], runsAs: [] });
    stream.close();
  });
});

describe('the stream of all jobs', () => {
  it('begins with a beat and no snapshot, tells changes, and resumes after the list or an event', async () => {
    app.gateway.put('clicks-dev', { state: 'running' });
    const { since } = (await app.send('/api/v1/jobs')).body as unknown as { since: string };
    app.gateway.put('other-dev', { state: 'stopped' });
    const stream = await open(app, `/api/v1/events?since=${since}`);
    const beat = await stream.next('beat');
    expect(beat.data.version).toBe('0.0.0');
    expect(Number.isNaN(Date.parse(beat.data.time ?? ''))).toBe(false);
    const other = await open(app, `/api/v1/events?since=${since}`);
    const first = await other.next();
    expect(said(first)).toEqual(['job', 'other-dev']);
    expect(said(await stream.next())).toEqual(['job', 'other-dev']);
    app.gateway.put('clicks-dev', { state: 'failed' });
    const second = await stream.next();
    expect(second).toMatchObject({ event: 'job', data: { name: 'clicks-dev', state: 'failed' } });
    app.gateway.jobs.delete('other-dev');
    const third = await stream.next();
    expect(said(third)).toEqual(['gone', 'other-dev']);
    const resumed = await open(app, '/api/v1/events', { 'last-event-id': second.id! });
    expect(await resumed.next()).toEqual(third);
    const lost = await open(app, '/api/v1/events', { 'last-event-id': 'another-process-7' });
    expect((await lost.next()).event).toBe('reset');
    for (const one of [stream, other, resumed, lost]) one.close();
  });

  it('tells only what fits, and that a job no longer fits', async () => {
    app.gateway.put('a-dev', { state: 'running' });
    app.gateway.put('b-prod', { state: 'running' });
    const stream = await open(app, '/api/v1/events?environment=dev,test&state=running');
    await stream.next('beat');
    app.gateway.put('b-prod', { state: 'failed' });
    app.gateway.put('c-dev', { state: 'running' });
    expect(said(await stream.next())).toEqual(['job', 'c-dev']);
    app.gateway.put('a-dev', { state: 'failed' });
    expect(said(await stream.next())).toEqual(['gone', 'a-dev']);
    stream.close();
  });

  it('serves 100 streams of a caller and 500 over all, and refuses one more with the time to come back', async () => {
    app.gateway.put('a-dev', { state: 'running' });
    const streams: Streaming[] = [];
    for (let caller = 0; caller < 5; caller += 1) {
      const headers = await tokenHeaders(`reader${caller}`);
      const paths = Array.from({ length: 100 }, (_none, index) =>
        index % 2 ? '/api/v1/events' : '/api/v1/jobs/a-dev/events',
      );
      streams.push(...(await Promise.all(paths.map((path) => open(app, path, headers)))));
      const own = await app.send('/api/v1/events', { headers });
      expect([own.status, own.body.code, own.headers.get('retry-after')]).toEqual([429, 'TooManyStreams', '10']);
    }
    const refused = await app.send('/api/v1/events');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    expect((await app.send('/metrics')).text).toContain('sluice_api_event_listeners 500');
    await streams[1]!.next('beat');
    app.gateway.put('a-dev', { state: 'failed' });
    const told = await Promise.all(streams.map((one) => one.next()));
    expect(new Set(told.map(({ event }) => event))).toEqual(new Set(['job']));
    for (const one of streams) one.close();
  });
});

describe('a stream', () => {
  it.each(['/api/v1/events', '/api/v1/jobs/a-dev/events'])(
    'ends when the token of its caller is revoked: %s',
    async (path) => {
      const own = await startApp({ access: { anonymous: [], policy: {}, tokens: app.s3 } });
      own.gateway.put('a-dev', { state: 'running' });
      const stream = await open(own, path, await tokenHeaders('reader'));
      await stream.next(path.endsWith('/a-dev/events') ? 'job' : 'beat');
      for await (const entry of app.s3.list(''))
        if (entry.kind === 'object' && entry.key.includes('reader')) await app.s3.remove(entry.key);
      await stream.ended();
      expect((await own.send('/api/v1/jobs')).status).toBe(401);
      await own.stop();
    },
    15_000,
  );
});
