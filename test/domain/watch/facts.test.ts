/** Seen to fail: without `fitting`, the job refuses each of these facts, and never hears of its end. */
import { expect, test } from 'vitest';
import { Fact, factLimits, fitting } from '../../../src/domain/watch/facts.ts';

const long = 'x'.repeat(factLimits.detail + 1);

test.each<Fact['seen']>([
  { kind: 'healthy' },
  { kind: 'degraded', reasons: Array<string>(factLimits.reasons + 1).fill(long), cause: null },
  { kind: 'ended', how: 'failed', detail: long, cause: null },
  { kind: 'silent', detail: long },
])('a fact with texts one character too long is told all the same: $kind', (seen) => {
  const fact = { epoch: 1, applicationId: 'application_1_0001', at: '2026-01-01T00:00:00.000Z', seen: fitting(seen) };
  expect(Fact.safeParse(fact).error).toBeUndefined();
});
