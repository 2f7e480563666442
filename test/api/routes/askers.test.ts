import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deepHotfix } from '../../support/hostile-payloads.ts';
import { startApp, type App } from '../start-app.ts';

let app: App;
beforeEach(async () => void (app = await startApp()));
afterEach(async () => await app.stop());

const deploy = { kind: 'deploy', release: 'clicks/1.0.0' };
const askedBy = async (body: object, headers: Record<string, string> = {}) =>
  (await app.operate('clicks-dev', { ...deploy, ...body }, headers)).body.operation;

describe('the asker of an operation', () => {
  it('came by the API, and what the body says of itself is kept as claimed', async () => {
    expect(await askedBy({ actor: 'ann', via: 'ci' })).toMatchObject({
      actor: 'ann',
      via: 'api',
      claimed: { actor: 'ann', via: 'ci' },
    });
  });

  it('is whom the proxy names in the header, whatever the body says', async () => {
    expect(await askedBy({ actor: 'somebody' }, { 'x-sluice-actor': 'team-a' })).toMatchObject({
      actor: 'team-a',
      via: 'api',
      claimed: { actor: 'somebody', via: null },
    });
  });

  it.each(['utf8', 'latin1'] as const)('has its umlauts in the history when the header is %s', async (encoding) => {
    expect((await askedBytes(Buffer.from('Jürgen', encoding))).operation).toMatchObject({ actor: 'Jürgen' });
  });

  it.each([
    [{ actor: 'sluice' }, 'actor: must not be a name that Sluice has for itself'],
    [{ actor: '' }, 'actor: must not be empty'],
    [{ actor: '   ' }, 'actor: must not begin or end with spaces'],
    [{ actor: '\u202eecila' }, 'actor: must not contain control or invisible characters'],
    [{ reason: 'yes\u200b' }, 'reason: must not contain control or invisible characters'],
    [{ via: 'schedule' }, 'via: must not be a door of Sluice itself'],
    [{ id: 'periodic-20260101T000000Z' }, 'id: must not be an id that Sluice makes for itself'],
    [{ id: 'auto-clicks_1.0.0' }, 'id: must not be an id that Sluice makes for itself'],
  ])('cannot be %j', async (body, detail) => {
    for (const what of ['operations', 'plan'] as const) {
      const answer = await app.post(`/api/v1/jobs/clicks-dev/${what}`, { ...deploy, ...body });
      expect([answer.status, answer.body.code]).toEqual([422, 'InvalidRequest']);
      expect(answer.body.detail).toContain(detail);
    }
    expect(app.gateway.submitted).toEqual([]);
  });

  it('cannot be Sluice by the header either', async () => {
    const { status, body } = await app.operate('clicks-dev', deploy, { 'x-sluice-actor': 'sluice' });
    expect([status, body.detail]).toEqual([422, expect.stringContaining('X-Sluice-Actor must not be a name')]);
  });

  it('of a cancel follows the same rules', async () => {
    await app.operate('clicks-dev', { ...deploy, id: 'one' });
    const path = '/api/v1/jobs/clicks-dev/operations/one/cancel';
    const refused = await app.post(path, { actor: 'supervisor' });
    expect([refused.status, refused.body.code]).toEqual([422, 'InvalidRequest']);
    expect(app.gateway.cancelled).toEqual([]);
  });
});

it.each([8_000, 65, 200_000])('a body of %i levels is refused, and is no defect', async (levels) => {
  for (const path of ['operations', 'plan', 'operations/one/cancel']) {
    const body = `{"kind":"hotfix",${deepHotfix(levels).slice(1)}`;
    const headers = { 'content-type': 'application/json' };
    const answer = await app.send(`/api/v1/jobs/clicks-dev/${path}`, { method: 'POST', headers, body });
    expect([answer.status, answer.body.code]).toEqual([422, 'Undecodable']);
    expect(answer.body.detail).toBe('The body nests deeper than 64 levels');
  }
});

/** Sends a header as bytes, which `fetch` does not. */
const askedBytes = (actor: Buffer): Promise<{ operation: unknown }> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-sluice-actor': actor.toString('latin1') };
    const asked = request(`${app.url}/api/v1/jobs/clicks-dev/operations`, { method: 'POST', headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => {
        resolve(JSON.parse(text) as { operation: unknown });
      });
    });
    asked.on('error', reject);
    asked.end(Buffer.from(JSON.stringify(deploy))); // a text would make Node write the header as UTF-8
  });
