/** Runs many scenarios and says how to run a failing one again. */
import fc from 'fast-check';
import { messageOf } from '../../src/domain/errors/message-of.ts';
import { play } from './play.ts';
import { scenarios } from './random-steps.ts';
import type { Scenario } from './scenario.ts';
import type { Sabotage } from './stage.ts';
import type { WorkflowSandbox } from './simulation/sandbox.ts';

class PromiseBroken extends Error {}

/** Gives up on a hanging run, and stops shrinking where it costs more than it tells. A scenario takes 0.1 s. */
const MOST_MS = 500_000;
const MOST_MS_EACH = 1_000;

/**
 * @returns the number of scenarios played.
 * @throws Error with seed, path, the smallest scenario, the promise that it breaks, and its journal.
 */
export async function runScenarios(
  sandbox: WorkflowSandbox,
  options: { readonly runs: number; readonly seed: number; readonly path?: string },
): Promise<number> {
  const mostMs = Math.max(MOST_MS, options.runs * MOST_MS_EACH);
  const property = fc.asyncProperty(scenarios, (scenario) => playOrThrow(sandbox, scenario));
  const result = await fc.check(property, {
    numRuns: options.runs,
    seed: options.seed,
    ...(options.path === undefined ? {} : { path: options.path }),
    interruptAfterTimeLimit: mostMs,
  });
  if (!result.failed) return result.numRuns;
  if (result.counterexample === null)
    throw new Error(`the scenarios took too long: ${result.numRuns} in ${mostMs / 1_000} s`);
  throw new Error(
    [
      `scenario ${result.numRuns} breaks: ${messageOf(result.errorInstance)}`,
      `again: SLUICE_SCENARIO_SEED=${result.seed} SLUICE_SCENARIO_PATH=${result.counterexamplePath} npx vitest run --project scenario scenarios-1`,
      JSON.stringify(result.counterexample[0], null, 1),
    ].join('\n'),
  );
}

/** @returns the scenario that broke a promise, and the number of scenarios played; null when none did. */
export async function scenariosUntilBroken(
  sandbox: WorkflowSandbox,
  {
    sabotage,
    promises,
    runs,
    seed,
    plays = scenarios,
  }: {
    sabotage?: Sabotage;
    promises: readonly number[];
    runs: number;
    seed: number;
    plays?: fc.Arbitrary<Scenario>;
  },
): Promise<{ readonly after: number; readonly scenario: Scenario } | null> {
  for (const [index, scenario] of fc.sample(plays, { seed, numRuns: runs }).entries()) {
    const { broken } = await play(sandbox, scenario, sabotage);
    if (broken.some((one) => promises.some((promise) => one.startsWith(`promise ${promise}:`))))
      return { after: index + 1, scenario };
  }
  return null;
}

async function playOrThrow(sandbox: WorkflowSandbox, scenario: Scenario, sabotage?: Sabotage): Promise<void> {
  const { broken, journal } = await play(sandbox, scenario, sabotage);
  if (broken.length > 0) throw new PromiseBroken([...broken, ...journal].join('\n'));
}
