import { expect, test } from 'vitest';
import { ageText, agoText, bytesText, durationText, momentText } from '../../src/ui/parts/data/format.ts';

test.each([
  [0, '0.0 s'],
  [340, '0.3 s'],
  [18_400, '18 s'],
  [185_000, '3 min 5 s'],
  [3_600_000, '1 h'],
  [9 * 86_400_000 + 7_200_000, '9 d 2 h'],
])('a duration of %d ms is %s', (ms, text) => expect(durationText(ms)).toBe(text));

test.each([
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3 * 86_400_000, '3 d'],
])('an age of %d ms is %s', (ms, text) => expect(ageText(ms)).toBe(text));

test('a time to come is told as one', () => expect(agoText(-120_000)).toBe('in 2 min'));

test('a moment is in the chosen zone, and a text that is no time stays', () => {
  expect(momentText('2026-11-29T14:02:11.123Z', 'utc')).toBe('2026-11-29 14:02:11');
  expect(momentText('2026-11-29T14:02:11.123Z', 'utc', 'time')).toBe('14:02:11');
  expect(momentText('soon', 'utc')).toBe('soon');
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_234_567, '1.2 MB'],
  [456_000_000_000, '456 GB'],
])('%d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));
