/** Runs many scenarios and says how to run a failing one again. */
import fc from 'fast-check';
import { messageOf } from '../../src/domain/errors/message-of.ts';
import { play } from './play.ts';
import { scenarios } from './random-stories.ts';
import type { Scenario } from './scenario.ts';
import type { Sabotage } from './stage.ts';
import type { WorkflowSandbox } from './simulation/sandbox.ts';

class PromiseBroken extends Error {}

/** Gives up on a hanging run, and stops shrinking where it costs more than it tells. A scenario takes 0.1 s. */
const MOST_MS = 500_000;
const MOST_MS_EACH = 1_000;

/** A scenario as a failure names it. */
interface Place {
  readonly seed: number;
  readonly path: string;
}

/**
 * Draws the scenario of a place. `check` would also play each sibling of a shrunk scenario, because it ignores `numRuns`
 * for such a path.
 */
export const scenariosAt = (place: Place): Scenario[] => fc.sample(scenarios, { ...place, numRuns: 1 });

/**
 * Plays `runs` scenarios, or only the one that `path` names.
 * @returns the number of scenarios played.
 * @throws Error with seed, path, the smallest scenario, the promise that it breaks, and its journal.
 */
export async function runScenarios(
  sandbox: WorkflowSandbox,
  { runs, seed, path }: { readonly runs: number; readonly seed: number; readonly path?: string },
): Promise<number> {
  if (path !== undefined) return playAgain(sandbox, { seed, path });
  const mostMs = Math.max(MOST_MS, runs * MOST_MS_EACH);
  const property = fc.asyncProperty(scenarios, (scenario) => playOrThrow(sandbox, scenario));
  const result = await fc.check(property, { numRuns: runs, seed, interruptAfterTimeLimit: mostMs });
  if (!result.failed) return result.numRuns;
  if (result.counterexample === null)
    throw new Error(`the scenarios took too long: ${result.numRuns} in ${mostMs / 1_000} s`);
  const [scenario] = result.counterexample;
  throw failure(result.numRuns, { seed, path: result.counterexamplePath }, { scenario, error: result.errorInstance });
}

async function playAgain(sandbox: WorkflowSandbox, place: Place): Promise<number> {
  const again = scenariosAt(place);
  for (const scenario of again)
    await playOrThrow(sandbox, scenario).catch((error: unknown) => {
      throw failure(1, place, { scenario, error });
    });
  return again.length;
}

const failure = (
  number: number,
  { seed, path }: Place,
  { scenario, error }: { readonly scenario: Scenario; readonly error: unknown },
): Error =>
  new Error(
    [
      `scenario ${number} breaks: ${messageOf(error)}`,
      `again: SLUICE_SCENARIO_SEED=${seed} SLUICE_SCENARIO_PATH=${path} npx vitest run --project scenario scenarios-1`,
      JSON.stringify(scenario, null, 1),
    ].join('\n'),
  );

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
