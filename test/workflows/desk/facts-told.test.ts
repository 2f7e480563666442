/** Facts that wait: those about a standby displace none about the instance that runs. Seen to fail: with the newest fact alone. */
import { expect, test } from 'vitest';
import type { Fact } from '../../../src/domain/watch/facts.ts';
import type { Desk } from '../../../src/workflows/desk/desk.ts';
import { factAbout } from '../../../src/workflows/desk/facts-told.ts';

const fact = (epoch: number): Fact => ({
  epoch,
  applicationId: `application_1_${epoch}`,
  at: '2026-01-01T00:00:00.000Z',
  seen: { kind: 'silent', detail: 'no answer' },
});
const told = (epoch: number) => ({ fact: fact(epoch), signed: null });
const desk = (newest: number | null, ...earlier: number[]) =>
  ({
    fact: newest === null ? null : fact(newest),
    factSigned: null,
    earlierFacts: earlier.map(told),
  }) as unknown as Desk; // all that is read

test.each<[string, ReturnType<typeof desk>, number, number | null]>([
  ['the newest one', desk(8), 8, 8],
  ['one beside a newer one of its standby', desk(8, 7), 7, 7],
  ['none about another instance', desk(8), 7, null],
  ['none at all', desk(null), 7, null],
])('%s', (_, from, epoch, found) => expect(factAbout(from, epoch)?.fact.epoch ?? null).toBe(found));
