/**
 * The test of one half. Settings: SLUICE_SCENARIOS, how many in all (by default as `test/tiers.ts` says); SLUICE_SCENARIO_SEED and
 * SLUICE_SCENARIO_PATH, to run exactly one again, as a failure prints them.
 *
 * Seen to fail: see `broken-rules.test.ts`, one broken rule for each promise.
 */
import { expect, test } from 'vitest';
import { randomScenarios, tierAsked } from '../tiers.ts';
import { openSandbox } from './bundle.ts';
import { runScenarios } from './scenarios.ts';

const HALVES = 2;

/**
 * Both halves differ, and each run draws new seeds. Only CI plays the same ones again and again: there a failure must be
 * the work of the change, not of luck.
 */
const drawnSeed = (half: number): number => (process.env['CI'] ? 20_260_000 + half : (Date.now() + half) & 0x7fff_ffff);

export function testRandomScenarios(half: number): void {
  const { SLUICE_SCENARIOS, SLUICE_SCENARIO_SEED, SLUICE_SCENARIO_PATH } = process.env;
  const path = SLUICE_SCENARIO_PATH;
  const isAgain = path !== undefined && path !== '';
  const wanted = Number(SLUICE_SCENARIOS ?? randomScenarios[tierAsked() ?? 'fast']);
  // With a seed the first file alone plays: both would play the same.
  const isWhole = SLUICE_SCENARIO_SEED !== undefined;
  const runs = isAgain ? 1 : isWhole ? wanted : Math.ceil(wanted / HALVES);
  const seed = Number(SLUICE_SCENARIO_SEED ?? drawnSeed(half));

  test.skipIf(isWhole && half > 1)(`${runs} random scenarios keep the promises`, async () => {
    const began = performance.now();
    const played = await runScenarios(await openSandbox(), { runs, seed, ...(isAgain ? { path } : {}) });
    const each = ((performance.now() - began) / played).toFixed(0);
    process.stdout.write(`${played} scenarios, seed ${seed}, ${each} ms each\n`);
    expect(played).toBe(runs);
  });
}
