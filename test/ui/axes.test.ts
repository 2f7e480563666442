/** Seen to fail: with ticks that have no date after midnight. */
import { describe, expect, test } from 'vitest';
import { tickTexts } from '../../src/ui/parts/chart/axes.ts';

const at = (text: string): number => Date.parse(text);
const MINUTE = 60_000;
const DAY = 86_400_000;

describe('ticks of a time axis', () => {
  test('have a date at first and after midnight, and seconds where they are close', () => {
    const ticks = [at('2026-11-29T23:50:00Z'), at('2026-11-29T23:55:00Z'), at('2026-11-30T00:00:00Z')];
    expect(tickTexts(ticks, 5 * MINUTE, 'utc')).toEqual(['23:50\n11-29', '23:55', '00:00\n11-30']);
    expect(tickTexts(ticks.slice(0, 1), 5_000, 'utc')).toEqual(['23:50:00\n11-29']);
  });

  test('of days are dates', () => {
    expect(tickTexts([at('2026-11-29T00:00:00Z'), at('2026-11-30T00:00:00Z')], DAY, 'utc')).toEqual(['11-29', '11-30']);
  });
});
