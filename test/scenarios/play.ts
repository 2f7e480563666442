/** Plays a scenario, heals the world, and asks at the end whether the job can still be deployed. */
import { JOB } from './doors.ts';
import { Player } from './player.ts';
import { BROKEN_HOTFIX, deploymentLines, releases, type Scenario } from './scenario.ts';
import type { WorkflowSandbox } from './simulation/sandbox.ts';
import { onStage, type Sabotage, type Stage } from './stage.ts';
import { giveTurns } from './turns.ts';
import { watchClusters, watchReleases } from './watcher.ts';

const INSTALLATIONS = ['one', 'two'];

export interface Played {
  /** Nothing, when all promises were kept. */
  readonly broken: readonly string[];
  readonly journal: readonly string[];
}

export async function play(sandbox: WorkflowSandbox, scenario: Scenario, sabotage?: Sabotage): Promise<Played> {
  const told: { broken: readonly string[]; journal: readonly string[] } = { broken: [], journal: [] };
  await setTheStage(sandbox, scenario, sabotage, async (stage) => {
    told.journal = stage.truth.journal;
    const player = new Player(stage);
    await player.perform(scenario.steps);
    told.broken = await player.finish();
  });
  return told;
}

/** Publishes the releases and starts the watches on a stage of its own, then plays on it. */
export async function setTheStage(
  sandbox: WorkflowSandbox,
  scenario: Omit<Scenario, 'steps'>,
  sabotage: Sabotage | undefined,
  playOn: (stage: Stage) => Promise<void>,
): Promise<void> {
  const installations = INSTALLATIONS.slice(0, scenario.installations);
  const { seed, evictions, suggestAfter, yarnTakesMs } = scenario;
  await onStage({ sandbox, installations, seed, evictions, suggestAfter, yarnTakesMs, sabotage }, async (stage) => {
    for (const [name, release] of Object.entries(releases)) {
      if (!release) continue;
      stage.world.behaviour.set(name, release.behaviour);
      stage.world.publish(name, [JOB], { ...deploymentLines(name, scenario), ...release.lines });
    }
    stage.world.behaviour.set(`"metrics.scope.tm": "${BROKEN_HOTFIX}"`, 'failsInMain');
    if (scenario.watched) watchClusters(stage);
    if (scenario.turns) giveTurns(stage);
    if (scenario.releasesWatched) watchReleases(stage);
    await playOn(stage);
  });
}
