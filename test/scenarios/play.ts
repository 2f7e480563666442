/** Plays a scenario, heals the world, and asks at the end whether the job can still be deployed. */
import { JOB, Player } from './player.ts';
import { BROKEN_HOTFIX, deploymentLines, releases, type Scenario } from './scenario.ts';
import type { WorkflowSandbox } from './simulation/sandbox.ts';
import { onStage, type Sabotage } from './stage.ts';
import { watchClusters, watchReleases } from './watcher.ts';

const INSTALLATIONS = ['one', 'two'];

export interface Played {
  /** Nothing, when all promises were kept. */
  readonly broken: readonly string[];
  readonly journal: readonly string[];
}

export async function play(sandbox: WorkflowSandbox, scenario: Scenario, sabotage?: Sabotage): Promise<Played> {
  const installations = INSTALLATIONS.slice(0, scenario.installations);
  let broken: readonly string[] = [];
  let journal: readonly string[] = [];
  const { seed, evictions, suggestAfter, yarnTakesMs } = scenario;
  await onStage({ sandbox, installations, seed, evictions, suggestAfter, yarnTakesMs, sabotage }, async (stage) => {
    for (const [name, release] of Object.entries(releases)) {
      if (!release) continue;
      stage.world.behaviour.set(name, release.behaviour);
      stage.world.publish(name, [JOB], { ...deploymentLines(name, scenario.keep), ...release.lines });
    }
    stage.world.behaviour.set(`"metrics.scope.tm": "${BROKEN_HOTFIX}"`, 'failsInMain');
    const player = new Player(stage);
    if (scenario.watched) watchClusters(stage);
    if (scenario.releasesWatched) watchReleases(stage);
    journal = stage.truth.journal;
    broken = await player.play(scenario.steps);
  });
  return { broken, journal };
}
