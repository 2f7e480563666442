/** Seen to fail: with the line about warm-ups removed, the doctor reports a Flink job of somebody else. */
import { expect, test } from 'vitest';
import type { ApplicationReport } from '../../../src/clients/yarn/replies.ts';
import { strangersAmong } from '../../../src/api/doctor/strangers.ts';
import { warmUpNameOf, warmUpTagOf } from '../../../src/domain/identity/yarn-tags.ts';

test('the application of a warm-up is no stranger, and one that Sluice does not know is', () => {
  const report = (tags: readonly string[]) =>
    ({ id: 'application_1_0001', name: warmUpNameOf('1.20.1'), type: 'Apache Flink', tags }) as ApplicationReport; // all that is read
  const among = (tags: readonly string[]) =>
    strangersAmong([{ cluster: 'yarn-a', report: report(tags) }], [], new Set(['warm-up'])).length;
  expect([among([warmUpTagOf('first')]), among([])]).toEqual([0, 1]);
});
