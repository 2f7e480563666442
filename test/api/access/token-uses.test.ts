/**
 * The last use of a token: written now and then, in nobody's way, and missed by nobody when it is not there.
 *
 * Seen to fail: with each use written; with an unreadable record thrown.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TokenUses } from '../../../src/api/access/token-uses.ts';
import { tokenUseKey } from '../../../src/domain/identity/storage-keys.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { firstTokenOf } from '../first-token.ts';
import { startApp, type App } from '../start-app.ts';

const s3 = createFakeS3();
let app: App;
let admin = '';
beforeEach(async () => {
  s3.healthy();
  s3.objects.clear();
  app = await startApp({ access: { anonymous: [], policy: {}, tokens: s3 } });
  admin = await firstTokenOf(s3);
});
afterEach(async () => await app.stop());

const headers = () => ({ authorization: `Bearer ${admin}` });
interface Item {
  readonly id: string;
  readonly lastUsedAt: string | null;
}
const listed = async (): Promise<Item[]> =>
  (await app.send('/api/v1/tokens', { headers: headers() })).body.items as unknown as Item[]; // the list of tokens

it('is shown in the list, and is null of a token that nobody used', async () => {
  const { text } = await app.post('/api/v1/tokens', { name: 'ci', bindings: [{ role: 'viewer' }] }, headers());
  const made = JSON.parse(text) as Item;
  expect(made.lastUsedAt).toBeNull();
  await vi.waitFor(() => expect(s3.objects.has(tokenUseKey('first'))).toBe(true));
  const items = await listed();
  expect(items.find(({ id }) => id === 'first')?.lastUsedAt).toMatch(/^20\d\d-.*Z$/);
  expect(items.find(({ id }) => id === made.id)?.lastUsedAt).toBeNull();
});

it('is null when its record cannot be read', async () => {
  await listed();
  await vi.waitFor(() => expect(s3.objects.has(tokenUseKey('first'))).toBe(true));
  await s3.put(tokenUseKey('first'), 'no JSON');
  expect(await listed()).toMatchObject([{ id: 'first', lastUsedAt: null }]);
});

it('goes with its token', async () => {
  await s3.put(tokenUseKey('first'), '{}');
  expect((await app.send('/api/v1/tokens/first', { method: 'DELETE', headers: headers() })).status).toBe(204);
  expect((await app.send('/api/v1/jobs', { headers: headers() })).status).toBe(401);
});

it('is not noted of a bad token', async () => {
  const guess = `slc_first_${'a'.repeat(43)}`;
  expect((await app.send('/api/v1/jobs', { headers: { authorization: `Bearer ${guess}` } })).status).toBe(401);
  expect([...s3.objects.keys()].filter((key) => key.startsWith('token-uses/'))).toEqual([]);
});

it('is written once in some minutes, and no request waits for it or fails with it', async () => {
  const clock = { now: 0 };
  const puts: string[] = [];
  const uses = new TokenUses(
    {
      put: (key) => {
        puts.push(key);
        return puts.length === 1 ? new Promise(() => undefined) : Promise.reject(new Error('S3 is silent'));
      },
    },
    () => clock.now,
  );
  for (clock.now = 0; clock.now < 30 * 60_000; clock.now += 1_000) uses.note('one');
  uses.note('two');
  await new Promise(setImmediate);
  expect(puts).toEqual([...Array<string>(3).fill(tokenUseKey('one')), tokenUseKey('two')]);
});
