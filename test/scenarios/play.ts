/** Plays a scenario, heals the world, and asks at the end whether the job can still be deployed. */
import { JOB, Player } from './player.ts';
import { BROKEN_HOTFIX, releases, type Scenario } from './scenario.ts';
import type { WorkflowSandbox } from './simulation/sandbox.ts';
import { onStage, type Sabotage } from './stage.ts';
import { watchClusters } from './watcher.ts';

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
    journal = stage.truth.journal;
    broken = await player.play(scenario.steps);
  });
  return { broken, journal };
}

/** Each release is known by a setting, so that what runs can be told from outside; waits are as short as is allowed. */
const deploymentLines = (release: string, keep: string | null): Record<string, string> => ({
  flink: `{version: "1.20.1", config: {execution.checkpointing.interval: 1s, execution.checkpointing.timeout: 5s, metrics.scope.jm: "${release}"}}`,
  upgrade: '{timeouts: {savepoint: 65s, stop: 10s, start: 10s}, verify: {timeout: 10s}}',
  ...(keep === null ? {} : { savepoints: `{keep: {count: 1, maxAge: ${keep}}}` }),
});
