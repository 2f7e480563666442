/**
 * An address that sends many bad tokens is told to wait; a good token from the same address is let in at any time.
 *
 * Seen to fail: with all looked up at once; with the address refused as a whole; with `/healthz` left out of the count.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadTokens } from '../../../src/api/access/bad-tokens.ts';
import { Problem } from '../../../src/api/http/problem.ts';
import { readAuditPage } from '../../../src/api/audit/read-audit.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { firstTokenOf } from '../first-token.ts';
import { startApp, type App } from '../start-app.ts';

const LIMIT = 30;
const bad = (): Promise<never> => Promise.reject(new Problem('Unauthenticated', 'nobody'));
const codeOf = (tried: Promise<unknown>): Promise<unknown> =>
  tried.then(
    () => 'let in',
    (failure: unknown) => (failure as Problem).code,
  );

async function exhausted(badTokens: BadTokens, address: string): Promise<void> {
  for (let number = 0; number < LIMIT; number += 1)
    expect(await codeOf(badTokens.check(address, false, bad))).toBe('Unauthenticated');
}

describe('bad tokens of an address', () => {
  it('are told to wait after so many, for the rest of a minute, and no other address is', async () => {
    const clock = { now: 0 };
    const badTokens = new BadTokens(() => clock.now);
    await exhausted(badTokens, 'a');
    clock.now = 15_000;
    const refused = await badTokens.check('a', false, bad).catch((failure: unknown) => failure as Problem);
    expect([refused.code, refused.status, refused.headers['Retry-After']]).toEqual(['TooManyRequests', 429, '45']);
    expect(await codeOf(badTokens.check('b', false, bad))).toBe('Unauthenticated');
    clock.now = 60_000;
    expect(await codeOf(badTokens.check('a', false, bad))).toBe('Unauthenticated');
  });

  it('keep no good token out', async () => {
    const badTokens = new BadTokens();
    await exhausted(badTokens, 'a');
    expect(await codeOf(badTokens.check('a', false, () => Promise.resolve()))).toBe('let in');
  });

  it('are looked up one after the other, and tokens that are known beside them', async () => {
    const badTokens = new BadTokens();
    await exhausted(badTokens, 'a');
    let underWay = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const slow = async (): Promise<never> => {
      most = Math.max(most, (underWay += 1));
      await new Promise<void>((resolve) => void ends.push(resolve));
      underWay -= 1;
      return await bad();
    };
    const tried = Array.from({ length: 101 }, () => codeOf(badTokens.check('a', false, slow)));
    expect(await codeOf(badTokens.check('a', true, () => Promise.resolve()))).toBe('let in');
    expect(await tried[100]).toBe('TooManyRequests'); // not even looked up
    for (let number = 0; number < 100; number += 1) {
      while (ends.length <= number) await new Promise(setImmediate);
      ends[number]?.();
    }
    expect(new Set(await Promise.all(tried))).toEqual(new Set(['TooManyRequests']));
    expect([most, ends.length]).toEqual([1, 100]);
  });

  it('do not hide that S3 is silent', async () => {
    const badTokens = new BadTokens();
    await exhausted(badTokens, 'a');
    const silent = () => Promise.reject(new Error('silent'));
    await expect(badTokens.check('a', false, silent)).rejects.toThrow('silent');
  });
});

describe('over HTTP', () => {
  const s3 = createFakeS3();
  let app: App;
  let admin = '';
  beforeEach(async () => {
    s3.objects.clear();
    app = await startApp({ access: { anonymous: [], policy: {}, tokens: s3 } });
    admin = await firstTokenOf(s3);
  });
  afterEach(async () => await app.stop());
  const get = (token: string, path = '/api/v1/jobs') =>
    app.send(path, { headers: { authorization: `Bearer ${token}` } });

  it('the answer becomes 429 with a time, for guesses of any id, and the good token works on', async () => {
    const seen: number[] = [];
    for (let number = 0; number < LIMIT + 5; number += 1) {
      const guess = number % 2 === 0 ? `slc_g${number}_${'a'.repeat(43)}` : `slc_first_${'a'.repeat(43)}`;
      seen.push((await get(guess)).status);
    }
    expect(seen).toEqual([...Array<number>(LIMIT).fill(401), ...Array<number>(5).fill(429)]);
    const refused = await get('slc_other');
    expect(refused.body.code).toBe('TooManyRequests');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await get(admin)).status).toBe(200);
    await app.audit.close();
    const { items } = await readAuditPage(s3, {});
    expect(items.map(({ code, count }) => [code, count]).sort()).toEqual([
      ['TooManyRequests', 6],
      ['Unauthenticated', LIMIT],
    ]);
  });

  it('the health of the API is no way round', async () => {
    for (let number = 0; number < LIMIT; number += 1)
      expect((await get(`slc_g${number}_${'a'.repeat(43)}`, '/healthz')).text).toBe('{"status":"ok"}');
    expect((await get('slc_other')).status).toBe(429);
    expect((await get('slc_other', '/healthz')).text).toBe('{"status":"ok"}');
  });
});
