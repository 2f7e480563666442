/**
 * Taking releases out of the store, in two steps. A release that nothing needs is retired first: it cannot be deployed
 * any more, and its files stay. Only a day later, if still nothing needs it, the files go. An operation that had read
 * the release just before is on record by then, and brings it back.
 */
import type { Deployment } from '../domain/deployment/deployment.ts';
import { isCode, SluiceError } from '../domain/errors/errors.ts';
import type { Release, RetiredRelease } from '../domain/release/release.ts';
import { decideReleases, neededBy, type KeepReleases, type NeededReleases } from '../domain/release/retention.ts';
import {
  DEPLOYMENTS_ROOT,
  releaseKey,
  releasePrefix,
  RELEASES_ROOT,
  retiredKey,
  retiredOfKey,
} from '../domain/identity/storage-keys.ts';
import { inTurns } from '../concurrency/in-turns.ts';
import { listDeployments, readDeploymentAt } from '../records/deployments.ts';
import { bodyOf, getRecord } from '../records/record.ts';
import { ReleaseCatalogue } from './catalogue.ts';
import type { S3Client } from '../clients/s3/s3.ts';

/** Longer than any operation takes from reading a release to its record. */
export const RETIRED_MS = 86_400_000;

export interface PruneRequest {
  readonly keep: KeepReleases;
  /** Only this project. */
  readonly project?: string | undefined;
  /** Only says what it would do. */
  readonly dryRun: boolean;
  readonly now?: () => number;
}

export interface Pruned {
  readonly name: string;
  readonly did: 'kept' | 'retired' | 'removed' | 'broughtBack';
  readonly reason: string;
}

/**
 * @throws SluiceError `RecordInvalid` when a record of a deployment cannot be read: what is not known may be needed, so
 * nothing is touched then.
 */
export async function pruneReleases(s3: S3Client, request: PruneRequest): Promise<readonly Pruned[]> {
  const now = (request.now ?? Date.now)();
  const listed = await new ReleaseCatalogue(s3).list();
  const releases = listed.map(({ release, publishedAt }) => ({
    project: release.project,
    version: release.version,
    publishedAt,
    jobs: release.files.flatMap(({ job }) => (job === undefined ? [] : [job])),
    release,
  }));
  const needed = await neededByJobs(s3);
  const pruned: Pruned[] = [];
  const kept = new Map<string, string>();
  for (const { release, kept: why } of decideReleases({ releases, needed, keep: request.keep, now })) {
    if (request.project !== undefined && release.project !== request.project) continue;
    const name = `${release.project}/${release.version}`;
    if (why !== null) {
      kept.set(name, why);
      pruned.push({ name, did: 'kept', reason: why });
      continue;
    }
    const reason = `nothing needs it, and ${request.keep.count} of ${release.project} are newer`;
    const publishedAt = new Date(release.publishedAt).toISOString();
    if (!request.dryRun) await retire(s3, { ...release.release, publishedAt }, { reason, now });
    pruned.push({ name, did: 'retired', reason });
  }
  // A listed release that stays may have a tombstone of an interrupted retirement; the release counts as needed.
  const stays = new Map([...kept, ...needed]);
  return [...pruned, ...(await endRetirement(s3, stays, { ...request, now: () => now }))];
}

/** The records of all jobs; a release that a running instance was started from can serve a replaced TaskManager. */
async function neededByJobs(s3: S3Client): Promise<NeededReleases> {
  const jobs: string[] = [];
  for await (const entry of s3.list(DEPLOYMENTS_ROOT, { delimiter: '/' })) {
    if (entry.kind === 'prefix') jobs.push(entry.prefix.slice(DEPLOYMENTS_ROOT.length, -1));
  }
  const needed = new Map<string, string>();
  for (const job of jobs) {
    const entries = await listDeployments(s3, job);
    const deployments = await inTurns(entries, ({ key }) => readExisting(s3, key));
    for (const [release, reason] of neededBy(deployments)) needed.set(release, reason);
  }
  return needed;
}

