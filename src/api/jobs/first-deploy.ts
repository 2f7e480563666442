/**
 * Refuses the first deploy or adoption of a job whose release is missing, or does not have its name, before a workflow is
 * started for a typo.
 */
import { nearest } from '../../domain/input/nearest.ts';
import { parseReleaseName } from '../../domain/release/release.ts';
import type { RecordStore } from '../../records/record-store.ts';
import { readRelease } from '../../releases/read.ts';
import { Problem } from '../http/problem.ts';

/**
 * Names only jobs that the caller may see.
 * @throws Problem `ReleaseNotFound` or `DeploymentFileNotFound`.
 * @throws SluiceError `ReleaseInvalid`, or `StorageUnavailable` when S3 cannot tell.
 */
export async function refuseUnknownName(
  { bucket }: Pick<RecordStore, 'bucket'>,
  visible: () => Promise<(job: string) => boolean>,
  job: string,
  release: unknown,
): Promise<void> {
  const parsed = typeof release === 'string' ? parseReleaseName(release) : null;
  const found = parsed && (await readRelease(bucket, parsed.project, parsed.version));
  if (!found)
    throw new Problem('ReleaseNotFound', `There is no job ${job}, and release ${String(release)} does not exist`);
  const declared = found.files.flatMap((file) => (file.kind === 'deployment' && file.job ? [file.job] : []));
  if (declared.includes(job)) return;
  const shown = declared.filter(await visible());
  const meant = nearest(job, shown);
  throw new Problem(
    'DeploymentFileNotFound',
    `There is no job ${job}, and release ${String(release)} has no deployment file for it; it has ${shown.join(', ') || (declared.length > 0 ? 'others' : 'none')}${meant === null ? '' : `. Did you mean ${meant}?`}`,
  );
}
