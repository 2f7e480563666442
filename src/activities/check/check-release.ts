/** Reads what is to be started: the release, its deployment file, its JAR. */
import { jarHasClass } from '../../releases/jar.ts';
import type { Deployment, DeploymentPlan } from '../../domain/deployment/deployment.ts';
import { placeOf, type Move } from '../../domain/deployment/placed.ts';
import { rollbackTarget, type RollbackTarget } from '../../domain/deployment/rollback.ts';
import { allOf, type ShippedFiles, type StoredFile } from '../../domain/deployment/shipped-files.ts';
import type { DeploymentFile } from '../../domain/deployment-file/deployment-file.ts';
import { formatInputErrors, parseAcceptedFile, parseDeploymentFile } from '../../domain/deployment-file/parse.ts';
import { hotfixedFile } from '../../domain/hotfix/apply.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import {
  changedByGoingBack,
  nextHotfix,
  whose,
  type ActiveHotfix,
  type HotfixChange,
} from '../../domain/hotfix/hotfix.ts';
import type { LauncherChoice, LauncherName } from '../../domain/identity/launcher-name.ts';
import { backTo, type BackTo } from '../../domain/operation/back-to.ts';
import { parseReleaseName, type Release, type ReleaseFile } from '../../domain/release/release.ts';
import { releaseFileKey } from '../../domain/identity/storage-keys.ts';
import { now, type Dependencies } from '../dependencies/dependencies.ts';
import { clustersToPassBy } from './check-cordon.ts';
import { planOf, type PlannedFile } from './planned-file.ts';
import { readDeployment, type DeploymentsOnce } from '../../records/deployments.ts';
import { readDeploymentFile, readShipped } from '../../records/texts.ts';
import { readRelease, readReleaseText } from '../../releases/read.ts';
import { inTurns } from '../../concurrency/in-turns.ts';

/** A release by name, a deployment that is to be started once more, or an earlier one that is gone back to. */
export type StartSource =
  | { readonly release: string; readonly launcher: LauncherChoice | null }
  | { readonly again: Deployment | DeploymentPlan }
  /** `to`: number of a deployment; null: the newest before `from` that ran something else. */
  | { readonly back: { readonly from: Deployment; readonly to: number | null } };

export interface Source {
  readonly text: string;
  /** As released. */
  readonly declared: DeploymentFile;
  /** With the hotfix applied: this file is checked and started. */
  readonly file: DeploymentFile;
  readonly shipped: ShippedFiles;
  /** The choice of the asker or the file; the cluster may not offer it. */
  readonly launcher: LauncherChoice;
  /** Whether an earlier deployment is started again without a change. */
  readonly ranBefore: boolean;
  /** Without what follows from the effective configuration and from the request. */
  readonly plan: PlannedFile & Pick<DeploymentPlan, 'cluster' | 'placed' | 'hotfix'>;
  readonly warnings: readonly string[];
  /** The target of a rollback; absent for other operations. */
  readonly backTo?: BackTo;
}

/** Content of a release or of an earlier deployment, before the hotfix. */
interface Found {
  readonly text: string;
  readonly declared: DeploymentFile;
  readonly release: string;
  readonly gitCommit: string | null;
  readonly jar: StoredFile;
  readonly shipped: ShippedFiles;
  /** The launcher that this operation asks for. */
  readonly asked: LauncherChoice | null;
  /** The launcher of the earlier deployment that is started again, which counts on its cluster only. */
  readonly before: { readonly launcher: LauncherName; readonly cluster: string } | null;
  /** Whether it is the content of an earlier deployment. */
  readonly ranBefore: boolean;
}

