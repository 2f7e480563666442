/** The stage of a scenario: virtual time, a network in memory, the world of fakes, and Sluices with a Temporal each. */
import { createActivities, type Activities } from '../../src/activities/index.ts';
import type { Dependencies } from '../../src/activities/dependencies/dependencies.ts';
import type { WatchSettings } from '../../src/activities/dependencies/watch-settings.ts';
import { timeLimits } from '../../src/domain/time-limits.ts';
import { createWorld, type World } from '../world/world.ts';
import { Truth } from './truth.ts';
import { overNetwork } from './far-storage.ts';
import { VirtualClock } from './simulation/clock.ts';
import { connectTo } from './simulation/memory-undici.ts';
import { MemoryNetwork, type Bystander } from './simulation/memory-network.ts';
import { SeededRandom } from './simulation/random.ts';
import type { WorkflowSandbox } from './simulation/sandbox.ts';
import { SimulatedTemporal } from './simulation/server.ts';
import { releasedJobs, scenarioReleaseWatch, scenarioWatch, watchedJobs } from './watcher.ts';
import type { ActivityFunction } from './simulation/worker.ts';

export interface Stage {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly world: World;
  readonly truth: Truth;
  /** By installation. */
  readonly sluices: ReadonlyMap<string, SimulatedTemporal>;
  /** Milliseconds that each call to S3 takes besides the network's own. */
  readonly storage: { slowMs: number };
  /** The network tells its bystander when a worker acts on the outside. */
  readonly network: { bystander: Bystander };
  readonly sabotage: Sabotage;
}

/** A rule that is broken on purpose, where a Sluice is put together. */
export interface Sabotage {
  readonly dependencies?: (dependencies: Dependencies, stage: Pick<Stage, 'world' | 'clock'>) => Dependencies;
  readonly activities?: (activities: Activities, dependencies: Dependencies) => Activities;
  /** JVMs read no gate, so that a rule before the gate can be seen to be needed. */
  readonly withoutGate?: boolean;
  /** JVMs run on, whatever their gate says. */
  readonly ignoresLease?: boolean;
  /** Called as the network's bystander is; what it throws is what the client of the request gets. */
  readonly meet?: (effect: string, when: 'before' | 'after') => void;
  /** Mends what was broken, when the steps of the scenario are over. */
  readonly heal?: () => void;
}

export interface StageOptions {
  readonly sabotage?: Sabotage | undefined;
  readonly sandbox: WorkflowSandbox;
  readonly seed: number;
  readonly installations: readonly string[];
  /** Chance that a workflow task replays everything before it. */
  readonly evictions?: number;
  readonly suggestAfter?: number;
  readonly yarnTakesMs?: number;
  /** Milliseconds of the lease of jobs with automatic failover; short by default. */
  readonly leaseMs?: number;
  /** Settings of the watchers that differ from those for a scenario of some minutes. */
  readonly watch?: Partial<WatchSettings>;
}

const STARTS_AT = Date.UTC(2026, 0, 5, 8);

/** Plays on a stage of its own; time is real again when this returns. */
export async function onStage(options: StageOptions, play: (stage: Stage) => Promise<void>): Promise<void> {
  const { sandbox, seed, installations, evictions = 0.05, suggestAfter = 4_096, yarnTakesMs = 0 } = options;
  const { sabotage = {}, leaseMs, watch = {} } = options;
  const random = new SeededRandom(seed);
  const clock = new VirtualClock(STARTS_AT);
  const network = new MemoryNetwork(clock, random, 4);
  const storage = { slowMs: 0 };
  clock.install();
  connectTo(network);
  try {
    const truth = new Truth();
    const world = await createWorld({
      transport: network.transport,
      installation: installations[0] ?? 'one',
      overNetwork: (s3) => overNetwork(s3, { clock, network, storage, truth }),
      submitWindowMs: timeLimits.submitWindow,
      yarnTakesMs,
      ...(leaseMs === undefined ? {} : { leaseMs }),
      witness: truth,
    });
    world.agent.isMissing = sabotage.withoutGate === true;
    world.agent.ignoresLease = sabotage.ignoresLease === true;
    const sluices = new Map(
      installations.map((installation) => {
        const jobs = watchedJobs(() => temporal, { clock, random, travel: () => network.travel() });
        const asked = releasedJobs(() => temporal, { travel: () => network.travel() });
        const watches = {
          jobs,
          watch: { ...scenarioWatch, ...watch },
          releasedJobs: asked,
          releaseWatch: scenarioReleaseWatch,
        };
        const honest = { ...world.dependenciesOf(installation), ...watches };
        const dependencies = sabotage.dependencies?.(honest, { world, clock }) ?? honest;
        const created = createActivities(dependencies);
        const activities = (sabotage.activities?.(created, dependencies) ?? created) as unknown as Record<
          string,
          ActivityFunction
        >; // any input: they come as JSON
        const temporal: SimulatedTemporal = new SimulatedTemporal({
          clock,
          sandbox,
          random,
          activities,
          latencyMs: 4,
          evictions,
          suggestAfter,
        });
        return [installation, temporal];
      }),
    );
    await play({ clock, random, world, truth, sluices, storage, network, sabotage });
  } finally {
    connectTo(null);
    clock.uninstall();
  }
}
