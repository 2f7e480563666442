import { expect, it } from 'vitest';
import { isExpired, partsOf, TokenRequest, tokenOf } from '../../../src/domain/access/tokens.ts';

const secret = 'a-B9'.repeat(11).slice(0, 43);

it('a token is its id and its secret', () => {
  expect(tokenOf('ci1', secret)).toBe(`slc_ci1_${secret}`);
  expect(partsOf(`slc_ci1_${secret}`)).toEqual({ id: 'ci1', secret });
});

it.each([
  '',
  'slc',
  `slc_ci1_${secret.slice(1)}`,
  `slc__${secret}`,
  `SLC_ci1_${secret}`,
  `slc_../x_${secret}`,
  `slc_a_b_${secret}`,
])('%j is no token', (text) => {
  expect(partsOf(text)).toBeNull();
});

it('a token expires at its time', () => {
  const at = Date.parse('2026-01-01T00:00:00Z');
  expect(isExpired({ expiresAt: null }, at)).toBe(false);
  expect(isExpired({ expiresAt: '2026-01-01T00:00:00Z' }, at)).toBe(true);
  expect(isExpired({ expiresAt: '2026-01-01T00:00:01Z' }, at)).toBe(false);
});

it('a request for a token needs a name that shows itself, and a role', () => {
  expect(TokenRequest.safeParse({ name: 'ci', bindings: [{ role: 'viewer' }] }).success).toBe(true);
  for (const wrong of [
    { name: 'ci', bindings: [] },
    { name: '', bindings: [{ role: 'viewer' }] },
    { name: 'c\u202ei', bindings: [{ role: 'viewer' }] },
    { name: 'ci', bindings: [{ role: 'viewer' }], expiresAt: 'tomorrow' },
  ])
    expect(TokenRequest.safeParse(wrong).success).toBe(false);
});