/** @param last the deployment that runs or ran last; a later release keeps its hotfix. */
export async function readSource(
  deps: Dependencies,
  job: string,
  {
    source,
    change,
    last,
    move = null,
    deployments,
  }: {
    readonly source: StartSource;
    readonly change: HotfixChange;
    readonly last: Deployment | null;
    readonly move?: Move | null;
    readonly deployments: DeploymentsOnce;
  },
): Promise<Source> {
  const active = last?.hotfix ?? null;
  const where = { job, last, move, passedBy: await clustersToPassBy(deps, move) };
  if ('release' in source) return hotfixed(await readReleased(deps, job, source), { before: active, change }, where);
  if ('again' in source) {
    const before = source.again.hotfix ?? null; // absent in calls of earlier releases
    return hotfixed(await readAgain(deps, source.again), { before, change }, where);
  }
  const { deployment, leftOut } = await earlier(deps, job, source.back, deployments);
  const of = { before: deployment.hotfix, change: leftOut ? ({ kind: 'drop' } as const) : change };
  const back = hotfixed(await readAgain(deps, deployment), of, where);
  const { hotfix } = back.plan;
  const warnings = [
    ...back.warnings,
    ...(leftOut ? [`${whose(leftOut)} stays reverted; --to ${deployment.number} brings it back`] : []),
    ...changedByGoingBack(active, hotfix),
  ];
  return { ...back, warnings, backTo: backTo(deployment, hotfix, leftOut) };
}

interface OfHotfix {
  readonly before: ActiveHotfix | null;
  readonly change: HotfixChange;
}

interface Where {
  readonly job: string;
  readonly last: Deployment | null;
  readonly move: Move | null;
  readonly passedBy: ReadonlySet<string>;
}

/** Applies the hotfix, and places the start. All checks and plans after this use the hotfixed file and this cluster. */
function hotfixed(found: Found, { before, change }: OfHotfix, where: Where): Source {
  const { text, declared, shipped } = found;
  const { hotfix, warnings } = nextHotfix(before, change, declared, now());
  // An earlier deployment is started again as it is, whichever rules came since; a change is checked by all of them.
  const ranBefore = found.ranBefore && change.kind === 'keep';
  const file = hotfixedFile(declared, hotfix, ranBefore ? 'accepted' : 'new');
  const isChanged = file.upgrade.launcher !== declared.upgrade.launcher;
  const place = placeOf({ ...where, placement: file.placement });
  if (place.kind === 'refused') throw new SluiceError('MoveRefused', place.reason);
  const { cluster, placed } = place;
  const again = found.before?.cluster === cluster && !isChanged ? found.before.launcher : null;
  const launcher = found.asked ?? again ?? file.upgrade.launcher;
  const plan = { ...planOf(file, found), cluster, placed, hotfix };
  return { text, declared, file, shipped, launcher, plan, ranBefore, warnings: [...warnings, ...place.warnings] };
}

async function earlier(
  deps: Dependencies,
  job: string,
  { from, to }: { readonly from: Deployment; readonly to: number | null },
  deployments: DeploymentsOnce,
): Promise<RollbackTarget> {
  if (to !== null) {
    const deployment = await readDeployment(deps.s3, job, to);
    if (deployment) return { deployment, leftOut: null };
    throw new SluiceError('DeploymentNotFound', `${job} has no deployment ${to}`);
  }
  const target = rollbackTarget(await deployments(), from);
  if (target) return target;
  throw new SluiceError('DeploymentNotFound', `${job} has no deployment before ${from.number} that ran something else`);
}

async function readAgain({ s3 }: Dependencies, again: DeploymentPlan): Promise<Found> {
  const [text, shipped] = await Promise.all([readDeploymentFile(s3, again.file), shippedBy(s3, again)]);
  if (text === null)
    throw new SluiceError(
      'DeploymentFileNotFound',
      `the deployment file ${again.file} of release ${again.release} is not in S3`,
    );
  const { release, gitCommit, jar } = again;
  return {
    text,
    declared: parse(text, release, parseAcceptedFile),
    release,
    gitCommit,
    jar,
    shipped,
    asked: null,
    before: { launcher: again.launcher, cluster: again.cluster },
    ranBefore: true,
  };
}

