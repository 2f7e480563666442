/** What the deployment file of a release says about deploying itself. */
import type { AutoDeploy, NewestRelease } from '../domain/auto-deploy/auto-deploy.ts';
import { parseDeploymentFile } from '../domain/deployment-file/parse.ts';
import { releaseFileKey } from '../domain/identity/storage-keys.ts';
import type { S3Client } from '../clients/s3/s3.ts';
import { sha256Of } from '../clients/s3/checksum.ts';

/** Null: what is there is not the valid deployment file of this job that was published. */
export async function readAutoDeploy(
  s3: Pick<S3Client, 'get'>,
  job: string,
  { name, file }: NewestRelease,
): Promise<AutoDeploy | null> {
  const [project = '', version = ''] = name.split('/');
  const found = await s3.get(releaseFileKey({ project, version }, file));
  if (found === null || sha256Of(found.body) !== file.sha256) return null;
  const parsed = parseDeploymentFile(found.body, { fileName: file.name });
  return parsed.ok && parsed.file.name === job ? parsed.file.autoDeploy : null;
}
