/** Checks that a start stays with the owner of the job: its release, and the state that it goes on from. */
import { inTurns } from '../../concurrency/in-turns.ts';
import { isCode, SluiceError } from '../../domain/errors/errors.ts';
import { ownershipOf, projectOf, type Ownership } from '../../domain/identity/ownership.ts';
import { jobOfStateKey } from '../../domain/identity/storage-keys.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import type { Fence } from '../../domain/lock/fence.ts';
import { boundOf, refuseForeign } from '../../domain/lock/ownership.ts';
import type { From } from '../../domain/restore-points/restore-point.ts';
import type { DeploymentsOnce } from '../../records/deployments.ts';
import { readFence, startedJobs, type FenceOnce } from '../../records/fences.ts';
import { keyOfUri, type Dependencies } from '../dependencies/dependencies.ts';
import type { Source, StartSource } from './check-release.ts';

/** The ownership of a job before a start and after it. */
export interface OwnershipOfStart {
  /** Null: nobody has started the job yet. */
  readonly before: Ownership | null;
  readonly after: Ownership;
}

interface AskedStart {
  readonly job: string;
  readonly request: { readonly source: StartSource };
  readonly last: Deployment | null;
}

/**
 * Compares the release with the owner of the job. A deployment of the job itself may always run again, because a
 * transfer changes nothing of what runs, and a failed start must be able to go back to it.
 * @throws SluiceError `NotOwner`.
 */
export function checkOwner(
  { job, request, last }: AskedStart,
  fence: Fence,
  { declared: { owner, environment }, plan: { release } }: Source,
): OwnershipOfStart {
  const before = boundOf(fence, last);
  // The file as released: a hotfix hands nothing over.
  const declared = ownershipOf({ release, owner: owner.team, environment });
  if (!('release' in request.source)) return { before, after: before ?? declared };
  refuseForeign(job, before, declared);
  return { before, after: declared };
}

/** Warns of a deployment that ran before the job changed hands; null for any other. */
export function handedOverSince({ project }: Ownership, { release }: Source['plan']): string | null {
  return projectOf(release) === project ? null : `${release} is from before the job was handed over to ${project}`;
}

interface OfJob {
  readonly job: string;
  readonly readFence: FenceOnce;
  readonly deployments: DeploymentsOnce;
}

/**
 * Looks to whom a restore point belongs that the asker names by its path.
 * @returns the other job whose state the asker accepts; null: the state is no other job's.
 * @throws SluiceError `ForeignState`.
 */
export async function checkOwnState(
  deps: Dependencies,
  { from, foreignState = false }: { readonly from: From | null; readonly foreignState?: boolean },
  of: OfJob,
): Promise<string | null> {
  const key = from === null ? null : keyOfUri(deps, from);
  const other = key === null ? null : await otherOwnerOf(deps, plain(key), of);
  if (other === null || foreignState) return other;
  throw new SluiceError('ForeignState', `${from} belongs to ${other}, not to ${of.job}`);
}

/** Drops what S3 or Flink ignore of a path, so that no spelling hides whose folder it is in. */
const plain = (key: string): string =>
  key
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');

/** Finds the other job to which a key belongs; null for a key of this job, and for one that no job is known to own. */
async function otherOwnerOf(
  deps: Dependencies,
  key: string,
  { job, readFence: ownFence, deployments }: OfJob,
): Promise<string | null> {
  const named = jobOfStateKey(key);
  if (named === job) return null;
  const adopted = (await deployments()).flatMap((one) => adoptedFolder(deps, one) ?? []);
  const own = [...(await ownFence()).stateFolders, ...adopted];
  if (own.some((folder) => isBelow(key, folder))) return null;
  if (named !== null) return named;
  const { s3 } = deps;
  const others = await inTurns(await startedJobs(s3), async (other) => {
    // A broken fence is a matter of its own job.
    const read = other === job ? null : await readFence(s3, other).catch(unlessBroken);
    return read?.fence.stateFolders.some((folder) => isBelow(key, folder)) === true ? [other] : [];
  });
  return others.flat()[0] ?? null;
}

/** The key of the folder where an adopted application has its checkpoints; null for any other deployment. */
export const adoptedFolder = (deps: Dependencies, { adopted }: Pick<Deployment, 'adopted'>): string | null =>
  adopted?.checkpoints == null ? null : keyOfUri(deps, adopted.checkpoints);

const isBelow = (key: string, folder: string): boolean => `${key}/`.startsWith(`${folder.replace(/\/+$/, '')}/`);

function unlessBroken(error: unknown): null {
  if (isCode(error, 'RecordInvalid')) return null;
  throw error;
}
