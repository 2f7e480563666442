/** Everything a scenario plays on: virtual time, a network in memory, the world of fakes, and Sluices with a Temporal each. */
import { createActivities, type Activities } from '../../src/activities/index.ts';
import type { Dependencies } from '../../src/activities/dependencies/dependencies.ts';
import { createWorld, type World } from '../world/world.ts';
import { Truth } from './truth.ts';
import type { FakeS3 } from '../fakes/s3.ts';
import type { S3Client } from '../../src/clients/s3/s3.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';
import { VirtualClock } from './simulation/clock.ts';
import { connectTo } from './simulation/memory-undici.ts';
import { MemoryNetwork, type Bystander } from './simulation/memory-network.ts';
import { SeededRandom } from './simulation/random.ts';
import type { WorkflowSandbox } from './simulation/sandbox.ts';
import { SimulatedTemporal } from './simulation/server.ts';
import { scenarioWatch, watchedJobs } from './watcher.ts';
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
  /** Whoever stands by when a worker acts on the outside. */
  readonly network: { bystander: Bystander };
}

/** A rule that is broken on purpose, where a Sluice is put together. */
export interface Sabotage {
  readonly dependencies?: (dependencies: Dependencies, stage: Pick<Stage, 'world' | 'clock'>) => Dependencies;
  readonly activities?: (activities: Activities, dependencies: Dependencies) => Activities;
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
}

const STARTS_AT = Date.UTC(2026, 0, 5, 8);
/** Longer than any one request: what the real S3 client gives a small object. */
const STORAGE_DEADLINE_MS = 9_000;

/** Plays on a stage of its own; time is real again when this returns. */
export async function onStage(options: StageOptions, play: (stage: Stage) => Promise<void>): Promise<void> {
  const { sandbox, seed, installations, evictions = 0.05, suggestAfter = 4_096, yarnTakesMs = 0 } = options;
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
      submitWindowMs: 15_000,
      yarnTakesMs,
      witness: truth,
    });
    const sluices = new Map(
      installations.map((installation) => {
        const jobs = watchedJobs(() => temporal, { clock, random, travel: () => network.travel() });
        const honest = { ...world.dependenciesOf(installation), jobs, watch: scenarioWatch };
        const dependencies = options.sabotage?.dependencies?.(honest, { world, clock }) ?? honest;
        const created = createActivities(dependencies);
        const activities = (options.sabotage?.activities?.(created, dependencies) ?? created) as unknown as Record<
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
    await play({ clock, random, world, truth, sluices, storage, network });
  } finally {
    connectTo(null);
    clock.uninstall();
  }
}

/** S3 as far away as everything else; a call that took too long has no answer, whatever it did. */
function overNetwork(
  s3: FakeS3,
  { clock, network, storage, truth }: Pick<Stage, 'clock' | 'storage' | 'truth'> & { network: MemoryNetwork },
): S3Client {
  const far = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    const endsAt = clock.now + STORAGE_DEADLINE_MS;
    network.tell(what, 'before');
    await network.travel();
    if (storage.slowMs > 0) await clock.wait(Math.min(storage.slowMs, STORAGE_DEADLINE_MS + 1));
    const late = (): void => {
      if (clock.now > endsAt) throw new SluiceError('StorageUnavailable', `S3 could not ${what}: no answer in time`);
    };
    late();
    const result = await act();
    network.tell(what, 'after');
    await network.travel();
    late();
    return result;
  };
  return {
    bucket: s3.bucket,
    get: (key) => far(`read ${key}`, () => s3.get(key)),
    getBytes: (key, range) => far(`read ${key}`, () => s3.getBytes(key, range)),
    head: (key) => far(`look up ${key}`, () => s3.head(key)),
    put: (key, body) => far(`write ${key}`, () => s3.put(key, body)),
    putIfAbsent: (key, body) =>
      far(`write ${key}`, async () => {
        const isNew = !s3.objects.has(key);
        try {
          return await s3.putIfAbsent(key, body);
        } finally {
          // Also when the answer is lost.
          if (isNew && s3.objects.has(key)) truth.wrote(key, String(body));
        }
      }),
    putIfMatch: (key, body, etag) =>
      far(`write ${key}`, async () => {
        const before = s3.objects.get(key);
        try {
          return await s3.putIfMatch(key, body, etag);
        } finally {
          if (s3.objects.get(key) !== before) truth.wrote(key, String(body));
        }
      }),
    putFile: (key, path, sha256, options) => far(`upload ${key}`, () => s3.putFile(key, path, sha256, options)),
    copyIfAbsent: (from, to, sha256) => far(`copy ${from} to ${to}`, () => s3.copyIfAbsent(from, to, sha256)),
    sha256Of: (key) => far(`read ${key}`, () => s3.sha256Of(key)),
    remove: (key) => far(`remove ${key}`, () => s3.remove(key)),
    removeAll: (keys) =>
      far(`remove ${keys.length} objects`, async () => {
        const there = keys.filter((key) => s3.objects.has(key));
        try {
          await s3.removeAll(keys);
        } finally {
          truth.removed(there.filter((key) => !s3.objects.has(key)));
        }
      }),
    async *list(prefix, options) {
      yield* await far(`list ${prefix}`, async () => {
        const found = [];
        for await (const entry of s3.list(prefix, options)) found.push(entry);
        return found;
      });
    },
  };
}
