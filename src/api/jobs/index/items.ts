/** Makes the slim items of the list of jobs, from rows, details, the catalogue and deployment files. */
import { inTime } from '../../../concurrency/in-time.ts';
import { attentionOf } from '../../../domain/job/list/attention.ts';
import { projectOf } from '../../../domain/identity/ownership.ts';
import type { JobRow } from '../../../temporal/jobs/job-gateway.ts';
import type { JobItem } from '../../job-list-contract.ts';
import type { Links } from '../../contract.ts';
import { newestFor, type Newest, type NewestReleases } from './newest-releases.ts';
import type { DeclaredFiles } from '../../../releases/declared.ts';
import type { Detail } from '../../../temporal/jobs/job-details.ts';

/** Limits the wait for S3, because a slow S3 must not keep anybody from a list. */
const CATALOGUE_MS = 1_000;
/** Deployment files that are read at a time: a new process has all of them to read. */
const MOST_FILES = 200;

interface Parts {
  readonly linksOf: (
    job: string,
    running: { readonly cluster: string; readonly applicationId: string } | null,
  ) => Links;
  readonly newest: NewestReleases;
  readonly declared: DeclaredFiles;
}

export class Items {
  readonly #parts: Parts;
  #usedNewest: Newest | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Reads the catalogue, if it can be read in time. */
  async prepare(): Promise<void> {
    await inTime(this.#parts.newest.get(), CATALOGUE_MS).catch(() => null);
  }

  /** Finds items that are out of date although no row changed. `isMore`: there are files yet to be read. */
  async stale(items: Iterable<JobItem>): Promise<{ readonly stale: readonly string[]; readonly isMore: boolean }> {
    const { newest, declared } = this.#parts;
    const isOtherCatalogue = newest.known !== this.#usedNewest;
    this.#usedNewest = newest.known;
    const [stale, files, unread] = [new Set<string>(), new Set<string>(), new Map<string, string>()];
    const now = Date.now();
    for (const item of items) {
      const { name, deployment, hotfix, project, newestRelease, attention } = item;
      if (isOtherCatalogue && newestRelease !== newestFor(newest.known, name, project)) stale.add(name);
      if (hotfix && attentionOf(attended(item), now).length !== attention.length) stale.add(name);
      if (!deployment) continue;
      files.add(deployment.file);
      if (declared.of(deployment.file) === null) unread.set(name, deployment.file);
    }
    const next = [...unread].slice(0, MOST_FILES);
    await declared.read(next.map(([, file]) => file));
    declared.keepOnly(files);
    for (const [name] of next) stale.add(name);
    return { stale: [...stale], isMore: unread.size > next.length };
  }

  of(row: JobRow, { digest, operation, isCurrent }: Detail): JobItem {
    const { linksOf, newest, declared } = this.#parts;
    const { name } = row;
    const deployment = digest?.deployment ?? null;
    const project = digest?.project ?? (row.release === null ? null : projectOf(row.release));
    const said = deployment && declared.of(deployment.file);
    const newestRelease = newestFor(newest.known, name, project);
    const now = isCurrent && digest ? digest : row;
    const state = now.state;
    const health = now.health ?? digest?.health ?? 'unknown';
    const hotfix = digest?.hotfix ?? null;
    const isBehind = deployment !== null && newestRelease !== null && deployment.release !== newestRelease;
    return {
      name,
      state,
      stateSince: digest?.state === state ? digest.stateSince : null,
      stateReason: digest?.state === state ? digest.stateReason : null,
      desired: digest?.desired ?? null,
      health,
      sync: digest === null ? null : hotfix ? 'hotfixed' : isBehind ? 'behind' : 'inSync',
      observedAt: digest?.observedAt ?? null,
      cause: digest?.cause ?? null,
      attention: [...attentionOf({ ...digest, state, health }, Date.now())],
      project,
      // A newer row knows of a transfer, and rights depend on the owner.
      environment: isCurrent
        ? (digest?.environment ?? row.environment)
        : (row.environment ?? digest?.environment ?? null),
      owner: isCurrent ? (digest?.owner ?? row.owner) : (row.owner ?? digest?.owner ?? null),
      labels: said?.labels ?? {},
      description: said?.description ?? null,
      contacts: [...(said?.contacts ?? [])],
      cluster: deployment?.cluster ?? row.cluster,
      release: deployment?.release ?? row.release,
      newestRelease,
      operation,
      operationKind: isCurrent ? (operation?.kind ?? null) : row.operation,
      lastOperation: digest?.lastOperation ?? null,
      deployment,
      configuration: deployment?.configuration ?? null,
      hotfix,
      pendingStopSince: digest?.pendingStopSince ?? null,
      givenUp: digest?.givenUp ?? 0,
      restartAt: digest?.state === state ? (digest.restartAt ?? null) : null,
      links: linksOf(name, deployment?.ended === null ? deployment : null),
    };
  }
}

const attended = ({ state, health, pendingStopSince, givenUp, hotfix, restartAt, deployment }: JobItem) => ({
  ...{ state, health, pendingStopSince, givenUp, hotfix, restartAt, deployment },
});
