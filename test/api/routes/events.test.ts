import { afterEach, beforeEach, expect, it } from 'vitest';
import { startApp, type App } from '../start-app.ts';

let app: App;
beforeEach(async () => void (app = await startApp()));
afterEach(async () => await app.stop());

it('jobs stream their changes, and resume', async () => {
  app.gateway.put('clicks-dev', { state: 'running' });
  const events = await readEvents(app, '/api/v1/jobs/clicks-dev/events', 1, undefined, async () => {
    await Promise.resolve();
  });
  expect(events[0]).toMatchObject({ event: 'job', data: { name: 'clicks-dev', state: 'running' } });
  const missing = await app.send('/api/v1/jobs/nobody/events');
  expect(missing.status).toBe(404);
  const all = await readEvents(app, '/api/v1/events', 2, undefined, async () => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    app.gateway.put('other-dev', { state: 'stopped' });
  });
  expect(all.map(({ data }) => data.name)).toEqual(['clicks-dev', 'other-dev']);
  const missed = await readEvents(app, '/api/v1/events', 1, all[0]?.id, () => Promise.resolve());
  expect(missed[0]).toEqual(all[1]);
  const anew = await readEvents(app, '/api/v1/events', 2, 'another-process-7', () => Promise.resolve());
  expect(anew.map(({ data }) => data.name)).toEqual(['clicks-dev', 'other-dev']);
});

interface Event {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly name: string; readonly state: string };
}

async function readEvents(
  { url }: App,
  path: string,
  count: number,
  lastId: string | undefined,
  meanwhile: () => Promise<void>,
): Promise<Event[]> {
  const controller = new AbortController();
  const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
  const response = await fetch(url + path, { signal: controller.signal, headers });
  const running = meanwhile();
  const events: Event[] = [];
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      const [id, event, data] = [fields.get('id'), fields.get('event'), fields.get('data')];
      if (id !== undefined && event !== undefined && data !== undefined)
        events.push({ id, event, data: JSON.parse(data) as Event['data'] });
    }
    if (events.length >= count) break;
  }
  controller.abort();
  await running;
  return events;
}