/** A listed record that is gone says nothing about the release that it needs, as one that cannot be read. */
async function readExisting(s3: S3Client, key: string): Promise<Deployment> {
  const deployment = await readDeploymentAt(s3, key);
  if (deployment) return deployment;
  throw new SluiceError('RecordInvalid', `${key} is listed and not there`);
}

/** Writes the tombstone first; then the release leaves the catalogue. */
async function retire(s3: S3Client, release: Release, { reason, now }: { reason: string; now: number }): Promise<void> {
  const { project, version } = release;
  const tombstone: RetiredRelease = { retiredAt: new Date(now).toISOString(), reason, release, removedAt: null };
  await writeTombstone(s3, tombstone);
  await s3.remove(releaseKey(project, version));
}

/** Removes releases that were retired long enough ago, or brings back the needed ones. */
async function endRetirement(
  s3: S3Client,
  stays: NeededReleases,
  { project: only, dryRun, now = Date.now }: PruneRequest,
): Promise<readonly Pruned[]> {
  const ended: Pruned[] = [];
  for await (const entry of s3.list(RELEASES_ROOT)) {
    const release = entry.kind === 'object' ? retiredOfKey(entry.key) : null;
    if (release === null || (only !== undefined && release.project !== only)) continue;
    const name = `${release.project}/${release.version}`;
    const tombstone = await readRetired(s3, release.project, release.version).catch(unlessUnreadable);
    if (tombstone instanceof SluiceError) {
      ended.push({ name, did: 'kept', reason: tombstone.message });
      continue;
    }
    if (tombstone === null || tombstone.removedAt !== null) continue;
    const need = stays.get(name);
    if (need !== undefined) {
      if (!dryRun) await bringBack(s3, tombstone);
      ended.push({ name, did: 'broughtBack', reason: need });
    } else if (now() - Date.parse(tombstone.retiredAt) >= RETIRED_MS) {
      if (!dryRun) await removeFiles(s3, tombstone, now());
      ended.push({ name, did: 'removed', reason: `it was retired at ${tombstone.retiredAt}: ${tombstone.reason}` });
    }
  }
  return ended;
}

/** @returns null when this version was never retired. @throws SluiceError `RecordInvalid`. */
async function readRetired(
  s3: Pick<S3Client, 'get'>,
  project: string,
  version: string,
): Promise<RetiredRelease | null> {
  return (await getRecord(s3, retiredKey(project, version), 'retiredRelease'))?.value ?? null;
}

/** A tombstone that cannot be read keeps the files of its own release, and stops no other. */
function unlessUnreadable(failure: unknown): SluiceError {
  if (isCode(failure, 'RecordInvalid')) return failure;
  throw failure;
}

/** With the time at which it was published: it is no newer than it was, and nothing deploys itself for that. */
async function bringBack(s3: S3Client, { release }: RetiredRelease): Promise<void> {
  const { project, version } = release;
  const key = releaseKey(project, version);
  await s3.putIfAbsent(key, bodyOf(key, 'release', release, { isForPeople: true }));
  await s3.remove(retiredKey(project, version));
}

async function removeFiles(s3: S3Client, tombstone: RetiredRelease, now: number): Promise<void> {
  const { project, version } = tombstone.release;
  // An interrupted retirement may have left it; from here on it must not be found.
  await s3.remove(releaseKey(project, version));
  const keys: string[] = [];
  for await (const entry of s3.list(releasePrefix(project, version))) {
    if (entry.kind === 'object' && entry.key !== retiredKey(project, version)) keys.push(entry.key);
  }
  await s3.removeAll(keys);
  const removed: RetiredRelease = { ...tombstone, removedAt: new Date(now).toISOString() };
  await writeTombstone(s3, removed);
}

async function writeTombstone(s3: S3Client, tombstone: RetiredRelease): Promise<void> {
  const { project, version } = tombstone.release;
  const key = retiredKey(project, version);
  await s3.put(key, bodyOf(key, 'retiredRelease', tombstone, { isForPeople: true }));
}
