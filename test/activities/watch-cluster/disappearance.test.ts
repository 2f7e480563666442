/**
 * The evidence that a cluster is gone, and each case in which a part of it is missing: then nothing is gone.
 *
 * Seen to fail: with each of the five times left out of `goneFor`, with a write that S3 refuses counted as one, with a witness that answers 503
 * counted as one, and without the look for a watcher that stood still.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Disappearance, type SignsSeen } from '../../../src/activities/watch-cluster/disappearance.ts';
import type { Cluster } from '../../../src/activities/dependencies/dependencies.ts';
import { SluiceError } from '../../../src/domain/errors/errors.ts';
import { quickWatch } from '../../world/patience.ts';
import { createWorld, type World } from '../../world/world.ts';

const GONE_AFTER = 180_000;
let world: World;
let clock: number;
let signs: SignsSeen;
let servers: Server[];

beforeEach(async () => {
  world = await createWorld();
  clock = 1_000_000;
  signs = { signAt: null, readingSince: 0 };
  servers = [];
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const server of servers) server.close();
  await world.close();
});

const backup = () => world.clusters.get('yarn-b')!;
const alone = () => void (world.dependencies.clusters as Map<string, Cluster>).delete('yarn-b'); // the world's own map

function watching(witnesses: readonly URL[] = []): Disappearance {
  const deps = { ...world.dependencies, watch: { ...quickWatch, goneAfterMs: GONE_AFTER, witnesses } };
  return new Disappearance(deps, deps.clusters.get('yarn-a')!, () => signs);
}

/** Looks every ten seconds for so many seconds. @returns the last verdict. */
async function lookFor(seconds: number, watcher: Disappearance): Promise<string | null> {
  let verdict = await watcher.look();
  for (let passed = 0; passed < seconds; passed += 10) {
    clock += 10_000;
    verdict = await watcher.look();
  }
  return verdict;
}

async function witnessThatAnswers(status: number): Promise<URL> {
  const server = createServer((_request, response) => response.writeHead(status).end('ok'));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

test('a cluster is gone once all of the evidence has held for long enough, and not before', async () => {
  const watcher = watching();
  expect(await lookFor(170, watcher)).toBeNull();
  expect(await lookFor(10, watcher)).toMatch(
    /^neither the ResourceManager nor any job on cluster yarn-a has given a sign of life since \d.*Z, while S3 takes writes and cluster yarn-b answers$/,
  );
});

test('a sign of life of a JVM begins the time anew', async () => {
  const watcher = watching();
  await lookFor(100, watcher);
  signs = { ...signs, signAt: clock };
  expect(await lookFor(170, watcher)).toBeNull();
  expect(await lookFor(10, watcher)).not.toBeNull();
  signs = { ...signs, signAt: clock };
  expect(await lookFor(0, watcher)).toBeNull();
});

test('nothing is gone while the signs cannot be read, and what was not read does not count', async () => {
  const watcher = watching();
  signs = { ...signs, readingSince: null };
  expect(await lookFor(400, watcher)).toBeNull();
  signs = { ...signs, readingSince: clock };
  expect(await lookFor(170, watcher)).toBeNull();
  expect(await lookFor(10, watcher)).not.toBeNull();
});

test('nothing is gone while S3 takes no conditional writes', async () => {
  const watcher = watching();
  const refuse = () => Promise.reject(new SluiceError('StorageUnavailable', 'S3 is away'));
  const writes = (['putIfAbsent', 'putIfMatch'] as const).map((write) =>
    vi.spyOn(world.s3, write).mockImplementation(refuse),
  );
  expect(await lookFor(400, watcher)).toBeNull();
  for (const write of writes) write.mockRestore();
  expect(await lookFor(170, watcher)).toBeNull();
  expect(await lookFor(20, watcher)).not.toBeNull();
});

test('nothing is gone while no other cluster answers, because Sluice may be cut off itself', async () => {
  const watcher = watching();
  backup().unreachable();
  expect(await lookFor(400, watcher)).toBeNull();
  backup().healthy();
  expect(await lookFor(170, watcher)).toBeNull();
  expect(await lookFor(20, watcher)).not.toBeNull();
});

test('a witness stands in for another cluster, but not one that says that it is broken', async () => {
  alone();
  expect(await lookFor(400, watching())).toBeNull();
  expect(await lookFor(400, watching([await witnessThatAnswers(503)]))).toBeNull();
  const witness = await witnessThatAnswers(404);
  expect(await lookFor(400, watching([witness]))).toContain(`and ${witness.origin} answers`);
});

test('an answer of the cluster begins the time anew', async () => {
  const watcher = watching();
  await lookFor(170, watcher);
  watcher.answered();
  expect(await lookFor(170, watcher)).toBeNull();
  expect(await lookFor(10, watcher)).not.toBeNull();
});

test('a watcher that stood still begins anew', async () => {
  const watcher = watching();
  await lookFor(60, watcher);
  clock += GONE_AFTER;
  expect(await watcher.look()).toBeNull();
  expect(await lookFor(180, watcher)).not.toBeNull();
});