async function readReleased(
  { s3 }: Dependencies,
  job: string,
  { release: name, launcher }: Extract<StartSource, { readonly release: string }>,
): Promise<Found> {
  const parsed = parseReleaseName(name);
  if (!parsed) throw new SluiceError('ReleaseNotFound', `${name} is no release name`);
  const release = await readRelease(s3, parsed.project, parsed.version);
  if (!release) throw new SluiceError('ReleaseNotFound', `release ${name} does not exist`);
  const { files, gitCommit } = release;
  const entry = files.find((file) => file.kind === 'deployment' && file.job === job);
  if (!entry) {
    const jobs = files.flatMap((file) => (file.kind === 'deployment' && file.job ? [file.job] : []));
    throw new SluiceError(
      'DeploymentFileNotFound',
      `release ${name} has no deployment file for ${job}; it has ${jobs.join(', ') || 'none'}`,
    );
  }
  const text = await readReleaseText(s3, parsed, entry);
  if (text === null) throw new SluiceError('DeploymentFileNotFound', `${entry.name} of release ${name} is not in S3`);
  const file = parse(text, entry.name);
  if (file.name !== job)
    throw new SluiceError(
      'DeploymentFileNotFound',
      `${entry.name} of release ${name} describes ${file.name}, not ${job}`,
    );
  const named = (kind: ReleaseFile['kind'], of: string): StoredFile => namedFile(release, kind, of);
  const { jar, jars, files: others } = file.job;
  return {
    text,
    declared: file,
    release: name,
    gitCommit,
    jar: named('jar', jar),
    shipped: { jars: jars.map((of) => named('jar', of)), files: others.map((of) => named('file', of)) },
    asked: launcher,
    before: null,
    ranBefore: false,
  };
}

/** @throws SluiceError `JarMissing` when the release has no such file. */
function namedFile(release: Release, kind: ReleaseFile['kind'], name: string): StoredFile {
  const file = release.files.find((candidate) => candidate.kind === kind && candidate.name === name);
  const what = kind === 'jar' ? 'JAR' : 'file';
  if (!file)
    throw new SluiceError('JarMissing', `release ${release.project}/${release.version} has no ${what} ${name}`);
  const { sha256, size } = file;
  return { key: releaseFileKey(release, file), name, sha256, size };
}

/** The files that a deployment ships. @throws SluiceError `JarMissing` when their list is not in S3. */
export async function shippedBy(
  s3: Dependencies['s3'],
  deployment: Pick<DeploymentPlan, 'shipped' | 'release'>,
): Promise<ShippedFiles> {
  const shipped = await readShipped(s3, deployment);
  if (shipped) return shipped;
  throw new SluiceError('JarMissing', `the list of the files of release ${deployment.release} is not in S3`);
}

function parse(text: string, fileName: string, read = parseDeploymentFile): DeploymentFile {
  const parsed = read(text, { fileName });
  if (parsed.ok) return parsed.file;
  throw new SluiceError('InvalidDeploymentFile', formatInputErrors(parsed.errors, fileName), { errors: parsed.errors });
}

/** Every file has the recorded size and sha256, and the job's JAR contains the entry class. */
export async function checkFiles(
  { s3 }: Dependencies,
  { plan: { jar }, shipped, file }: Pick<Source, 'shipped' | 'file'> & { readonly plan: { readonly jar: StoredFile } },
): Promise<void> {
  await inTurns([jar, ...allOf(shipped)], (stored) => refuseOtherContent(s3, stored));
  const read = async (offset: number, length: number) =>
    (await s3.getBytes(jar.key, { offset, length })) ?? new Uint8Array();
  const { entryClass } = file.job;
  if (!(await jarHasClass(read, jar.size, entryClass))) {
    throw new SluiceError('EntryClassMissing', `${jar.name} does not contain ${entryClass}`);
  }
}

async function refuseOtherContent(s3: Dependencies['s3'], { key, size, sha256 }: StoredFile): Promise<void> {
  const head = await s3.head(key);
  if (!head) throw new SluiceError('JarMissing', `${key} is not in bucket ${s3.bucket}`);
  const there = head.sha256 ?? (await s3.sha256Of(key))?.sha256;
  if (head.size === size && there === sha256) return;
  throw new SluiceError(
    'JarMismatch',
    `${key} has ${head.size} bytes and sha256 ${there ?? 'unknown'}; the release recorded ${size} bytes and ${sha256}`,
  );
}
