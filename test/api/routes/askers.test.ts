import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deepHotfix } from '../../support/hostile-payloads.ts';
import { startApp, type App } from '../start-app.ts';

let app: App;
beforeEach(async () => {
  app = await startApp();
  await app.publish('clicks/1.0.0', 'clicks-dev');
});
afterEach(async () => await app.stop());

const deploy = { kind: 'deploy', release: 'clicks/1.0.0' };
const askedBy = async (body: object) => (await app.operate('clicks-dev', { ...deploy, ...body })).body.operation;

describe('the asker of an operation', () => {
  it('came by the API, and what the body says of itself is kept as claimed', async () => {
    expect(await askedBy({ actor: 'ann', via: 'ci' })).toMatchObject({
      actor: 'ann',
      via: 'api',
      claimed: { actor: 'ann', via: 'ci' },
    });
  });

  it.each([
    [{ actor: 'sluice' }, 'actor: must not be a name that Sluice has for itself'],
    [{ actor: '' }, 'actor: must not be empty'],
    [{ actor: '   ' }, 'actor: must not begin or end with spaces'],
    [{ actor: '\u202eecila' }, 'actor: must not contain control or invisible characters'],
    [{ reason: 'yes\u200b' }, 'reason: must not contain control or invisible characters'],
    [{ via: 'schedule' }, 'via: must not be a door of Sluice itself'],
    [{ id: 'periodic-20260101T000000Z' }, 'id: must not be an id that Sluice makes for itself'],
    [{ id: 'auto-clicks_1.1.0' }, 'id: must not be an id that Sluice makes for itself'],
    [{ id: 'campaign-nightly' }, 'id: must not be an id that Sluice makes for itself'],
    [{ id: 'auto-clicks_1.0.0' }, 'id: must not be an id that Sluice makes for itself'],
  ])('cannot be %j', async (body, detail) => {
    for (const what of ['operations', 'plan'] as const) {
      const answer = await app.post(`/api/v1/jobs/clicks-dev/${what}`, { ...deploy, ...body });
      expect([answer.status, answer.body.code]).toEqual([422, 'InvalidRequest']);
      expect(answer.body.detail).toContain(detail);
    }
    expect(app.gateway.submitted).toEqual([]);
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
