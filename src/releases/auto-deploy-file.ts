/** Reads what the deployment file of a release says about deploying itself. */
import type { AutoDeploy, NewestRelease } from '../domain/auto-deploy/auto-deploy.ts';
import { parseDeploymentFile } from '../domain/deployment-file/parse.ts';
import { isCode } from '../domain/errors/errors.ts';
import type { S3Client } from '../clients/s3/s3.ts';
import { readReleaseText } from './read.ts';

/** Null: the file in S3 is not the valid deployment file of this job that was published. */
export async function readAutoDeploy(
  s3: Pick<S3Client, 'get'>,
  job: string,
  { name, file }: NewestRelease,
): Promise<AutoDeploy | null> {
  const [project = '', version = ''] = name.split('/');
  const text = await readReleaseText(s3, { project, version }, file).catch(unlessInvalid);
  if (text === null) return null;
  const parsed = parseDeploymentFile(text, { fileName: file.name });
  return parsed.ok && parsed.file.name === job ? parsed.file.autoDeploy : null;
}

function unlessInvalid(error: unknown): null {
  if (isCode(error, 'ReleaseInvalid')) return null;
  throw error;
}
