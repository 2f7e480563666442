import { expect, it, test } from 'vitest';
import { emptyEntry, isSought, outcomeOfStatus, slotOf } from '../../../src/domain/access/audit.ts';
import { hasSecret, withoutSecrets } from '../../../src/domain/secrets/secret-text.ts';
import { tokenOf } from '../../../src/domain/access/tokens.ts';

it.each([
  [200, 'accepted'],
  [303, 'accepted'],
  [401, 'denied'],
  [403, 'denied'],
  [429, 'denied'],
  [404, 'refused'],
  [422, 'refused'],
  [503, 'failed'],
] as const)('the status %i is the outcome %s', (status, outcome) => {
  expect(outcomeOfStatus(status)).toBe(outcome);
});

test('a slot begins before its times, and the next one after them', () => {
  expect(slotOf('2026-03-01T10:00:04.999Z')).toBe('2026-03-01T10:00:00.000Z');
  expect(slotOf('2026-03-01T10:00:05.000Z')).toBe('2026-03-01T10:00:05.000Z');
});

test('a token is hidden wherever it stands in a text', () => {
  const token = tokenOf('ab12', 'x'.repeat(43));
  expect(withoutSecrets(`a.${token}`)).toBe('a.slc_******');
  expect(withoutSecrets(token.slice(0, 20))).toBe('slc_******');
  expect(withoutSecrets(token.replace('slc_', 'sls_'))).toBe('sls_******');
  expect(withoutSecrets('clicks-dev_slc')).toBe('clicks-dev_slc');
  expect([hasSecret(`a.${token}`), hasSecret('clicks-dev_slc')]).toEqual([true, false]);
});

test('a search without limits finds everything', () => {
  const entry = { ...emptyEntry, at: '2026-03-01T10:00:00.000Z', kind: 'act', action: 'x', outcome: 'failed' } as const;
  expect(isSought(entry, {})).toBe(true);
  expect(isSought(entry, { since: entry.at })).toBe(true);
  expect(isSought(entry, { until: entry.at })).toBe(false);
  expect(isSought(entry, { job: 'clicks-dev' })).toBe(false);
});
