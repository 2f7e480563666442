/**
 * The path that a failure prints names one scenario: the smallest that failed.
 *
 * Seen to fail: drawn from the property instead of its arbitrary, which shrinks no scenario.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scenarios } from './random-stories.ts';
import { scenariosAt } from './scenarios.ts';

const seeds = [1, 2, 3, 4, 5];

test.each(seeds)('the path of a failure of seed %i names the smallest scenario that failed', async (seed) => {
  const small = fc.asyncProperty(scenarios, (scenario) => Promise.resolve(scenario.steps.length < 3));
  const { counterexample, counterexamplePath } = await fc.check(small, { seed });
  expect(counterexamplePath).toContain(':');
  expect(scenariosAt({ seed, path: counterexamplePath ?? '' })).toEqual(counterexample);
});
